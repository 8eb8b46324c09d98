"""Decide which article a document is: its id, its canonical URL, and the hash of its content."""

import hashlib
from urllib.parse import urljoin, urlsplit

from quotewire_ingest.urls import is_home_page, normalize_url, registrable_domain, url_key


def article_id_of_url(url: str) -> str:
    """Return the id of the article at a URL: 32 hexadecimal digits, the same on every machine and in every replay."""
    return _digest("url", url_key(url))


def article_id_of_external(source_id: str, external_id: str) -> str:
    """Return the id of an article without a URL, from the source's own id for it."""
    return _digest("external", source_id, external_id)


def content_hash(title: str | None, text: str) -> str:
    """Return the SHA-256 of title and text, 64 hexadecimal digits: another one makes another revision."""
    return hashlib.sha256(f"{title or ''}\x1e{text}".encode("utf-8", "surrogatepass")).hexdigest()


def resolve_canonical(final_url: str, stated: str | None) -> tuple[str, str | None]:
    """Return the canonical URL of a page, normalized, and the URL it is syndicated from, if any.

    ``stated``, the page's ``rel=canonical``, is the canonical URL only on the registrable domain of ``final_url``; on
    another one it is the URL that the article is syndicated from. A home page is ignored: broken templates name it as
    the canonical URL of every article. Raises ``ValueError`` if ``final_url`` is no http(s) URL.
    """
    own = normalize_url(final_url)
    if not stated or not stated.strip():
        return own, None
    try:
        other = normalize_url(urljoin(final_url, stated.strip()))
    except ValueError:
        return own, None
    if is_home_page(other):
        return own, None
    if registrable_domain(urlsplit(other).hostname or "") != registrable_domain(urlsplit(own).hostname or ""):
        return own, other
    return other, None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

"""Which article a document is: ids, made from normalised URLs, and the fingerprint of its content."""

import hashlib
from urllib.parse import urljoin, urlsplit

from quotewire_ingest.urls import is_home_page, normalize_url, registrable_domain, url_key


def article_id_of_url(url: str) -> str:
    """The id of the article at an address: 32 hexadecimal digits, the same on every machine and in every replay."""
    return _digest("url", url_key(url))


def article_id_of_external(source_id: str, external_id: str) -> str:
    """The id of an article without an address, named by the source's own id for it."""
    return _digest("external", source_id, external_id)


def content_hash(title: str | None, text: str) -> str:
    """Fingerprint of title and text: a new one makes a new revision (64 hexadecimal digits, SHA-256)."""
    return hashlib.sha256(f"{title or ''}\x1e{text}".encode("utf-8", "surrogatepass")).hexdigest()


def resolve_canonical(final_url: str, stated: str | None) -> tuple[str, str | None]:
    """Decide the canonical address of a page from what its ``rel=canonical`` states.

    Returns the normalised canonical address and, where the stated one points to another registrable domain, that
    address as ``syndicated_from``. A stated home page is ignored: broken templates point every article there.
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

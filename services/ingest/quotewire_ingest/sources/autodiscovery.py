"""Find the feeds that a page names: `link rel=alternate`, and links to URLs that look like feeds.

Nothing is guessed: a URL that no page and no robots.txt names is never fetched. Tags are scanned without building a
tree, so the time for a malicious page is proportional to its length.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from quotewire_ingest.parse.charset import decode_page
from quotewire_ingest.parse.escapes import unescape
from quotewire_ingest.parse.metadata.titles import strip_markup
from quotewire_ingest.sources.sitemaps import Child
from quotewire_ingest.urls import host_name, registrable_domain, resolve_link

_TAG = re.compile(r"<(link|a|base)\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_FEED_TYPES = (
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json",
    "application/xml", "text/xml",
)  # fmt: skip
# Usual paths of feeds; they count only where the page links to one.
_FEED_PATH = re.compile(
    r"(?:^|/)(?:feeds?|rss|atom)(?:[./_-]|$)|\.(?:rss|atom|rdf)$|/(?:index|feed|rss|atom)\.xml$", re.IGNORECASE
)
# Feeds without articles of a newsroom.
_NOT_NEWS = re.compile(r"/comments?/|[?&/]comments?(?:-feed|/feed|\.xml|=)|/oembed|/wp-json", re.IGNORECASE)
MAX_FOUND = 30
_MAX_CHARACTERS = 2_000_000


def find_feeds(body: bytes, url: str, charset: str | None = None) -> list[Child]:
    """Find the feeds that a page names, best first: those of its head, then those it links to on its own domain."""
    text = _without_comments(decode_page(body, charset)[:_MAX_CHARACTERS])
    base = url
    declared: dict[str, Child] = {}
    linked: dict[str, Child] = {}
    for match in _TAG.finditer(text):
        attributes = _attributes(match[2])
        href = attributes.get("href", "").strip()
        if not href:
            continue
        element = match[1].lower()
        if element == "base":
            base = resolve_link(url, href) or url
        elif (target := _resolve(base, href)) is None or _NOT_NEWS.search(target):
            continue
        elif element == "link" and _is_alternate(attributes):
            declared.setdefault(target, Child(target, title=strip_markup(attributes.get("title"))))
        elif element == "a" and _is_feed_path(target, url):
            linked.setdefault(target, Child(target))
    return [*declared.values(), *(child for link, child in linked.items() if link not in declared)][:MAX_FOUND]


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(next((value for value in values if value), "")))
    return found


def _is_alternate(attributes: dict[str, str]) -> bool:
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    relations = attributes.get("rel", "").lower().split()
    return "alternate" in relations and "stylesheet" not in relations and kind in _FEED_TYPES


def _resolve(base: str, href: str) -> str | None:
    target = resolve_link(base, href.removeprefix("feed:") if href.startswith("feed:http") else href)
    if target is None or host_name(target) is None or not target.startswith(("http://", "https://")):
        return None
    return urlsplit(target)._replace(fragment="").geturl()


def _is_feed_path(target: str, page: str) -> bool:
    own, other = host_name(page) or "", host_name(target) or ""
    return registrable_domain(own) == registrable_domain(other) and bool(_FEED_PATH.search(urlsplit(target).path))


def _without_comments(text: str) -> str:
    pieces = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        pieces.append(text[position:start])
        end = text.find("-->", start + 4)
        if end < 0:
            return "".join(pieces)
        position = end + 3
    return "".join([*pieces, text[position:]])

"""Parse feeds from bytes: RSS 0.9 to 2.0, RDF and Atom with feedparser, JSON Feed and sitemaps with our own code."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from quotewire_ingest.hints import Hints
from quotewire_ingest.parse.metadata import dates
from quotewire_ingest.parse.metadata.bylines import without_addresses
from quotewire_ingest.parse.metadata.date_order import choose_date_order, language_subtag
from quotewire_ingest.parse.metadata.markup import plain_text_of
from quotewire_ingest.parse.metadata.titles import strip_markup
from quotewire_ingest.parse.metadata.written_dates import find_written_dates
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.sources import sitemaps
from quotewire_ingest.sources.entities import repair_references, unescape_ampersands
from quotewire_ingest.sources.sitemaps import Child
from quotewire_ingest.urls import resolve_link
from quotewire_schemas.article import Precision

# A feed with more entries is an archive; the newest come first.
_MAX_ENTRIES = 1000
_ROOT = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_SITEMAP = re.compile(rb"<(?:\w{1,20}:)?(?:urlset|sitemapindex)[\s>]")
_PAGE = re.compile(
    rb"(?>(?:<!--(?>.*?-->)\s*+)*)<(?:!doctype\s+html|html|head|body|div|p)[\s>]", re.IGNORECASE | re.DOTALL
)
_HEAD_BYTES = 4096
# feedparser takes an address with a long top-level domain (.london) out of a name up to its fourth letter only.
_REMAINS = re.compile(r"^[a-z]{0,20}\s*\(([^()]+)\)?$|\s*[(<][a-z]{0,20}[)>]?$")
# Seconds; a longer `ttl` of a feed is capped, or a typing error would silence a source.
_MAX_TTL_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the article's URL, what the feed says about it, and a stamp that changes when the entry does."""

    url: str
    hints: Hints
    stamp: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed. ``ttl_s``: the seconds for which it asks not to be polled again, if it does.

    ``children``: the sitemaps that an index names (or the feeds that a page names); ``left_out``: how many entries and
    children are too old to be queued.
    """

    title: str | None
    entries: list[Entry]
    ttl_s: float | None
    kind: str = "feed"
    children: tuple[Child, ...] = ()
    left_out: int = 0


def parse_feed(
    body: bytes, url: str, now: datetime, outlet: str | None = None, content_type: str = "",
    news_days: float = sitemaps.NEWS_DAYS,
) -> Feed:  # fmt: skip
    """Parse a feed, a sitemap or a sitemap index, also compressed with gzip; blocking (about 60 ms).

    ``news_days``: what is older by its sitemap is left out. Raises ``Rejected``: ``invalid`` for anything else;
    ``too_large``, ``encoding``, ``truncated`` for what cannot be decompressed.
    """
    body = sitemaps.decompress(body)
    if _head(body)[:1] == b"{":
        return _json_feed(body, url, now, outlet)
    if _SITEMAP.search(_head(body)):
        return _sitemap(body, url, now, outlet, news_days)
    if _PAGE.match(_head(body)):  # feedparser would read all of it, which takes minutes for some pages
        raise Rejected(RejectionReason.INVALID, "not a feed: a page")
    import feedparser

    headers = {"content-type": content_type}  # without a location, feedparser leaves relative addresses as they are
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            parsed = feedparser.parse(repair_references(body), response_headers=headers, sanitize_html=False)
        except Exception as error:  # whatever a malicious document makes feedparser raise
            raise Rejected(RejectionReason.INVALID, f"not a feed ({type(error).__name__})") from error
    if not parsed.get("version") and not parsed.get("entries"):
        raise Rejected(RejectionReason.INVALID, "not a feed")
    items = parsed["entries"][:_MAX_ENTRIES]
    base = url
    if not str(parsed.get("version") or "").startswith("atom"):  # addresses in RSS are relative to the channel's
        base = resolve_link(url, parsed["feed"].get("link") or "") or url
    dates_of = _Dates(parsed["feed"].get("language"), base, [str(item.get("published") or "") for item in items], now)
    entries = [entry for item in items if (entry := _entry(item, base, dates_of, outlet))]
    return Feed(strip_markup(parsed["feed"].get("title")), entries, _ttl(parsed["feed"]))


def looks_like_feed(body: bytes) -> bool:
    """Return whether a response is a feed rather than a page, by its first element."""
    head = _head(sitemaps.decompress_head(body, _HEAD_BYTES)).lower()
    if head.startswith(b"{"):
        return b"jsonfeed.org/version" in head
    return not head.startswith(b"<!doctype html") and bool(_ROOT.search(head))


def _head(body: bytes) -> bytes:
    return body[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")


def _sitemap(body: bytes, url: str, now: datetime, outlet: str | None, news_days: float) -> Feed:
    found = sitemaps.parse_sitemap(body, url, now, news_days)
    entries = [Entry(link, replace(hints, outlet=outlet), stamp) for link, hints, stamp in found.entries]
    kind = "index" if found.children else "sitemap"
    return Feed(None, entries, None, kind, tuple(found.children), found.left_out)


def _entry(item: Any, base: str, dates_of: _Dates, outlet: str | None) -> Entry | None:
    link = item.get("link") or ""
    if not link and str(item.get("id", "")).startswith("http"):
        link = item["id"]
    url = resolve_link(base, unescape_ampersands(link)) if link else None
    if url is None:
        return None
    date = dates_of.read(item, "published") or dates_of.read(item, "updated")
    hints = Hints(
        strip_markup(item.get("title")), _authors(item), date.at if date else None, date.precision if date else None,
        outlet,
    )  # fmt: skip
    return Entry(url, hints, _stamp(item))


def _authors(item: Any) -> tuple[str, ...]:
    """The authors of an entry, without their e-mail addresses."""
    authors = [author for author in item.get("authors", []) if author.get("name")]
    names = [_REMAINS.sub(r"\1", author["name"]) if author.get("email") else author["name"] for author in authors]
    if len(names) < 2 and item.get("author"):
        names = [item["author"]]  # this one feedparser leaves as it is written
    return tuple(name for text in names if (name := without_addresses(plain_text_of(text))))


def _stamp(item: Any) -> str:
    return str(
        next((value for name in ("updated", "published") if name in item for value in [item[name]] if value), "")
    )


class _Dates:
    """How a feed writes dates."""

    def __init__(self, language: str | None, url: str, texts: list[str], now: datetime) -> None:
        self._language, self._now = language_subtag(language), now
        self._order = choose_date_order([language], url, texts)

    def read(self, item: Any, name: str) -> dates.ParsedDate | None:
        if name not in item:  # for a missing name feedparser returns another one and warns
            return None
        stated = str(item.get(name) or "")
        date = dates.parse_date(stated, self._now) if stated else None
        if date is None and item.get(f"{name}_parsed"):
            try:
                at = datetime(*item[f"{name}_parsed"][:6]).replace(tzinfo=UTC)
            except (ValueError, TypeError):
                return None
            precision = Precision.SECOND if ":" in stated else Precision.DAY
            date = dates.ParsedDate(at, precision) if dates.is_plausible(at, self._now) else None
        if date is None:
            written = find_written_dates(stated, self._now, self._language, self._order)
            date = dates.ParsedDate(written[0].day, Precision.DAY) if written and written[0].day else None
        return date


def _ttl(feed: Any) -> float | None:
    try:
        minutes = float(feed.get("ttl") or 0)
    except ValueError:
        return None
    return min(minutes * 60, _MAX_TTL_S) if minutes > 0 else None


def _json_feed(body: bytes, base: str, now: datetime, outlet: str | None) -> Feed:
    try:
        loaded = json.loads(body.decode("utf-8-sig"))
        items = loaded["items"]
        if "jsonfeed" not in str(loaded.get("version", "")) or not isinstance(items, list):
            raise KeyError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Rejected(RejectionReason.INVALID, "not a feed: JSON, but no JSON Feed") from error
    title = strip_markup(loaded.get("title")) if isinstance(loaded.get("title"), str) else None
    entries = []
    for item in items[:_MAX_ENTRIES]:
        link = item.get("url") or item.get("external_url") if isinstance(item, dict) else None
        target = resolve_link(base, link) if isinstance(link, str) and link else None
        if target is None:
            continue
        at = str(item.get("date_published") or "")
        date = dates.parse_date(at, now) if at else None
        people = item.get("authors") or ([item["author"]] if item.get("author") else [])
        stated = [str(person["name"]) for person in people if isinstance(person, dict) and person.get("name")]
        names = [name for text in stated if (name := without_addresses(plain_text_of(text)))]
        hints = Hints(
            strip_markup(item.get("title")), tuple(names), date.at if date else None,
            date.precision if date else None, outlet,
        )  # fmt: skip
        entries.append(Entry(target, hints, str(item.get("date_modified") or at)))
    return Feed(title, entries, None)

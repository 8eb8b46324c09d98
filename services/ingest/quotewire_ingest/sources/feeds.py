"""Reads feeds, given bytes: RSS 0.9 to 2.0, RDF and Atom with feedparser, JSON Feed and sitemaps by ourselves."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from quotewire_ingest.hints import Hints
from quotewire_ingest.parse.metadata import dates
from quotewire_ingest.parse.metadata.titles import strip_markup
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.sources import sitemaps
from quotewire_ingest.sources.sitemaps import Child
from quotewire_schemas.article import Precision

# A feed with more entries is an archive; the newest stand first.
_MOST_ENTRIES = 1000
_ROOT = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_SITEMAP = re.compile(rb"<(?:\w{1,20}:)?(?:urlset|sitemapindex)[\s>]")
_PAGE = re.compile(rb"(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|div|p)[\s>]", re.IGNORECASE | re.DOTALL)
_HEAD_BYTES = 4096
# Seconds; longer wishes of feeds (`ttl`) are capped, or a typing error would silence a source.
_MOST_TTL_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: where the article is, what the feed says about it, and a stamp that changes when the entry does."""

    url: str
    hints: Hints
    stamp: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed. ``ttl_s``: the seconds for which it asks not to be polled again, if it does.

    ``children``: the sitemaps that an index names (or the feeds that a page names); ``left_out``: how many entries and
    children are too old to be taken.
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
    """Read a feed, a sitemap or a sitemap index, also packed with gzip; blocking (about 60 ms).

    ``news_days``: what a sitemap itself calls older is left out. Raises ``Rejected``: ``invalid`` for what is none;
    ``too_large``, ``encoding``, ``truncated`` for what cannot be unpacked.
    """
    body = sitemaps.unpacked(body)
    if _starts(body)[:1] == b"{":
        return _json_feed(body, url, now, outlet)
    if _SITEMAP.search(_starts(body)):
        return _sitemap(body, url, now, outlet, news_days)
    if _PAGE.match(_starts(body)):  # feedparser would look through all of it, and some pages take it minutes
        raise Rejected(RejectionReason.INVALID, "not a feed: a page")
    import feedparser

    headers = {"content-type": content_type, "content-location": url}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            parsed = feedparser.parse(body, response_headers=headers, sanitize_html=False)
        except Exception as error:  # whatever a hostile document makes the parser raise
            raise Rejected(RejectionReason.INVALID, f"not a feed ({type(error).__name__})") from error
    if not parsed.get("version") and not parsed.get("entries"):
        raise Rejected(RejectionReason.INVALID, "not a feed")
    entries = [entry for item in parsed["entries"][:_MOST_ENTRIES] if (entry := _entry(item, url, now, outlet))]
    return Feed(strip_markup(parsed["feed"].get("title")), entries, _ttl(parsed["feed"]))


def looks_like_feed(body: bytes) -> bool:
    """Whether an answer is a feed rather than a page, by its first element."""
    head = _starts(sitemaps.head(body, _HEAD_BYTES)).lower()
    if head.startswith(b"{"):
        return b"jsonfeed.org/version" in head
    return not head.startswith(b"<!doctype html") and bool(_ROOT.search(head))


def _starts(body: bytes) -> bytes:
    return body[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")


def _sitemap(body: bytes, url: str, now: datetime, outlet: str | None, news_days: float) -> Feed:
    found = sitemaps.read_sitemap(body, url, now, news_days)
    entries = [Entry(link, replace(stated, outlet=outlet), stamp) for link, stated, stamp in found.entries]
    kind = "index" if found.children else "sitemap"
    return Feed(None, entries, None, kind, tuple(found.children), found.left_out)


def _entry(item: Any, base: str, now: datetime, outlet: str | None) -> Entry | None:
    link = item.get("link") or ""
    if not link and str(item.get("id", "")).startswith("http"):
        link = item["id"]
    if not link:
        return None
    moment = _moment(item, "published", now) or _moment(item, "updated", now)
    authors = [author["name"] for author in item.get("authors", []) if author.get("name")]
    stated = Hints(
        strip_markup(item.get("title")), tuple(authors or ([item["author"]] if item.get("author") else [])),
        moment.at if moment else None, moment.precision if moment else None, outlet,
    )  # fmt: skip
    return Entry(urljoin(base, link.strip()), stated, _stamp(item))


def _stamp(item: Any) -> str:
    return str(
        next((value for name in ("updated", "published") if name in item for value in [item[name]] if value), "")
    )


def _moment(item: Any, name: str, now: datetime) -> dates.ParsedDate | None:
    if name not in item:  # asked for one that is missing, feedparser gives another and warns of it
        return None
    stated = item.get(name)
    moment = dates.parse_date(stated, now) if stated else None
    if moment is None and item.get(f"{name}_parsed"):
        try:
            at = datetime(*item[f"{name}_parsed"][:6]).replace(tzinfo=UTC)
        except (ValueError, TypeError):
            return None
        moment = dates.ParsedDate(at, Precision.SECOND) if dates.is_plausible(at, now) else None
    return moment


def _ttl(feed: Any) -> float | None:
    try:
        minutes = float(feed.get("ttl") or 0)
    except ValueError:
        return None
    return min(minutes * 60, _MOST_TTL_S) if minutes > 0 else None


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
    for item in items[:_MOST_ENTRIES]:
        link = item.get("url") or item.get("external_url") if isinstance(item, dict) else None
        if not isinstance(link, str) or not link:
            continue
        at = str(item.get("date_published") or "")
        moment = dates.parse_date(at, now) if at else None
        people = item.get("authors") or ([item["author"]] if item.get("author") else [])
        names = [str(person["name"]) for person in people if isinstance(person, dict) and person.get("name")]
        stated = Hints(
            strip_markup(item.get("title")), tuple(names), moment.at if moment else None,
            moment.precision if moment else None, outlet,
        )  # fmt: skip
        entries.append(Entry(urljoin(base, link), stated, str(item.get("date_modified") or at)))
    return Feed(title, entries, None)

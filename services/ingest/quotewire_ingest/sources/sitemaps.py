"""Reads sitemaps (Google News' kind with what it says of each article) and sitemap indexes, also packed with gzip.

Given bytes, never an address. A sitemap may list an archive of decades: what is old by its own dates is left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import urljoin

from lxml import etree

from quotewire_ingest.fetch.decoding import BoundedDecoder
from quotewire_ingest.hints import Hints
from quotewire_ingest.parse.metadata import dates
from quotewire_ingest.parse.metadata.titles import strip_markup
from quotewire_ingest.rejection import Rejected, RejectionReason

# The protocol's own bound is 50,000 entries a file; news sitemaps hold two days and a thousand at most.
MOST_ENTRIES = 5000
_MOST_READ = 60_000
# Days for which an entry or a part of an index counts as news, where the caller does not say.
NEWS_DAYS = 30.0
# Of a file all of which is old, so many are taken still, as a feed shows its last entries however old they are.
_ALWAYS_ENTRIES = 25
_ALWAYS_CHILDREN = 1
# Sitemaps that one index may add; of those without a date, half from the beginning and half from the end.
MOST_CHILDREN = 100
_MOST_UNDATED = 50
# Ten times the largest of the news sitemaps that we have met; the protocol allows 50 MB, which are archives.
_MOST_UNPACKED = 16 * 2**20
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Child:
    """Another document that an index or a page names. ``lastmod``: as stated, empty where nothing is."""

    url: str
    lastmod: str = ""
    title: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap (``entries``: address, statements, stamp) or an index (``children``) names, and what is old."""

    entries: list[tuple[str, Hints, str]] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    left_out: int = 0


def unpacked(body: bytes) -> bytes:
    """A body without its gzip, where it has one (`sitemap.xml.gz`).

    Raises ``Rejected``: ``too_large``, ``encoding``, ``truncated``.
    """
    if not body.startswith(_GZIP):
        return body
    decoder = BoundedDecoder("gzip", _MOST_UNPACKED)
    decoder.feed(body)
    return decoder.body()


def head(body: bytes, size: int) -> bytes:
    """The first bytes of a body without its gzip; as far as it can be unpacked."""
    if not body.startswith(_GZIP):
        return body[:size]
    try:
        return zlib.decompressobj(31).decompress(body[: 16 * size], size)
    except zlib.error:
        return b""


def read_sitemap(body: bytes, base: str, now: datetime, days: float = NEWS_DAYS) -> Sitemap:
    """Read a `urlset` or a `sitemapindex` (unpacked). Raises ``Rejected`` (``invalid``) for anything else.

    What is older than ``days`` by its own date is left out, and all but the newest of the rest if there are too many.
    """
    entries: list[tuple[str, Hints, str, datetime | None]] = []
    children: dict[str, Child] = {}
    for element in _elements(body):
        said = _said(element)
        if not said.get("loc"):
            continue
        link = urljoin(base, said["loc"])
        stamp = said.get("lastmod") or said.get("publication_date", "")
        moment = dates.parse_date(stamp, now) if stamp else None
        at = moment.at if moment else None
        if _name(element) == "sitemap":
            children.setdefault(link, Child(link, said.get("lastmod", ""), None, at))
            continue
        news = said.get("publication_date", "")
        published = dates.parse_date(news, now) if news else None
        stated = Hints(
            strip_markup(said.get("title")), (), published.at if published else None,
            published.precision if published else None,
        )  # fmt: skip
        entries.append((link, stated, stamp, at))
    recent = _recent([entry[3] for entry in entries], now, days, MOST_ENTRIES, _ALWAYS_ENTRIES)
    chosen = _chosen(list(children.values()), now, days)
    left_out = len(entries) + len(children) - len(recent) - len(chosen)
    return Sitemap([entries[number][:3] for number in recent], chosen, left_out)


def _elements(body: bytes) -> Iterator[etree._Element]:
    """The entries of the root one by one, each let go before the next. Raises ``Rejected``."""
    parts = etree.iterparse(
        BytesIO(body), events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False, recover=True,
        remove_comments=True, load_dtd=False,
    )  # fmt: skip
    depth = count = 0
    try:
        for event, element in parts:
            if event == "start":
                depth += 1
                if depth == 1 and _name(element) not in ("urlset", "sitemapindex"):
                    raise Rejected(RejectionReason.INVALID, "not a sitemap")
                continue
            depth -= 1
            if depth != 1:
                continue
            if _name(element) in ("url", "sitemap"):
                count += 1
                yield element
            element.clear()
            if (parent := element.getparent()) is not None:
                parent.remove(element)
            if count == _MOST_READ:
                return
    except (etree.XMLSyntaxError, ValueError) as error:
        if not count:
            raise Rejected(RejectionReason.INVALID, "not a sitemap") from error


def _said(element: etree._Element) -> dict[str, str]:
    # Images and videos have titles of their own: only what stands in the entry itself or in its news part counts.
    parts = [part for child in element for part in ([child] if _name(child) != "news" else child)]
    return {_name(part): (part.text or "").strip() for part in parts}


def _recent(times: Sequence[datetime | None], now: datetime, days: float, most: int, always: int) -> list[int]:
    """Which of these are news, in their order: what has no date or a recent one, and in any case the newest."""
    oldest = now - timedelta(days=days)
    by_age = sorted((number for number, at in enumerate(times) if at), key=lambda number: _age(times[number], now))
    kept = [number for place, number in enumerate(by_age) if place < always or _at(times[number], now) >= oldest]
    undated = [number for number, at in enumerate(times) if at is None]
    return sorted([*kept, *undated][:most])


def _chosen(children: list[Child], now: datetime, days: float) -> list[Child]:
    dated = [child for child in children if child.at]
    kept = [dated[number] for number in _recent([child.at for child in dated], now, days, 10**6, _ALWAYS_CHILDREN)]
    kept.sort(key=lambda child: _age(child.at, now))
    undated = [child for child in children if not child.at]
    if len(undated) > _MOST_UNDATED:
        undated = [*undated[: _MOST_UNDATED // 2], *undated[-(_MOST_UNDATED // 2) :]]
    return [*kept, *undated][:MOST_CHILDREN]


def _at(at: datetime | None, now: datetime) -> datetime:
    return at or now


def _age(at: datetime | None, now: datetime) -> timedelta:
    return now - _at(at, now)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()

"""Parse sitemaps, also those of Google News with their metadata, and sitemap indexes, plain or compressed with gzip.

From bytes, without the network. A sitemap may list an archive of decades: what is old by its own dates is left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO

from lxml import etree

from quotewire_ingest.fetch.decoding import BoundedDecoder
from quotewire_ingest.hints import Hints
from quotewire_ingest.parse.metadata import dates
from quotewire_ingest.parse.metadata.titles import strip_markup
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.sources.entities import repair_references, unescape_ampersands
from quotewire_ingest.urls import resolve_link

# The protocol allows 50,000 entries a file; news sitemaps have those of two days and a thousand at most.
MAX_ENTRIES = 5000
_MAX_PARSED = 60_000
# Days for which an entry or a part of an index counts as news, where the caller does not say.
NEWS_DAYS = 30.0
# So many are kept of a file in which everything is old, as a feed shows its last entries however old they are.
_MIN_ENTRIES = 25
_MIN_CHILDREN = 1
# Sitemaps that one index may add; of those without a date, half from the beginning and half from the end.
MAX_CHILDREN = 100
_MAX_UNDATED = 50
# Ten times the largest news sitemap that we have seen; the protocol allows 50 MB, which are archives.
_MAX_DECOMPRESSED = 16 * 2**20
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Child:
    """Another document that an index or a page names. ``lastmod``: as it is written there, or empty."""

    url: str
    lastmod: str = ""
    title: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap (``entries``: URL, hints, stamp) or an index (``children``) names, and how much is too old."""

    entries: list[tuple[str, Hints, str]] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    left_out: int = 0


def decompress(body: bytes) -> bytes:
    """Decompress a body that is compressed with gzip (`sitemap.xml.gz`); return another one as it is.

    Raises ``Rejected``: ``too_large``, ``encoding``, ``truncated``.
    """
    if not body.startswith(_GZIP):
        return body
    decoder = BoundedDecoder("gzip", _MAX_DECOMPRESSED)
    decoder.feed(body)
    return decoder.body()


def decompress_head(body: bytes, size: int) -> bytes:
    """Return the first bytes of a body, decompressed; nothing where that fails."""
    if not body.startswith(_GZIP):
        return body[:size]
    try:
        return zlib.decompressobj(31).decompress(body[: 16 * size], size)
    except zlib.error:
        return b""


def parse_sitemap(body: bytes, base: str, now: datetime, days: float = NEWS_DAYS) -> Sitemap:
    """Parse a decompressed `urlset` or `sitemapindex`. Raises ``Rejected`` (``invalid``) for anything else.

    What is older than ``days`` by its own date is left out, and all but the newest of the rest if there are too many.
    """
    entries: list[tuple[str, Hints, str, datetime | None]] = []
    children: dict[str, Child] = {}
    for element in _elements(body):
        fields = _fields(element)
        link = resolve_link(base, unescape_ampersands(fields["loc"])) if fields.get("loc") else None
        if link is None:
            continue
        stamp = fields.get("lastmod") or fields.get("publication_date", "")
        date = dates.parse_date(stamp, now) if stamp else None
        at = date.at if date else None
        if _name(element) == "sitemap":
            children.setdefault(link, Child(link, fields.get("lastmod", ""), None, at))
            continue
        news = fields.get("publication_date", "")
        published = dates.parse_date(news, now) if news else None
        hints = Hints(
            strip_markup(fields.get("title")), (), published.at if published else None,
            published.precision if published else None,
        )  # fmt: skip
        entries.append((link, hints, stamp, at))
    recent = _recent([entry[3] for entry in entries], now, days, MAX_ENTRIES, _MIN_ENTRIES)
    selected = _select_children(list(children.values()), now, days)
    left_out = len(entries) + len(children) - len(recent) - len(selected)
    return Sitemap([entries[number][:3] for number in recent], selected, left_out)


def _elements(body: bytes) -> Iterator[etree._Element]:
    """Iterate over the entries of the root, and free each before the next. Raises ``Rejected``."""
    parts = etree.iterparse(
        BytesIO(repair_references(body)), events=("start", "end"), resolve_entities=False, no_network=True,
        huge_tree=False, recover=True, remove_comments=True, load_dtd=False,
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
            if count == _MAX_PARSED:
                return
    except (etree.XMLSyntaxError, ValueError) as error:
        if not count:
            raise Rejected(RejectionReason.INVALID, "not a sitemap") from error


def _fields(element: etree._Element) -> dict[str, str]:
    # Images and videos have titles of their own: only fields of the entry itself or of its news part count.
    parts = [part for child in element for part in ([child] if _name(child) != "news" else child)]
    return {_name(part): (part.text or "").strip() for part in parts}


def _recent(times: Sequence[datetime | None], now: datetime, days: float, limit: int, minimum: int) -> list[int]:
    """Select the positions of news in their order: undated, of a recent date, and ``minimum`` in any case."""
    oldest = now - timedelta(days=days)
    by_age = sorted((number for number, at in enumerate(times) if at), key=lambda number: _age(times[number], now))
    kept = [number for rank, number in enumerate(by_age) if rank < minimum or _at(times[number], now) >= oldest]
    undated = [number for number, at in enumerate(times) if at is None]
    return sorted([*kept, *undated][:limit])


def _select_children(children: list[Child], now: datetime, days: float) -> list[Child]:
    dated = [child for child in children if child.at]
    kept = [dated[number] for number in _recent([child.at for child in dated], now, days, 10**6, _MIN_CHILDREN)]
    kept.sort(key=lambda child: _age(child.at, now))
    undated = [child for child in children if not child.at]
    if len(undated) > _MAX_UNDATED:
        undated = [*undated[: _MAX_UNDATED // 2], *undated[-(_MAX_UNDATED // 2) :]]
    return [*kept, *undated][:MAX_CHILDREN]


def _at(at: datetime | None, now: datetime) -> datetime:
    return at or now


def _age(at: datetime | None, now: datetime) -> timedelta:
    return now - _at(at, now)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()

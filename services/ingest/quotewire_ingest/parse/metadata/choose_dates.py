"""Choose when an article was published and last changed.

Unlike for the title, the page's own statements come before the feed's: the order was measured (``docs/ingest.md``).
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse.metadata import json_ld
from quotewire_ingest.parse.metadata.date_order import choose_date_order, language_subtag
from quotewire_ingest.parse.metadata.dates import ParsedDate, is_plausible, parse_date
from quotewire_ingest.parse.metadata.statements import MetadataSources
from quotewire_ingest.parse.metadata.visible_date import find_visible_day
from quotewire_ingest.parse.metadata.written_dates import Order, find_written_dates
from quotewire_schemas.article import Precision

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "pubdate",
    "publishdate", "publish-date", "publish_date", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dcterms.created", "dcterms.date", "dc.date.created", "dc.date", "article.published", "published_time",
    "published-date", "publication_date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "article_date_original", "originalpublicationdate", "citation_publication_date", "datecreated", "date",
    "og:published_time", "rnews:datepublished", "created", "createdate", "last-publish", "iso-8601-publish-date",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "last-modified", "lastmod", "dcterms.modified",
)  # fmt: skip


# 2026/03/03, 2026-03-03 in the path of an address.
_DAY_IN_URL = re.compile(r"/(20\d\d)([/-])(\d{1,2})\2(\d{1,2})(?=[/-]|$)")


def choose_published(parsed: ParsedArticle, document: Document, sources: MetadataSources) -> None:
    """Fill the time of publication from the first source with a plausible date."""
    now = document.fetched_at
    article, page = sources.article, json_ld.find_page(sources.nodes) or {}
    candidates: list[tuple[str | None, str]] = [
        (json_ld.first_text(article.get("datePublished")), "json_ld"),
        *((value, "meta") for name in _PUBLISHED_META for value in sources.meta.all(name)),
        *((value, "meta") for value in sources.meta.published_elements),
        (json_ld.first_text(article.get("dateCreated")), "json_ld"),
        (json_ld.first_text(page.get("datePublished")), "json_ld"),
    ]
    habits = _Habits(sources, document.url)
    for value, by in candidates:
        if not value:
            continue
        if date := parse_date(value, now) or habits.read(value, now):
            _set_published(parsed, date, by)
            return
    hints = document.hints
    if hints.published_at and hints.published_precision and is_plausible(hints.published_at, now):
        _set_published(parsed, ParsedDate(hints.published_at, hints.published_precision), hints.by)
        return
    visible = find_visible_day(sources.zone, now, habits.language, habits.order())
    if date := visible or _day_of_url(document.url, now):
        _set_published(parsed, date, "extractor")


def _day_of_url(url: str | None, now: datetime) -> ParsedDate | None:
    match = _DAY_IN_URL.search(urlsplit(url or "").path)
    return parse_date("-".join(match.group(1, 3, 4)), now) if match else None


class _Habits:
    """How a page writes dates for people: its language, and its order of day and month."""

    def __init__(self, sources: MetadataSources, url: str | None) -> None:
        self._sources, self._url = sources, url
        meta = sources.meta
        self._tags = [meta.language, *meta.all("og:locale", "content-language", "language", "dc.language")]
        self.language = next((language for tag in self._tags if (language := language_subtag(tag))), None)

    def order(self) -> Order:
        return choose_date_order(self._tags, self._url, self._sources.find_numeric_dates())

    def read(self, value: str, now: datetime) -> ParsedDate | None:
        """Read a date that a meta element states as people write it."""
        found = find_written_dates(value, now, self.language, self.order())
        return ParsedDate(found[0].day, Precision.DAY) if found and found[0].day else None


def choose_modified(parsed: ParsedArticle, sources: MetadataSources) -> None:
    """Fill the time of the last change; one before the publication is not believed."""
    candidates = [
        (json_ld.first_text(sources.article.get("dateModified")), "json_ld"),
        (sources.meta.first(*_MODIFIED_META), "meta"),
    ]
    for value, by in candidates:
        date = parse_date(value, parsed.fetched_at) if value else None
        if date and (parsed.published_at is None or date.at >= parsed.published_at):
            parsed.modified_at, parsed.provenance["modified_at"] = date.at, by
            return


def _set_published(parsed: ParsedArticle, date: ParsedDate, by: str) -> None:
    parsed.published_at, parsed.published_precision = date.at, date.precision
    parsed.provenance["published_at"] = by

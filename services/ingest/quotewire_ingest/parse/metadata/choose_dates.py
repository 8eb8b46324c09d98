"""Choose when an article was published and last changed.

Unlike for the title, the page's own statements come before the feed's: the order was measured (``docs/ingest.md``).
"""

from __future__ import annotations

from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse.metadata import json_ld
from quotewire_ingest.parse.metadata.dates import ParsedDate, is_plausible, parse_date
from quotewire_ingest.parse.metadata.statements import MetadataSources

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
    for value, by in candidates:
        date = parse_date(value, now) if value else None
        if date:
            _set_published(parsed, date, by)
            return
    hints = document.hints
    if hints.published_at and hints.published_precision and is_plausible(hints.published_at, now):
        _set_published(parsed, ParsedDate(hints.published_at, hints.published_precision), hints.by)
        return
    found = getattr(sources.search(), "date", None)
    date = parse_date(found, now) if found else None
    # A date found in the text that is today's is more often the page's clock than the day of publication.
    if date and date.at.date() != now.date():
        _set_published(parsed, date, "extractor")


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

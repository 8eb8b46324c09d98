"""The facts about an article, each from the witness that was measured to be right most often, with the witness's name.

Order of witnesses: what named the page (a feed), JSON-LD, OpenGraph, meta elements, trafilatura's own search.
`benchmarks/quality/pages.py` prints how often each fact is right on real pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse import bylines, dates, json_ld
from quotewire_ingest.parse.html_meta import AUTHOR_LABELS, PageMeta, meta_of, shown_byline
from quotewire_ingest.parse.titles import fold, is_seo_headline, strip_outlet
from quotewire_schemas.article import Rights

_PUBLISHED_META = [
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date.created",
    "dc.date",
    "article.published",
    "published_time",
    "published-date",
    "publication_date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "article_date_original",
    "originalpublicationdate",
    "citation_publication_date",
    "datecreated",
    "date",
    "og:published_time",
    "rnews:datepublished",
    "created",
    "createdate",
    "last-publish",
    "iso-8601-publish-date",
]
_MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "lastmod",
    "dcterms.modified",
)
_AUTHOR_META = [
    "author",
    "article:author",
    "article:author:name",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "byline",
    "citation_author",
    "cxenseparse:author",
    "og:article:author",
    "vr:author",
    "article.author",
]


@dataclass(frozen=True, slots=True)
class MetadataSources:
    """Everything a page says about itself, gathered once."""

    meta: PageMeta
    nodes: list[json_ld.Node]
    article: json_ld.Node | None
    extractor: Callable[[], Any]
    """Calls trafilatura's metadata search; costly, asked last and only once."""
    byline: Callable[[], str | None]
    """Looks for the byline that the page shows."""


def gather(tree: HtmlElement, url: str | None, extractor: Callable[[], Any]) -> MetadataSources:
    """Collect the statements of a page before the extractor changes the tree."""
    nodes = json_ld.nodes_of(tree)
    return MetadataSources(meta_of(tree), nodes, json_ld.article_of(nodes, url), extractor, lambda: shown_byline(tree))


def decide(reading: ParsedArticle, document: Document, page: MetadataSources) -> None:
    """Fill title, authors, dates, outlet and rights of a reading, and say where each came from."""
    outlet_names = _decide_outlet(reading, document, page)
    _decide_title(reading, document, page, outlet_names)
    _decide_authors(reading, document, page, outlet_names)
    _decide_published(reading, document, page)
    _decide_modified(reading, page)
    reading.rights = Rights(
        robots="; ".join(
            dict.fromkeys([*page.meta.all("robots"), *([document.robots_header] if document.robots_header else [])])
        )
        or None,
        tdm=page.meta.first("tdm-reservation", "tdm-policy"),
        licence=page.meta.licence or json_ld.text_of((page.article or {}).get("license")),
    )


def _decide_outlet(reading: ParsedArticle, document: Document, page: MetadataSources) -> list[str]:
    """Name the outlet; returns all names it goes by, for taking them off titles and author lists."""
    publisher = (page.article or {}).get("publisher")
    host = (urlsplit(reading.canonical_url or reading.url or "").hostname or "").removeprefix("www.")
    candidates = [
        (document.hints.outlet, document.hints.by),
        (page.meta.first("og:site_name"), "opengraph"),
        (json_ld.text_of(publisher), "json_ld"),
        (page.meta.first("application-name", "publisher", "dc.publisher", "al:android:app_name"), "meta"),
        (host or None, "inferred"),
    ]
    usable = [(name, by) for name, by in candidates if name and len(name) <= 80 and not name.startswith("http")]
    if usable:
        reading.outlet, reading.provenance["outlet"] = usable[0][0], usable[0][1]
    names = [name for name, _ in usable]
    if host:
        names += [
            host,
            "www." + host,
            host.rsplit(".", 1)[0],
            host.split(".")[0],
            host.split(".")[-2] if "." in host else host,
        ]
    return names


def _decide_title(reading: ParsedArticle, document: Document, page: MetadataSources, outlet_names: list[str]) -> None:
    meta, headings = page.meta, page.meta.headings

    def cleaned(stated: str | None) -> str:
        return strip_outlet(_unescape(stated), outlet_names, headings) if stated else ""

    described = (json_ld.text_of((page.article or {}).get("headline")), "json_ld")
    shared = (meta.first("og:title"), "opengraph")
    first, second = described, shared
    if is_seo_headline(cleaned(described[0]), cleaned(shared[0]), cleaned(meta.title_element)):
        first, second = shared, described
    candidates: Iterable[tuple[str | None, str]] = (
        (document.hints.title, document.hints.by),
        first,
        second,
        (headings[0] if len(headings) == 1 else None, "extractor"),
        (meta.first("twitter:title", "title", "dc.title", "parsely-title", "sailthru.title"), "meta"),
        (meta.title_element, "meta"),
        (headings[0] if headings else None, "extractor"),
    )
    for stated, by in candidates:
        title = cleaned(stated)
        if title and fold(title) not in {fold(name) for name in outlet_names}:
            reading.title, reading.provenance["title"] = title, by
            return


def _decide_authors(reading: ParsedArticle, document: Document, page: MetadataSources, outlet_names: list[str]) -> None:
    named = json_ld.names_of((page.article or {}).get("author"), page.nodes)
    meta_authors = [name for name in page.meta.all(*_AUTHOR_META) if not name.startswith(("http", "/"))]
    meta_authors += _labelled_authors(page.meta)
    candidates: tuple[tuple[list[str], str], ...] = (
        (list(document.hints.authors), document.hints.by),
        ([_unescape(name) for name, organisation in named if not organisation], "json_ld"),
        ([_unescape(name) for name in meta_authors], "meta"),
    )
    for stated, by in candidates:
        names = bylines.split_bylines(stated, outlet_names)
        if names:
            reading.authors, reading.provenance["authors"] = names, by
            return
    shown = page.byline()
    names = bylines.split_bylines([shown], outlet_names) if shown else []
    if names:
        reading.authors, reading.provenance["authors"] = names, "extractor"
        return
    if named or meta_authors:
        return  # stated to be the outlet or a desk: what a search in the text would find is somebody else
    found = getattr(page.extractor(), "author", None)
    # One word that a search found beside the text is a place or a section more often than a name.
    names = [name for name in bylines.split_bylines([found], outlet_names) if " " in name] if found else []
    if names:
        reading.authors, reading.provenance["authors"] = names, "extractor"


def _labelled_authors(meta: PageMeta) -> list[str]:
    """Authors in the labels and data that publishing systems write for link previews (``Written by``: name).

    As ``twitter:label1`` and ``twitter:data1``, or the label as part of the name: ``twitter:misc:Written by``.
    """
    return [
        value
        for number in ("1", "2")
        if fold(meta.first(f"twitter:label{number}") or "") in AUTHOR_LABELS
        and (value := meta.first(f"twitter:data{number}"))
    ] + [value for label in ("Written by", "Author") for value in meta.all(f"twitter:misc:{label}")]


def _decide_published(reading: ParsedArticle, document: Document, page: MetadataSources) -> None:
    now = document.fetched_at
    article = page.article or {}
    candidates: list[tuple[str | None, str]] = [
        (json_ld.text_of(article.get("datePublished")), "json_ld"),
        *((value, "meta") for name in _PUBLISHED_META for value in page.meta.all(name)),
        *((value, "meta") for value in page.meta.published_elements),
        (json_ld.text_of(article.get("dateCreated")), "json_ld"),
        (json_ld.text_of((json_ld.page_of(page.nodes) or {}).get("datePublished")), "json_ld"),
    ]
    for stated, by in candidates:
        moment = dates.parse_date(stated, now) if stated else None
        if moment:
            _set_published(reading, moment, by)
            return
    if (
        document.hints.published_at
        and document.hints.published_precision
        and dates.is_plausible(document.hints.published_at, now)
    ):
        _set_published(
            reading,
            dates.ParsedDate(document.hints.published_at, document.hints.published_precision),
            document.hints.by,
        )
        return
    found = getattr(page.extractor(), "date", None)
    moment = dates.parse_date(found, now) if found else None
    if (
        moment and moment.at.date() != now.date()
    ):  # a date found in the text that is today's is the page's clock more often than the article's
        _set_published(reading, moment, "extractor")


def _set_published(reading: ParsedArticle, moment: dates.ParsedDate, by: str) -> None:
    reading.published_at, reading.published_precision = moment.at, moment.precision
    reading.provenance["published_at"] = by


def _decide_modified(reading: ParsedArticle, page: MetadataSources) -> None:
    article = page.article or {}
    candidates = [(json_ld.text_of(article.get("dateModified")), "json_ld"), (page.meta.first(*_MODIFIED_META), "meta")]
    for stated, by in candidates:
        moment = dates.parse_date(stated, _now(reading)) if stated else None
        if moment and (reading.published_at is None or moment.at >= reading.published_at):
            reading.modified_at, reading.provenance["modified_at"] = moment.at, by
            return


def _now(reading: ParsedArticle) -> datetime:
    return reading.fetched_at


def _unescape(text: str) -> str:
    """Undo HTML escapes that templates leave inside attributes and JSON."""
    import html

    return " ".join(html.unescape(html.unescape(text)).split())

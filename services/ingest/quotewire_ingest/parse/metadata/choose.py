"""Choose outlet, title and authors of an article: each from the source that was measured to be right most often.

The usual order of sources: what named the page (a feed, a manifest), JSON-LD, OpenGraph, other meta elements,
trafilatura's search. ``benchmarks/quality/pages.py`` prints how often each result is right on real pages.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.metadata import json_ld
from quotewire_ingest.parse.metadata.bylines import split_bylines
from quotewire_ingest.parse.metadata.choose_dates import choose_modified, choose_published
from quotewire_ingest.parse.metadata.choose_title import choose_title
from quotewire_ingest.parse.metadata.html_meta import PageMeta
from quotewire_ingest.parse.metadata.markup import plain_text_of
from quotewire_ingest.parse.metadata.statements import MetadataSources
from quotewire_ingest.parse.metadata.visible_byline import AUTHOR_LABELS, MAX_BYLINE_CHARACTERS
from quotewire_schemas.article import Rights

# Longer names of an outlet are slogans.
_MAX_OUTLET_CHARACTERS = 80
_AUTHOR_META = (
    "author", "article:author", "article:author:name", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "byl", "byline", "citation_author", "cxenseparse:author", "og:article:author", "vr:author",
    "article.author",
)  # fmt: skip


def choose_metadata(parsed: ParsedArticle, document: Document, sources: MetadataSources) -> None:
    """Fill title, authors, dates, outlet and rights of an article, and record the source of each."""
    outlet_names = _choose_outlet(parsed, document, sources)
    choose_title(parsed, document, sources, outlet_names)
    _choose_authors(parsed, document, sources, outlet_names)
    choose_published(parsed, document, sources)
    choose_modified(parsed, sources)
    parsed.rights = _collect_rights(document, sources)


def _choose_outlet(parsed: ParsedArticle, document: Document, sources: MetadataSources) -> list[str]:
    """Fill the outlet. Returns all names it goes by: they are taken out of titles and bylines."""
    meta = sources.meta
    host = (urlsplit(parsed.canonical_url or parsed.url or "").hostname or "").removeprefix("www.")
    candidates = [
        (document.hints.outlet, document.hints.by),
        (meta.first("og:site_name"), "opengraph"),
        (json_ld.first_text(sources.article.get("publisher")), "json_ld"),
        (meta.first("application-name", "publisher", "dc.publisher", "al:android:app_name"), "meta"),
        (host or None, "inferred"),
    ]
    usable = [
        (name, by)
        for name, by in candidates
        if name and len(name) <= _MAX_OUTLET_CHARACTERS and not name.startswith("http")
    ]
    if usable:
        parsed.outlet, parsed.provenance["outlet"] = usable[0]
    names = [name for name, _ in usable]
    if host:
        labels = host.split(".")
        names += [host, "www." + host, host.rsplit(".", 1)[0], labels[0], labels[-2] if len(labels) > 1 else host]
    return names


def _choose_authors(
    parsed: ParsedArticle, document: Document, sources: MetadataSources, outlet_names: list[str]
) -> None:
    in_json_ld = json_ld.author_names(sources.article.get("author"), sources.nodes)
    in_meta = [name for name in sources.meta.all(*_AUTHOR_META) if not name.startswith(("http", "/"))]
    in_meta += _link_preview_authors(sources.meta)
    candidates: tuple[tuple[list[str], str], ...] = (
        (list(document.hints.authors), document.hints.by),
        ([plain_text_of(name.replace("\n", "; ")) for name, organisation in in_json_ld if not organisation], "json_ld"),
        ([plain_text_of(name) for name in in_meta], "meta"),
    )
    for bylines, by in candidates:
        people = split_bylines(bylines, outlet_names)
        if people:
            parsed.authors, parsed.provenance["authors"] = people, by
            return
    visible = (_full_names([byline], outlet_names) for byline in sources.find_bylines())
    people = next((names for names in visible if names), [])
    if not people and not in_json_ld and not in_meta:
        # If sources name only the outlet or a desk, the search would find somebody else in the text.
        found = getattr(sources.search(), "author", None)
        people = _full_names([found], outlet_names) if found else []
        people = [name for name in people if _is_writer(name, sources, outlet_names)]
    if people:
        parsed.authors, parsed.provenance["authors"] = people, "extractor"


def _full_names(bylines: list[str], outlet_names: list[str]) -> list[str]:
    """The people named in what a page shows: one word there is more often a place or a section than a name."""
    return [name for name in split_bylines(bylines, outlet_names) if " " in name or not name.isascii()]


def _is_writer(name: str, sources: MetadataSources, outlet_names: list[str]) -> bool:
    """Whether the page does not show a found name only in comments and teasers, or as the photographer's."""
    lines = sources.zone.lines_with(name, MAX_BYLINE_CHARACTERS)
    return not lines or any(
        shown and name in split_bylines(["\n".join(line.blocks())], outlet_names) for line, shown in lines
    )


def _link_preview_authors(meta: PageMeta) -> list[str]:
    """Return authors that publishing systems write for link previews, as pairs of label and data.

    ``twitter:label1`` is ``Written by`` and ``twitter:data1`` the name, or the label is part of the element's name:
    ``twitter:misc:Written by``.
    """
    return [
        value
        for number in ("1", "2")
        if fold(meta.first(f"twitter:label{number}") or "") in AUTHOR_LABELS
        and (value := meta.first(f"twitter:data{number}"))
    ] + [value for label in ("Written by", "Author") for value in meta.all(f"twitter:misc:{label}")]


def _collect_rights(document: Document, sources: MetadataSources) -> Rights:
    robots = [*sources.meta.all("robots"), *([document.robots_header] if document.robots_header else [])]
    return Rights(
        robots="; ".join(dict.fromkeys(robots)) or None,
        tdm=sources.meta.first("tdm-reservation", "tdm-policy"),
        licence=sources.meta.licence or json_ld.first_text(sources.article.get("license")),
    )

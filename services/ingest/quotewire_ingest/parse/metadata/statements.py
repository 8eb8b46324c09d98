"""Collect everything a page states about its article, before the extractor changes the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.metadata import json_ld
from quotewire_ingest.parse.metadata.headline_zone import HeadlineZone
from quotewire_ingest.parse.metadata.html_meta import PageMeta, extract_page_meta
from quotewire_ingest.parse.metadata.visible_byline import find_visible_bylines


@dataclass(frozen=True, slots=True)
class MetadataSources:
    """The statements of one page. Those that cost most are functions, called only if the others say nothing."""

    meta: PageMeta
    nodes: list[json_ld.Node]
    """All JSON-LD nodes."""
    article: json_ld.Node
    """The node of the article; empty where there is none."""
    find_bylines: Callable[[], Iterator[str]]
    """What may be the visible byline, the surest first."""
    zone: HeadlineZone
    """The short lines around the headline. They are looked for when they are first asked for."""
    find_numeric_dates: Callable[[], list[str]]
    """The texts of the page that may hold a date with slashes."""
    search: Callable[[], Any]
    """Trafilatura's search through the whole page; its result has ``author``."""


_TEXTS_WITH_SLASHES = xpath.strings("//body//text()[contains(., '/20')][not(parent::script or parent::style)]")


def collect_sources(tree: HtmlElement, url: str | None, search: Callable[[], Any]) -> MetadataSources:
    """Collect the statements of a page; ``search`` runs trafilatura's metadata search."""
    nodes = json_ld.extract_nodes(tree)
    article = json_ld.find_article(nodes, url) or {}
    meta = extract_page_meta(tree)
    titles = [json_ld.first_text(article.get("headline")), meta.first("og:title"), meta.title_element]
    zone = HeadlineZone(tree, titles)
    return MetadataSources(
        meta,
        nodes,
        article,
        find_bylines=lambda: find_visible_bylines(tree, zone.beside),
        zone=zone,
        find_numeric_dates=lambda: _TEXTS_WITH_SLASHES(tree),
        search=search,
    )

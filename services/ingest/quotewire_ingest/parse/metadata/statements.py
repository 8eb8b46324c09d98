"""Collect everything a page states about its article, before the extractor changes the tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.metadata import json_ld
from quotewire_ingest.parse.metadata.headline_zone import ShownLine, find_shown_lines
from quotewire_ingest.parse.metadata.html_meta import PageMeta, extract_page_meta
from quotewire_ingest.parse.metadata.visible_byline import find_visible_byline


@dataclass(frozen=True, slots=True)
class MetadataSources:
    """The statements of one page. Those that cost most are functions, called only if the others say nothing."""

    meta: PageMeta
    nodes: list[json_ld.Node]
    """All JSON-LD nodes."""
    article: json_ld.Node
    """The node of the article; empty where there is none."""
    find_byline: Callable[[], str | None]
    find_lines: Callable[[], list[ShownLine]]
    """The short lines around the headline."""
    find_numeric_dates: Callable[[], list[str]]
    """The texts of the page that may hold a date with slashes."""
    search: Callable[[], Any]
    """Trafilatura's search through the whole page; its result has ``author`` and ``date``."""


_TEXTS_WITH_SLASHES = xpath.strings("//body//text()[contains(., '/20')][not(parent::script or parent::style)]")


def collect_sources(tree: HtmlElement, url: str | None, search: Callable[[], Any]) -> MetadataSources:
    """Collect the statements of a page; ``search`` runs trafilatura's metadata search."""
    nodes = json_ld.extract_nodes(tree)
    article = json_ld.find_article(nodes, url) or {}
    meta = extract_page_meta(tree)
    titles = [json_ld.first_text(article.get("headline")), meta.first("og:title"), meta.title_element]
    return MetadataSources(
        meta,
        nodes,
        article,
        find_byline=lambda: find_visible_byline(tree),
        find_lines=cache(lambda: find_shown_lines(tree, [title for title in titles if title])),
        find_numeric_dates=lambda: _TEXTS_WITH_SLASHES(tree),
        search=search,
    )

"""Collect everything a page states about its article, before the extractor changes the tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from quotewire_ingest.parse.metadata import json_ld
from quotewire_ingest.parse.metadata.html_meta import PageMeta, extract_page_meta
from quotewire_ingest.parse.metadata.visible_byline import find_visible_byline


@dataclass(frozen=True, slots=True)
class MetadataSources:
    """The statements of one page. The two that cost most are functions, called only if the others say nothing."""

    meta: PageMeta
    nodes: list[json_ld.Node]
    """All JSON-LD nodes."""
    article: json_ld.Node
    """The node of the article; empty where there is none."""
    find_byline: Callable[[], str | None]
    search: Callable[[], Any]
    """Trafilatura's search through the whole page; its result has ``author`` and ``date``."""


def collect_sources(tree: HtmlElement, url: str | None, search: Callable[[], Any]) -> MetadataSources:
    """Collect the statements of a page; ``search`` runs trafilatura's metadata search."""
    nodes = json_ld.extract_nodes(tree)
    article = json_ld.find_article(nodes, url) or {}
    return MetadataSources(extract_page_meta(tree), nodes, article, lambda: find_visible_byline(tree), search)

"""Extract what a page states about its article as JSON-LD with the schema.org vocabulary."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from lxml.html import HtmlElement

from quotewire_ingest.parse.metadata.byline_roles import is_other_trade
from quotewire_ingest.parse.metadata.json_repair import load_script

Node: TypeAlias = dict[str, Any]

_ARTICLE_TYPES = frozenset([
    "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "backgroundnewsarticle",
    "reviewnewsarticle", "advertisercontentarticle", "liveblogposting", "article", "blogposting", "report",
    "scholarlyarticle", "techarticle", "socialmediaposting",
])  # fmt: skip
_PAGE_TYPES = frozenset(["webpage", "itempage"])
# A page with more nodes describes a list, not an article.
_MAX_NODES = 2000
# What is nested deeper is not followed: references may form a circle, and malicious scripts nest without end.
_MAX_NODE_DEPTH = 6
_MAX_NAME_DEPTH = 4


def extract_nodes(tree: HtmlElement) -> list[Node]:
    """Return all nodes of a page, nested ones too, in document order; those of damaged scripts as far as possible."""
    found: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        found.extend(_iter_nodes(load_script(script.text or ""), 0))
        if len(found) > _MAX_NODES:
            break
    return found[:_MAX_NODES]


def find_article(nodes: list[Node], url: str | None) -> Node | None:
    """Return the node of the page's own article.

    Of the nodes with an article's type, one with headline or date is preferred, then one that names the page's URL,
    then the first.
    """

    def rank(node: Node) -> int:
        other_page = 0 if url and _names_page(node, url) else 1
        empty = 0 if first_text(node.get("headline")) or first_text(node.get("datePublished")) else 2
        return other_page + empty

    return min((node for node in nodes if not _ARTICLE_TYPES.isdisjoint(node_types(node))), key=rank, default=None)


def find_page(nodes: list[Node]) -> Node | None:
    """Return the first node that describes the page as such."""
    return next((node for node in nodes if not _PAGE_TYPES.isdisjoint(node_types(node))), None)


def node_types(node: Node) -> list[str]:
    """The types of a node in lower case, without the URL of the vocabulary."""
    value = node.get("@type") or node.get("type")
    values = value if isinstance(value, list) else [value]
    return [str(value).rsplit("/", 1)[-1].lower() for value in values if value]


def first_text(value: Any) -> str | None:
    """Return the first string in a value: outlets write strings, numbers, lists and objects for the same property."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(int(value)) if math.isfinite(value) else None
    if isinstance(value, list):
        return next((text for item in value if (text := first_text(item))), None)
    if isinstance(value, dict):
        return first_text(value.get("@value") or value.get("name") or value.get("@id"))
    return None


def author_names(value: Any, nodes: list[Node]) -> list[tuple[str, bool]]:
    """Return the names in an author value, in order, each with whether it is declared to be an organisation's.

    A reference (``@id``) is looked up among ``nodes``.
    """
    named: dict[str, Node] = {}
    for node in nodes:
        reference = node.get("@id")
        if isinstance(reference, str) and node.get("name"):
            named.setdefault(reference, node)
    return _author_names(value, named, 0)


def _author_names(value: Any, named: Mapping[str, Node], depth: int) -> list[tuple[str, bool]]:
    if depth > _MAX_NAME_DEPTH:
        return []
    if isinstance(value, str):
        return [(value, False)]
    if isinstance(value, list):
        return [name for item in value for name in _author_names(item, named, depth + 1)]
    if not isinstance(value, dict) or is_other_trade(first_text(value.get("jobTitle")) or ""):
        return []
    name = value.get("name") or value.get("@value")
    organisation = any("organization" in t or t == "corporation" for t in node_types(value))
    if isinstance(name, (list, dict)):
        return [(text, organisation or is_org) for text, is_org in _author_names(name, named, depth + 1)]
    if isinstance(name, str) and name.strip():
        return [(name, organisation)]
    joined = " ".join(part for key in ("givenName", "familyName") if (part := first_text(value.get(key))))
    if joined:
        return [(joined, organisation)]
    reference = value.get("@id")
    other = named.get(reference) if isinstance(reference, str) else None
    if other is not None and other is not value:
        return _author_names(other, named, depth + 1)
    return []


def _names_page(node: Node, url: str) -> bool:
    own = _comparable(url)
    entity = node.get("mainEntityOfPage")
    values = [node.get("url"), node.get("@id"), entity if isinstance(entity, str) else None]
    if isinstance(entity, dict):
        values += [entity.get("@id"), entity.get("url")]
    return any(isinstance(value, str) and _comparable(value) == own for value in values)


def _comparable(url: str) -> str:
    return unquote(re.sub(r"^https?://(?:www\.)?|[?#].*$", "", url.strip())).rstrip("/").lower()


def _iter_nodes(value: Any, depth: int) -> Iterator[Node]:
    if depth > _MAX_NODE_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _iter_nodes(item, depth + 1)
    elif isinstance(value, dict):
        if value.get("@type") or value.get("@id"):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart", "author"):
            nested = value.get(key)
            if isinstance(nested, (list, dict)):
                yield from _iter_nodes(nested, depth + 1)

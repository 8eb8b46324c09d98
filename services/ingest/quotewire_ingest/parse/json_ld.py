"""What a page says about its article in schema.org's vocabulary."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias
from urllib.parse import unquote

from lxml.html import HtmlElement

Node: TypeAlias = dict[str, Any]

# Types of an article, the more telling first; a WebPage describes the page and is heard last.
_ARTICLE_TYPES = [
    "newsarticle",
    "reportagenewsarticle",
    "analysisnewsarticle",
    "opinionnewsarticle",
    "backgroundnewsarticle",
    "reviewnewsarticle",
    "advertisercontentarticle",
    "liveblogposting",
    "article",
    "blogposting",
    "report",
    "scholarlyarticle",
    "techarticle",
    "socialmediaposting",
]
_PAGE_TYPES = ("webpage", "itempage")
_COMMENT = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_BARE_NEWLINE = re.compile(r"[\x00-\x1f]+")
# Nodes looked at on one page: a page with more describes a list, not an article.
_MOST_NODES = 2000


def nodes_of(tree: HtmlElement) -> list[Node]:
    """All schema.org nodes of a page, flattened, in its order; broken scripts are repaired or passed over."""
    found: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        loaded = _load(script.text or "")
        found.extend(_flatten(loaded, 0))
        if len(found) > _MOST_NODES:
            break
    return found[:_MOST_NODES]


def article_of(nodes: list[Node], url: str | None) -> Node | None:
    """The node that describes the page's own article: by type, then by its address, then by its place on the page."""
    best: tuple[int, int, Node] | None = None
    for node in nodes:
        rank = min((_ARTICLE_TYPES.index(t) for t in types_of(node) if t in _ARTICLE_TYPES), default=None)
        if rank is None:
            continue
        here = 0 if url and _same_page(node, url) else 1
        bare = 0 if text_of(node.get("headline")) or text_of(node.get("datePublished")) else 2
        score = here + bare
        if best is None or score < best[0]:
            best = (score, rank, node)
    return best[2] if best else None


def page_of(nodes: list[Node]) -> Node | None:
    """The node that describes the page as such."""
    return next((node for node in nodes if any(t in _PAGE_TYPES for t in types_of(node))), None)


def types_of(node: Node) -> list[str]:
    """Lower-case types of a node, without the vocabulary's address."""
    stated = node.get("@type") or node.get("type")
    values = stated if isinstance(stated, list) else [stated]
    return [str(value).rsplit("/", 1)[-1].lower() for value in values if value]


def text_of(value: Any) -> str | None:
    """The first string in a value, whatever shape the outlet gave it."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list):
        return next((text for item in value if (text := text_of(item))), None)
    if isinstance(value, dict):
        return text_of(value.get("@value") or value.get("name") or value.get("@id"))
    return None


def names_of(value: Any, nodes: list[Node], depth: int = 0) -> list[tuple[str, bool]]:
    """Names in an author value, in order, each with whether it is stated to be an organisation.

    ``@id`` is followed once.
    """
    if depth > 4:
        return []
    if isinstance(value, str):
        return [(value, False)]
    if isinstance(value, list):
        return [name for item in value for name in names_of(item, nodes, depth + 1)]
    if not isinstance(value, dict):
        return []
    name = value.get("name")
    organisation = any("organization" in t or t == "corporation" for t in types_of(value))
    if isinstance(name, (list, dict)):
        return [(text, organisation or is_org) for text, is_org in names_of(name, nodes, depth + 1)]
    if isinstance(name, str) and name.strip():
        return [(name, organisation)]
    joined = " ".join(part for key in ("givenName", "familyName") if (part := text_of(value.get(key))))
    if joined:
        return [(joined, organisation)]
    reference = value.get("@id")
    if reference:
        other = next((node for node in nodes if node.get("@id") == reference and node.get("name")), None)
        if other is not None and other is not value:
            return names_of(other, nodes, depth + 1)
    return []


def _same_page(node: Node, url: str) -> bool:
    own = _bare(url)
    entity = node.get("mainEntityOfPage")
    stated = [node.get("url"), node.get("@id"), entity if isinstance(entity, str) else None]
    if isinstance(entity, dict):
        stated += [entity.get("@id"), entity.get("url")]
    return any(isinstance(value, str) and _bare(value) == own for value in stated)


def _bare(url: str) -> str:
    return unquote(re.sub(r"^https?://(?:www\.)?|[?#].*$", "", url.strip())).rstrip("/").lower()


def _load(script: str) -> Any:
    script = _COMMENT.sub("", script.strip()).strip()
    for text in (script, _TRAILING_COMMA.sub(r"\1", _BARE_NEWLINE.sub(" ", script)).rstrip(";")):
        try:
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _flatten(value: Any, depth: int) -> Iterator[Node]:
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item, depth + 1)
    elif isinstance(value, dict):
        if value.get("@type") or value.get("@id"):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart", "author"):
            nested = value.get(key)
            if isinstance(nested, (list, dict)):
                yield from _flatten(nested, depth + 1)

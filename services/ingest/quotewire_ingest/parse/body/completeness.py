"""Compare the extractor's text with the page's own paragraphs, and take what it left out of the article.

The extractor takes one container, and goes by names and by what is visible. A body in several containers, paragraphs
before the main element and paragraphs that a script shows are lost to it. Where they belong is told by the paragraphs
that it did take.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.body.folded_text import FoldedText
from quotewire_ingest.parse.boilerplate.sentences import is_sentence
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.xpath import element_text

_BLOCKS = xpath.elements(
    "//p | //h1 | //h2 | //h3 | //h4 | //div[text()[string-length() > 40]][not(.//p or .//div or .//ul or .//table)]"
)
_HEADINGS = xpath.elements(".//h1 | .//h2 | .//h3")
_HIDING_STYLE = re.compile(r"display:\s*none|visibility:\s*hidden|opacity:\s*0|max-height:\s*0", re.IGNORECASE)
_FOLDING_NAME = re.compile(
    r"(?:^|[\s_-])(?:hidden|hide|collaps|more|read-?more|expand|trunc|fold|unfold|premium|paywall|locked|blur|obfuscat)",
    re.IGNORECASE,
)
_LINKED_HEADINGS = xpath.elements("(.//h2[.//a] | .//h3[.//a] | .//h4[.//a] | .//a//h2 | .//a//h3 | .//a//h4)[1]")
# So many taken paragraphs of one kind, or in one container, tell that others like them belong to the article.
_MIN_ALIKE = 2
_PARAGRAPH_TAGS = ("p", "div")
_HEADING_BEFORE = xpath.elements("preceding::h1[1]")
# Pages with more are looked at up to here.
_MAX_BLOCKS = 3000
# More are no paragraphs of an article.
_MAX_NOT_TAKEN = 50
# Shorter blocks (folded) are words that may stand anywhere.
_MIN_LETTERS = 20
_MAX_LINKED_SHARE = 0.5
# Containers that hold something else than the article.
_OUTSIDE = frozenset([
    "a", "nav", "footer", "form", "aside", "figure", "figcaption", "table", "noscript", "button", "select", "dialog",
])  # fmt: skip
_OTHER_PARTS = frozenset(["a", "nav", "footer", "aside"])
_OUTSIDE_NAME = re.compile(
    r"(?:^|[\s_-])(?:related|recommend|teaser|promo|newsletter|subscri|signup|sign-up|cookie|consent|caption|credit|"
    r"author|bio|byline|comment|share|social|sidebar|footer|nav|menu|breadcrumb|tags?|card|widget|advert|ads?(?:$|[\s_-])|banner|"
    r"modal|popup|popover|tooltip|toolbox|messenger|image|img|photo|picture|gallery|media|video|embed|info-?box|"
    r"carousel|slide|message|notice|alert|meta|date|popular|trending|latest|more[-_]|most|next[-_]|disclaimer|copyright|infobox|factbox)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class CompletedText:
    """A text with the paragraphs that the extractor left out, and those beside them that are still left out."""

    text: str
    not_taken: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    element: HtmlElement
    text: str
    folded: str
    line: int | None
    """The line of the text that holds it; None for a block that the extractor left out."""


def complete_text(tree: HtmlElement, text: str) -> CompletedText:
    """Add to a text the paragraphs of the page that belong to it, each at its place."""
    lines = text.split("\n")
    blocks = list(_match_blocks(tree, lines))
    taken = [block for block in blocks if block.line is not None and _is_paragraph(block)]
    if not taken:
        return CompletedText(text)
    article = _Article(taken)
    added: dict[int, list[str]] = {}
    not_taken: list[str] = []
    after, has_begun = -1, False
    for block in blocks:
        if block.line is not None:
            after = max(after, block.line)
            has_begun = has_begun or block is taken[0]
        elif _is_paragraph(block):
            if article.holds(block, has_begun):
                added.setdefault(after, []).append(block.text)
            elif len(not_taken) < _MAX_NOT_TAKEN and article.is_near(block):
                not_taken.append(block.text)
    if not added:
        return CompletedText(text, not_taken)
    parts = [*added.get(-1, ())]
    for index, line in enumerate(lines):
        parts += [line, *added.get(index, ())]
    return CompletedText("\n".join(parts), not_taken)


class _Article:
    """Where the taken paragraphs of a page stand."""

    def __init__(self, taken: list[_Block]) -> None:
        self.around: set[HtmlElement] = set()
        self.parents: Counter[HtmlElement] = Counter()
        self.kinds: Counter[tuple[str, str, str]] = Counter()
        self.elements: Counter[tuple[str, str, str]] = Counter()
        for block in taken:
            parent = block.element.getparent()
            self.parents[parent] += 1
            self.kinds[_kind(parent)] += 1
            self.elements[_kind(block.element)] += 1
            for ancestor in block.element.iterancestors():
                if ancestor in self.around:
                    break
                self.around.add(ancestor)
        self.around_kinds = {_kind(ancestor) for ancestor in self.around if _is_named(ancestor)}

    def holds(self, block: _Block, has_begun: bool) -> bool:
        """Whether a paragraph is part of the article, of which another has been taken before it or not."""
        path, home = self._path(block)
        containers, parent = path[1:], block.element.getparent()
        if home is None or any(each.tag in _OTHER_PARTS for each in home.iterancestors()):
            return False
        if block.element.tag not in _PARAGRAPH_TAGS or any(each.tag in _OUTSIDE for each in path):
            return False
        if any(_holds_something_else(each) for each in containers if _kind(each) not in self.around_kinds):
            return False
        if block.element.tag != "p" and has_begun and self.elements[_kind(block.element)] < _MIN_ALIKE:
            return False
        if not has_begun and bool(_HEADING_BEFORE(block.element)):
            return not _holds_something_else(block.element)
        if not containers or any(map(_is_shown_by_script, containers)):
            return self.parents[home] >= _MIN_ALIKE or (_is_named(home) and self.kinds[_kind(home)] >= _MIN_ALIKE)
        if _is_named(block.element) and self.elements[_kind(block.element)] >= _MIN_ALIKE:
            return True
        if _is_named(parent):
            return self.kinds[_kind(parent)] >= _MIN_ALIKE
        return parent.tag in ("article", "section") and self.kinds[_kind(parent)] > 0

    def is_near(self, block: _Block) -> bool:
        """Whether a paragraph stands where an article's could."""
        path, home = self._path(block)
        return home is not None and home.tag not in ("body", "html") and not any(e.tag in _OUTSIDE for e in path)

    def _path(self, block: _Block) -> tuple[list[HtmlElement], HtmlElement | None]:
        """The elements from a block up to the one that holds taken paragraphs too, and that one."""
        path = [block.element]
        for ancestor in block.element.iterancestors():
            if ancestor in self.around:
                return path, ancestor
            path.append(ancestor)
        return path, None


def _match_blocks(tree: HtmlElement, lines: list[str]) -> Iterator[_Block]:
    taken, seen = FoldedText(lines), set[str]()
    for element in islice(_BLOCKS(tree), _MAX_BLOCKS):
        text = element_text(element)
        folded = fold(text)
        if len(folded) >= _MIN_LETTERS and folded not in seen:
            seen.add(folded)
            yield _Block(element, text, folded, taken.line_of(folded))


def _is_paragraph(block: _Block) -> bool:
    if not is_sentence(block.text):
        return False
    linked = sum(len(element_text(link)) for link in block.element.iter("a"))
    return linked <= _MAX_LINKED_SHARE * len(block.text)


def _kind(element: HtmlElement) -> tuple[str, str, str]:
    return element.tag, element.get("class") or "", element.get("itemprop") or ""


def _is_named(element: HtmlElement) -> bool:
    return bool(element.get("class") or element.get("itemprop"))


def _is_shown_by_script(element: HtmlElement) -> bool:
    return (
        element.get("aria-hidden") == "true"
        or element.get("hidden") is not None
        or bool(_HIDING_STYLE.search(element.get("style") or ""))
        or bool(_FOLDING_NAME.search(_names(element)))
    )


def _holds_something_else(container: HtmlElement) -> bool:
    """Whether a container is named as a box of its own, leads to other articles, or is another article."""
    return (
        bool(_OUTSIDE_NAME.search(_names(container)))
        or bool(_LINKED_HEADINGS(container))
        or (container.tag == "article" and bool(_HEADINGS(container)))
    )


def _names(element: HtmlElement) -> str:
    return f"{element.tag} {element.get('class') or ''} {element.get('id') or ''}"

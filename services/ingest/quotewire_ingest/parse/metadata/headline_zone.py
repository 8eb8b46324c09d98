"""Find the short lines that a page shows around its headline: byline, dates, section.

Teasers, comments and sidebars hold such lines too, so a line counts only outside of those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.xpath import element_text

MAX_LINE_CHARACTERS = 160
"""Longer blocks are paragraphs."""
_PARAGRAPHS = xpath.elements(
    "//body//*[not(self::script or self::style)][text()[string-length(normalize-space()) >= 100]]"
)
_LEAVES = xpath.elements(
    "//body//*[text()[normalize-space()] or self::time]"
    "[not(self::script or self::style or self::noscript or self::template or self::option or self::button)]"
    f"[string-length(normalize-space()) <= {MAX_LINE_CHARACTERS}]"
)
_HEADINGS = xpath.elements("//body//h1 | //body//h2 | //body//h3")
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|related|teasers?|side-?bar|recommend\w*|promo\w*|weather|forecast|most-?read"
    r"|trending|popular|bread-?crumbs?|copyright|(?:site|page)-?footer|nav\w*|menu|latest|newsletter|read-?next|read-?more|ticker"
    r"|today\w*|clock|current-?date|share\w*|social|advert\w*|cookie\w*|modal|gallery|caption"
    r"|figcaption|pic\w*|image\w*|photo\w*|bild\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ELSEWHERE_TAGS = ("nav", "footer", "aside", "form", "figure", "figcaption", "select", "blockquote")
_POSSIBLE_HEADLINES = xpath.elements(
    "//body//*[self::div or self::p or self::span or self::strong or self::dt or self::td or self::h4 or self::b]"
    "[text()[normalize-space()]][string-length(normalize-space()) <= 300]"
)
# Classes of real elements are shorter; malicious ones would take long to search.
_MAX_MARKS_CHARACTERS = 500
# A shorter heading within a title may be a section's.
_MIN_HEADLINE_LETTERS = 12
# A standfirst may stand between headline and byline; behind the second paragraph the text has begun.
_PARAGRAPHS_IN_ZONE = 2
# The footer of an article, other than that of the page, may state its date.
_OWN_FOOTER = re.compile(r"entry|article|post|story", re.IGNORECASE)


class Place(IntEnum):
    """Where a line stands. In the order in which lines are believed."""

    BELOW_HEADLINE = 0
    ABOVE_HEADLINE = 1
    REST = 2


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A short line outside of teasers and comments. ``element`` is the largest one that holds nothing else."""

    element: HtmlElement
    place: Place

    def parts(self) -> Iterator[tuple[str, list[HtmlElement]]]:
        """Yield the texts of the line in order, each with the elements around it, innermost first."""
        for text, parent in _texts(self.element):
            yield " ".join(text.split()), self._around(parent)

    def _around(self, element: HtmlElement) -> list[HtmlElement]:
        around = [element]
        while around[-1] is not self.element and (parent := around[-1].getparent()) is not None:
            around.append(parent)
        return around


def _texts(element: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """Yield the texts inside an element in order, each with the element that it is directly in."""
    if element.tag in ("script", "style"):
        return
    if element.text and element.text.strip():
        yield element.text, element
    for child in element:
        yield from _texts(child)
        if child.tail and child.tail.strip():
            yield child.tail, element


def find_shown_lines(tree: HtmlElement, titles: list[str]) -> list[ShownLine]:
    """Return the short lines of a page in document order.

    Args:
        tree: the page, before the extractor prunes it.
        titles: what the article's title may be; the first heading that is one of them is the headline.
    """
    headline = find_headline(tree, titles)
    position = {element: number for number, element in enumerate(tree.iter())}
    start = position[headline] if headline is not None else -1
    own = {headline, *headline.iterancestors()} if headline is not None else set()
    paragraphs = [position[element] for element in _PARAGRAPHS(tree) if position[element] > start]
    end = paragraphs[_PARAGRAPHS_IN_ZONE - 1] if len(paragraphs) >= _PARAGRAPHS_IN_ZONE else len(position)
    first = paragraphs[0] if paragraphs else end
    elsewhere: dict[HtmlElement, bool] = {}
    short: dict[HtmlElement, bool] = {}
    found: dict[HtmlElement, ShownLine] = {}
    for leaf in _LEAVES(tree):
        if leaf in own or _is_elsewhere(leaf, own, elsewhere):
            continue
        line = leaf
        while (parent := line.getparent()) is not None and parent not in own and parent.tag != "body":
            if parent not in short:
                short[parent] = len(element_text(parent)) <= MAX_LINE_CHARACTERS
            if not short[parent]:
                break
            line = parent
        if line not in found:
            here = position[line]
            place = Place.REST
            if headline is not None and start < here < end:
                place = Place.BELOW_HEADLINE
            elif headline is not None and here < start and here < first and _is_beside(line, headline):
                place = Place.ABOVE_HEADLINE
            found[line] = ShownLine(line, place)
    return list(found.values())


def find_headline(tree: HtmlElement, titles: list[str]) -> HtmlElement | None:
    """Return the first heading that is one of the titles or a part of one; else another element that is.

    Otherwise the first ``h1``, which may be the page's logo or its section; None where there is none.
    """
    wanted = [folded for title in titles if (folded := fold(title))]

    def is_title(element: HtmlElement) -> bool:
        shown = fold(element_text(element))
        return shown in wanted or (len(shown) >= _MIN_HEADLINE_LETTERS and any(shown in title for title in wanted))

    headings = _HEADINGS(tree)
    headings.sort(key=lambda element: str(element.tag))  # stable: in document order within h1, h2 and h3
    for element in (*headings, *_POSSIBLE_HEADLINES(tree)):
        if is_title(element):
            return element
    return headings[0] if headings and headings[0].tag == "h1" else None


def _is_elsewhere(element: HtmlElement, own: set[HtmlElement], known: dict[HtmlElement, bool]) -> bool:
    """Whether an element or one around it, up to what holds the headline too, is a teaser, a menu or the like."""
    passed = []
    here: HtmlElement | None = element
    result = False
    while here is not None and here not in own:
        if here in known:
            result = known[here]
            break
        passed.append(here)
        if _marks_elsewhere(here):
            result = True
            break
        here = here.getparent()
    known.update(dict.fromkeys(passed, result))
    return result


def _marks_elsewhere(element: HtmlElement) -> bool:
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_MARKS_CHARACTERS]
    if element.tag == "footer" and _OWN_FOOTER.search(marks):
        return False
    return element.tag in _ELSEWHERE_TAGS or bool(_ELSEWHERE.search(marks))


def _is_beside(line: HtmlElement, headline: HtmlElement) -> bool:
    """Whether a line above the headline belongs to it: both in one element that is not the whole page."""
    own = set(headline.iterancestors("article", "main", "header", "section", "div"))
    return any(parent in own for parent in line.iterancestors("article", "main", "header", "section", "div"))

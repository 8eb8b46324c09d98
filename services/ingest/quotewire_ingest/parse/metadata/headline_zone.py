"""Find the short lines that a page shows around its headline: byline, dates, section.

Teasers, comments and sidebars hold such lines too, so a line counts only outside of those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.metadata.shown_line import Place, ShownLine
from quotewire_ingest.parse.xpath import element_text

# Longer blocks are paragraphs.
_MAX_LINE_CHARACTERS = 160
_MIN_PARAGRAPH_CHARACTERS = 100
# A standfirst may stand between headline and byline; behind the second paragraph the text has begun.
_PARAGRAPHS_IN_ZONE = 2
# So many elements are looked at on either side of a headline; menus that are not marked have hundreds.
_MAX_ELEMENTS = 1000
_INVISIBLE = frozenset(["script", "style", "noscript", "template", "option", "button", "svg"])
_ELSEWHERE_TAGS = frozenset(["nav", "footer", "aside", "form", "figure", "figcaption", "select", "blockquote"])
_ELSEWHERE = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|related|teasers?|side-?bar|recommend\w*|promo\w*|weather|forecast|most-?read"
    r"|trending|popular|bread-?crumbs?|copyright|(?:site|page)-?footer|nav\w*|menu|latest|newsletter|read-?next"
    r"|read-?more|ticker|today\w*|clock|current-?date|share\w*|social|advert\w*|cookie\w*|modal|gallery|caption"
    r"|figcaption|pic\w*|image\w*|photo\w*|bild\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEADLINE_MARK = re.compile(r"headline|title|heading", re.IGNORECASE)
# Classes of real elements are shorter; malicious ones would take long to search.
_MAX_MARKS_CHARACTERS = 500
# The footer of an article, other than that of the page, may state its date.
_OWN_FOOTER = re.compile(r"entry|article|post|story", re.IGNORECASE)
_HEADINGS = xpath.elements("//body//h1 | //body//h2 | //body//h3")
_OTHER_HEADLINES = xpath.elements(
    "//body//*[self::div or self::p or self::span or self::strong or self::dt or self::td or self::h4 or self::b]"
    "[text()[normalize-space()]][string-length(normalize-space()) <= 300]"
)
# A shorter heading within a title may be a section's.
_MIN_HEADLINE_LETTERS = 12
_WITH_DIGITS = xpath.elements(
    "//body//*[text()[translate(., '0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹๐๑๒๓๔๕๖๗๘๙०१२३४५६७८९০১২৩৪৫৬৭৮৯', '') != .]"
    f" or self::time][string-length(normalize-space()) <= {_MAX_LINE_CHARACTERS}]"
)
_WITH_WORDS = xpath.elements("//body//*[not(self::script or self::style)][text()[contains(., $words)]]")


class HeadlineZone:
    """The short lines of a page, by their place. Ask for them before the extractor prunes the tree."""

    def __init__(self, tree: HtmlElement, titles: Iterable[str | None]) -> None:
        """``titles``: what the article's title may be; the first heading that is one of them is the headline."""
        self._tree = tree
        self._titles = [title for title in titles if title]
        self._elsewhere: dict[HtmlElement, bool] = {}
        self._short: dict[HtmlElement, bool] = {}

    @cached_property
    def headline(self) -> HtmlElement | None:
        """The headline's element, or None."""
        return find_headline(self._tree, self._titles)

    @cached_property
    def marked_headline(self) -> HtmlElement | None:
        """The first heading outside of teasers that is marked as a headline; else the only ``h2``, or None."""
        headings = [element for element in _HEADINGS(self._tree) if not self._is_elsewhere(element)]
        marked = [element for element in headings if element.tag != "h1" and _HEADLINE_MARK.search(_marks(element))]
        second = [element for element in headings if element.tag == "h2"]
        return next(iter(marked or (second if len(second) == 1 else [])), None)

    @cached_property
    def beside(self) -> list[ShownLine]:
        """The lines below the headline, then those above it, the nearest first."""
        below = self._lines(self._elements_below(), Place.BELOW_HEADLINE)
        return below + self._lines(self._elements_above(), Place.ABOVE_HEADLINE)

    @cached_property
    def dated_rest(self) -> list[ShownLine]:
        """All other lines that hold digits, in document order."""
        known = {line.element for line in self.beside}
        lines = self._lines(_WITH_DIGITS(self._tree), Place.REST)
        return [line for line in lines if line.element not in known]

    def lines_with(self, words: str, most: int) -> list[tuple[ShownLine, bool]]:
        """Return the lines that hold the words, each with whether it is outside of comments or teasers.

        ``most``: the most characters of such a line.
        """
        elements = _WITH_WORDS(self._tree, words=words)
        return [
            (ShownLine(element, Place.REST), not self._is_elsewhere(element))
            for element in elements[:_MAX_ELEMENTS]
            if len(element_text(element)) <= most
        ]

    @cached_property
    def _own(self) -> set[HtmlElement]:
        return set() if self.headline is None else {self.headline, *self.headline.iterancestors()}

    def _elements_below(self) -> Iterator[HtmlElement]:
        paragraphs = 0
        for node in self._levels():
            for sibling in node.itersiblings():
                for element in self._walk(sibling):
                    if _is_paragraph(element):
                        paragraphs += 1
                        if paragraphs == _PARAGRAPHS_IN_ZONE:
                            return
                    yield element

    def _elements_above(self) -> Iterator[HtmlElement]:
        for node in self._levels():
            for sibling in node.itersiblings(preceding=True):
                yield from reversed(list(islice(self._walk(sibling), _MAX_ELEMENTS)))

    def _levels(self) -> Iterator[HtmlElement]:
        """The headline and what is around it, up to what is directly in the body."""
        if self.headline is not None:
            for node in (self.headline, *self.headline.iterancestors()):
                if node.tag in ("body", "html"):
                    return
                yield node

    def _walk(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """Yield an element and those in it, without those that are elsewhere or invisible."""
        if not isinstance(element.tag, str) or element.tag in _INVISIBLE or self._is_elsewhere(element):
            return
        yield element
        for child in element:
            yield from self._walk(child)

    def _lines(self, elements: Iterable[HtmlElement], place: Place) -> list[ShownLine]:
        found: dict[HtmlElement, ShownLine] = {}
        for leaf in islice(elements, _MAX_ELEMENTS):
            if leaf in self._own or not _has_text(leaf) or not self._is_short(leaf) or self._is_elsewhere(leaf):
                continue
            line = leaf
            while (parent := line.getparent()) is not None and parent not in self._own and parent.tag != "body":
                if not self._is_short(parent):
                    break
                line = parent
            found.setdefault(line, ShownLine(line, place))
        return list(found.values())

    def _is_short(self, element: HtmlElement) -> bool:
        if element not in self._short:
            self._short[element] = len(element_text(element)) <= _MAX_LINE_CHARACTERS
        return self._short[element]

    def _is_elsewhere(self, element: HtmlElement) -> bool:
        """Whether an element or one around it, up to what holds the headline too, is a teaser, a menu or the like."""
        passed = []
        here: HtmlElement | None = element
        result = False
        while here is not None and here not in self._own:
            if here in self._elsewhere:
                result = self._elsewhere[here]
                break
            passed.append(here)
            if _marks_elsewhere(here):
                result = True
                break
            here = here.getparent()
        self._elsewhere.update(dict.fromkeys(passed, result))
        return result


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
    shown = next(filter(is_title, headings), None)
    if shown is None and wanted:
        shown = next(filter(is_title, _OTHER_HEADLINES(tree)), None)
    if shown is not None:
        return shown
    return headings[0] if headings and headings[0].tag == "h1" else None


def _has_text(element: HtmlElement) -> bool:
    """Whether an element has text of its own, or states a time."""
    return element.tag == "time" or any(text.strip() for text in _own_texts(element))


def _is_paragraph(element: HtmlElement) -> bool:
    return any(len(text.strip()) >= _MIN_PARAGRAPH_CHARACTERS for text in _own_texts(element))


def _own_texts(element: HtmlElement) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if child.tail:
            yield child.tail


def _marks(element: HtmlElement) -> str:
    values = (element.get("class") or "", element.get("id") or "", element.get("itemprop") or "")
    return " ".join(values)[:_MAX_MARKS_CHARACTERS]


def _marks_elsewhere(element: HtmlElement) -> bool:
    marks = _marks(element)
    if element.tag == "footer" and _OWN_FOOTER.search(marks):
        return False
    return element.tag in _ELSEWHERE_TAGS or bool(_ELSEWHERE.search(marks))

"""A short line of a page: what it says, and by which elements it is marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from lxml.html import HtmlElement

_INLINE_TAGS = frozenset(["a", "abbr", "b", "em", "font", "i", "small", "span", "strong", "time", "u", "cite", "mark"])


class Place(Enum):
    """Where a line stands."""

    BELOW_HEADLINE = "below"
    """Between the headline and the second paragraph."""
    ABOVE_HEADLINE = "above"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A short line outside of teasers and comments. ``element`` is the largest one that holds nothing else."""

    element: HtmlElement
    place: Place

    def parts(self) -> Iterator[tuple[str, list[HtmlElement]]]:
        """Yield the texts of the line in order, each with the elements around it, innermost first."""
        for text, parent in _texts(self.element):
            yield " ".join(text.split()), self._around(parent)

    def blocks(self) -> list[str]:
        """Return the texts of the line, one for each block, line break or element that touches the next."""
        text = "".join(_with_breaks(self.element))
        return [words for block in text.split("\n") if (words := " ".join(block.split()))]

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


def _with_breaks(element: HtmlElement) -> Iterator[str]:
    """Yield the texts inside an element, with line feeds where its parts do not follow each other as words do."""
    if element.tag in ("script", "style"):
        return
    apart = element.tag not in _INLINE_TAGS
    if apart:
        yield "\n"
    yield " ".join((element.text or " ").split("\n"))
    for child in element:
        yield from _with_breaks(child)
        yield " ".join(child.tail.split("\n")) if child.tail else "\n"
    if apart:
        yield "\n"

"""Drop pull quotes: words of the article that a page shows a second time, set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.boilerplate.lines import TextLines
from quotewire_ingest.parse.boilerplate.sentences import is_sentence
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.xpath import element_text

_SET_APART = xpath.elements(
    "//blockquote | //*[contains(@class, 'uote')][self::div or self::p or self::section or self::h2 or self::h3"
    " or self::h4 or self::aside or self::figure or self::span]"
)
_LINES = xpath.elements(".//p | .//cite | .//footer | .//figcaption | .//span | .//div")
# Longer quotations are documents that the article prints, not teasers of it.
_MAX_CHARACTERS = 600
# Pages with more show something else than quotations.
_MAX_QUOTATIONS = 50
# Fewer letters (folded) are words that stand twice for other reasons.
_MIN_LETTERS = 20
_MIN_PIECE_LETTERS = 8
# Where a quotation may be cut and joined: between sentences, at marks and at dots of omission.
_PIECE_END = re.compile(r"[.!?…]+|[\"“”„«»]")


def find_set_apart(tree: HtmlElement) -> tuple[frozenset[str], ...]:
    """Return the quotations that a page sets apart, each as its folded lines."""
    found = (frozenset(_folded_lines(element)) for element in _SET_APART(tree))
    return tuple(islice(filter(None, found), _MAX_QUOTATIONS))


def drop_pull_quotes(lines: TextLines, set_apart: tuple[frozenset[str], ...]) -> None:
    """Drop each quotation that is set apart and of which all the words stand elsewhere in the text."""
    if not set_apart:
        return
    folded = {index: fold(lines[index]) for index in lines.kept}
    for quotation in set_apart:
        own = [index for index in lines.kept if folded[index] in quotation]
        longest = max(own, key=lambda index: len(folded[index]), default=None)
        if longest is None or len(folded[longest]) < _MIN_LETTERS:
            continue
        # A line that is no sentence says whose words they are.
        quoted = [lines[index] for index in own if index == longest or is_sentence(lines[index])]
        rest = "\n".join(folded[index] for index in lines.kept if index not in own)
        parts = [fold(part) for line in quoted for part in _PIECE_END.split(line)]
        pieces = [part for part in parts if len(part) >= _MIN_PIECE_LETTERS]
        if pieces and all(piece in rest for piece in pieces):
            for index in own:
                lines.drop(index, "pull_quote")


def _folded_lines(element: HtmlElement) -> Iterator[str]:
    whole = element_text(element)
    if _MIN_LETTERS <= len(whole) <= _MAX_CHARACTERS:
        yield fold(whole)
        for line in _LINES(element):
            if folded := fold(element_text(line)):
                yield folded

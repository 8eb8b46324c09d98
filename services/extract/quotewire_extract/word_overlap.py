"""Compare contents of quotations by their words, and match found ones with gold ones. Shared by all scorers.

Only words count, so punctuation at the edges does not. The spans of one quotation are pooled, as PolNeAR joins the
halves of an interrupted one. A leading "that" is optional.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quotewire_extract.quotation import CharSpan

WORD = re.compile(r"\w+(?:[.\-/](?=\w)\w+)*")
"""A word of the scorers: punctuation is none, "U.S" and "12.5" are one word."""

MIN_OVERLAP = 0.5
"""Overlap from which a content counts as found."""


@dataclass(frozen=True, slots=True)
class ContentWords:
    """The words of a content by their numbers; ``core_words`` are those without a leading "that"."""

    words: frozenset[int]
    core_words: frozenset[int]


@dataclass(frozen=True, slots=True)
class Match:
    """A gold content and the found one that belongs to it, by their positions, and their overlap."""

    gold: int
    found: int
    overlap: float


class WordIndex:
    """A text with its words, which turns spans into numbers of words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[CharSpan] = [match.span() for match in WORD.finditer(text)]
        self._starts = [start for start, _ in self.words]
        self._ends = [end for _, end in self.words]

    def word(self, number: int) -> str:
        """Return the word with this number, in lower case."""
        return self.text[slice(*self.words[number])].lower()

    def covered(self, spans: Iterable[CharSpan]) -> frozenset[int]:
        """Return the numbers of the words that share a code point with any span."""
        found: set[int] = set()
        for start, end in spans:
            found.update(range(bisect_right(self._ends, start), bisect_left(self._starts, end)))
        return frozenset(found)

    def content_words(self, content: Iterable[CharSpan]) -> ContentWords:
        """Return the words of a content."""
        words = self.covered(content)
        first = min(words, default=None)
        optional = first is not None and len(words) > 1 and self.word(first) == "that"
        return ContentWords(words, words - {first} if optional else words)


def overlap(one: ContentWords, other: ContentWords) -> float:
    """Return the Jaccard index of the words of two contents, 0 to 1."""
    either = len(one.core_words | other.core_words)
    return len(one.core_words & other.core_words) / either if either else 0.0


def match_contents(gold: Sequence[ContentWords], found: Sequence[ContentWords]) -> list[Match]:
    """Match the contents of one article one to one: largest overlap first, ties by position."""
    candidates = sorted(
        (-overlap(g, f), i, j) for i, g in enumerate(gold) for j, f in enumerate(found) if g.words & f.words
    )
    matched_gold: set[int] = set()
    matched_found: set[int] = set()
    matches: list[Match] = []
    for minus, i, j in candidates:
        if i not in matched_gold and j not in matched_found:
            matched_gold.add(i)
            matched_found.add(j)
            matches.append(Match(i, j, -minus))
    return matches

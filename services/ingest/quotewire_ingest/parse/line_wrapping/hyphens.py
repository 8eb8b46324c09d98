"""Rejoin words that a line end divides."""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_LAST_PART = re.compile(r"[^\W\d_]+$")
_FIRST_PART = re.compile(r"[^\W\d_]+")
# "two- and three-year terms": the word goes on after the next.
_SUSPENDED = re.compile(r"(?:and|or|to|und|oder|bis|et|ou|y|o|e|en|of|og|och|eller)\b")
# First parts of English compounds that are no syllables of other words.
_COMPOUND_STARTS = {
    "self", "well", "half", "vice", "long", "short", "high", "far", "two", "three", "five", "year", "month",
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
}  # fmt: skip
# Longer words are none; the limit keeps the search for the part before the hyphen short.
_MAX_PART = 40
# The second part of a compound is a word; two letters are a syllable.
_MIN_COMPOUND_PART = 3


class HyphenJoiner:
    """Decides from the rest of a text whether the hyphen of a divided word is part of the word."""

    def __init__(self, text: str) -> None:
        self._counts: Counter[str] | None = None
        self._text = text

    def split(self, line: str, following: str) -> tuple[str, str]:
        """Return a line that ends in a hyphen as it continues in the next line, and what stands between the two."""
        if line.endswith("\u00ad"):
            return line[:-1], ""
        if _SUSPENDED.match(following):
            return line, " "
        left, right = _LAST_PART.search(line[-_MAX_PART - 1 : -1]), _FIRST_PART.match(following)
        if left and right and self._is_compound(left[0].casefold(), right[0].casefold()):
            return line, ""
        return line[:-1], ""

    def _is_compound(self, left: str, right: str) -> bool:
        if self._counts is None:
            self._counts = Counter(word.casefold() for word in _WORD.findall(self._text))
        counts = self._counts
        if counts[left + right]:
            return False
        if counts[f"{left}-{right}"] or counts[f"{left}\u2010{right}"]:
            return True
        if len(right) < _MIN_COMPOUND_PART:
            return False
        # Each part is counted once where the line breaks; beyond that both are words of their own.
        return left in _COMPOUND_STARTS or (len(left) >= _MIN_COMPOUND_PART and min(counts[left], counts[right]) > 1)

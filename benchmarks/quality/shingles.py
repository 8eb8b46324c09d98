"""Compare texts by the overlap of their four-word shingles; each page has the same weight.

This is the measure of the public article-extraction benchmark (Scrapinghub, MIT), written anew, so that our results can
be compared with the published ones.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SHINGLE_WORDS = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares of one page's shingles: found and right, found and wrong, missed."""

    right: float
    wrong: float
    missed: float

    @property
    def precision(self) -> float | None:
        """None if nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """None if there was nothing to find."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 if nothing is right."""
        return harmonic(self.precision or 0.0, self.recall or 0.0)


def overlap(true: str, found: str) -> Overlap:
    """Compare the text found with the true one."""
    wanted, got = _shingles(true), _shingles(found)
    right = sum((wanted & got).values())
    total = (wanted | got).total() or 1
    return Overlap(right / total, (got - wanted).total() / total, (wanted - got).total() / total)


def summary(overlaps: Sequence[Overlap]) -> tuple[float, float, float]:
    """Return precision and recall as means over pages, and F1 of the two means."""
    precision = statistics.mean(p for each in overlaps if (p := each.precision) is not None)
    recall = statistics.mean(r for each in overlaps if (r := each.recall) is not None)
    return precision, recall, harmonic(precision, recall)


def harmonic(precision: float, recall: float) -> float:
    """Return F1."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    n = SHINGLE_WORDS
    shingles = (tuple(words[i : i + n]) for i in range(max(1, len(words) - n + 1)))
    return Counter(shingle for shingle in shingles if shingle)

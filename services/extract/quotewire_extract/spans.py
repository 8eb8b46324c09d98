"""Find the spans of a text that overlap another one, without looking at all of them."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quotewire_extract.quotation import CharSpan


class SpanIndex:
    """Spans of one text, each with a start and an end (exclusive)."""

    def __init__(self, spans: Iterable[CharSpan]) -> None:
        """Sort the spans, which may overlap."""
        self._spans = sorted(spans)
        self._starts = [start for start, _ in self._spans]
        self._largest_ends = list(accumulate((end for _, end in self._spans), max))

    def overlaps(self, start: int, end: int) -> bool:
        """Whether a span shares a code point with ``[start, end)``."""
        before = bisect_left(self._starts, end)
        return before > 0 and self._largest_ends[before - 1] > start

    def overlapping(self, start: int, end: int) -> Iterator[CharSpan]:
        """Yield the spans that share a code point with ``[start, end)``, the last one first.

        Fast where few spans are nested in another one.
        """
        number = bisect_left(self._starts, end) - 1
        while number >= 0 and self._largest_ends[number] > start:
            if self._spans[number][1] > start:
                yield self._spans[number]
            number -= 1

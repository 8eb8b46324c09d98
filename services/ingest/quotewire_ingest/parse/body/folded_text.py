"""Find the blocks of a page in the text that was taken from it, in time proportional to both."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from quotewire_ingest.parse.folding import fold

# Letters of an entry of the index, and the distance from one entry to the next: a block is looked up at as many
# positions as there are between two entries.
_ENTRY_LETTERS = 16
_ENTRY_DISTANCE = 4
# Of a longer block, so many letters in a row tell that it was taken, if only in part.
_SHARED_LETTERS = 30
# The parts of a block at which it is looked up: its ends, and three between them.
_PARTS = 4


class FoldedText:
    """The folded lines of a text, with an index of what stands where."""

    def __init__(self, lines: list[str]) -> None:
        folded = list(map(fold, lines))
        self._whole = "".join(folded)  # a paragraph with line breaks is several lines
        self._starts = list(accumulate(map(len, folded), initial=0))
        self._index: dict[str, int] = {}
        for position in range(0, len(self._whole) - _ENTRY_LETTERS + 1, _ENTRY_DISTANCE):
            self._index.setdefault(self._whole[position : position + _ENTRY_LETTERS], position)

    def line_of(self, block: str) -> int | None:
        """The line in which a folded block ends, or a part of it; None for a block that is not in the text.

        A block of fewer than 19 letters is never found.
        """
        last = len(block) - _ENTRY_LETTERS - _ENTRY_DISTANCE + 1
        if last < 0:
            return None
        for part in range(_PARTS, -1, -1):
            first = last * part // _PARTS
            for offset in range(first, first + _ENTRY_DISTANCE):
                position = self._index.get(block[offset : offset + _ENTRY_LETTERS])
                if position is not None and self._shares(block, offset, position):
                    return bisect_right(self._starts, position) - 1
        return None

    def _shares(self, block: str, offset: int, position: int) -> bool:
        """Whether block and text are the same around a place, too."""
        first = max(0, min(offset - (_SHARED_LETTERS - _ENTRY_LETTERS) // 2, len(block) - _SHARED_LETTERS))
        begin = position - offset + first
        return begin >= 0 and self._whole.startswith(block[first : first + _SHARED_LETTERS], begin)

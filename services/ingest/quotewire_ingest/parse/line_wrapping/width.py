"""Measure at which width a text was wrapped.

A wrapper breaks a line where the next word would not fit. So each break within a sentence names the widths at which it
would have been made: at least the length of the line, and less than the line, a blank and the next word. The width that
most breaks name is the width of the text; where they do not agree, the text was not wrapped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from quotewire_ingest.parse.line_wrapping.lines import WrappedLine, continues

# Widths in use: a column of a newspaper to a screen of 132 characters. A longer line is a paragraph.
_MIN_WIDTH, _MAX_WIDTH = 24, 132
# Breaks that have to agree on a width. The others are headings, verses and lines that somebody edited.
_MIN_AGREEING = 0.75
# Breaks within sentences among the full lines that end no sentence: three in four in English, half in German; in lists
# and poems every line begins with a capital.
_MIN_CONTINUING = 0.25
# One break alone tells nothing of a width; a line of so many characters is still no item of a list.
_MIN_SINGLE_BREAK = 40
# Without small letters (Arabic, Chinese, telex) the lines of a list look like breaks, so it takes more of them.
_MIN_CASELESS_BREAKS = 3
# Wrappers that balance lines, and text copied from a page with proportional letters, stay below the width by up to a
# seventh. Such a text is known by more breaks.
_LOOSE_SHARE = 7
_MIN_LOOSE_BREAKS = 4


@dataclass(frozen=True, slots=True)
class WrapWidth:
    """The width of a wrapped text, and by how much its lines may stay below."""

    columns: int
    slack: int = 0

    def is_full(self, line: WrappedLine, following: WrappedLine) -> bool:
        """Whether the first word of the second line would not have fitted on the first."""
        return line.length <= self.columns < line.length + 1 + following.first_word_length() + self.slack


def measure_width(pairs: Iterable[tuple[WrappedLine, WrappedLine]], min_breaks: int = 1) -> WrapWidth | None:
    """Return the width at which lines were wrapped; None where they were not.

    Args:
        pairs: lines that follow one another without a blank line.
        min_breaks: breaks within sentences that a wrapped text has at least.
    """
    open_pairs = [pair for pair in pairs if not (pair[0].ends_sentence or pair[0].ends_in_hyphen)]
    breaks = [
        (line.length, following.first_word_length()) for line, following in open_pairs if continues(line, following)
    ]
    if len(breaks) < min_breaks or (len(breaks) == 1 and breaks[0][0] < _MIN_SINGLE_BREAK):
        return None
    has_case = any(following.text[0].islower() for line, following in open_pairs if continues(line, following))
    if not has_case and len(breaks) < _MIN_CASELESS_BREAKS:
        return None
    lengths = {line.length for pair in open_pairs for line in pair}
    width = _find_width(breaks, lengths)
    if width is None:
        return None
    full = [continues(line, following) for line, following in open_pairs if width.is_full(line, following)]
    return width if sum(full) >= _MIN_CONTINUING * len(full) else None


def _find_width(breaks: list[tuple[int, int]], lengths: set[int]) -> WrapWidth | None:
    """Return the width on which breaks agree, each given by the lengths of its line and of the next word."""
    columns = _agreed_width([(length, length + word) for length, word in breaks], lengths)
    if columns is not None:
        return WrapWidth(columns)
    if len(breaks) < _MIN_LOOSE_BREAKS:
        return None
    loose = [(length, length + word + length // _LOOSE_SHARE) for length, word in breaks]
    columns = _agreed_width(loose, lengths)
    return None if columns is None else WrapWidth(columns, columns // _LOOSE_SHARE)


def _agreed_width(spans: list[tuple[int, int]], lengths: set[int]) -> int | None:
    """Return the longest of the line lengths among the widths that most spans hold; None where too few agree."""
    changes = [0] * (_MAX_WIDTH + 2)
    for shortest, longest in spans:
        if shortest <= _MAX_WIDTH:
            changes[shortest] += 1
            changes[min(longest, _MAX_WIDTH) + 1] -= 1
    votes = list(accumulate(changes))[: _MAX_WIDTH + 1]
    most = max(votes[_MIN_WIDTH:])
    if most < _MIN_AGREEING * len(spans):
        return None
    agreed = [width for width in range(_MIN_WIDTH, _MAX_WIDTH + 1) if votes[width] == most]
    return max((width for width in agreed if width in lengths), default=agreed[0])

"""From the tags of the pieces to the names in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quotewire_extract.reader.pieces import Ints, Pieces


@dataclass(frozen=True, slots=True)
class Name:
    """A named entity: code points ``[start, end)`` of the text and its type."""

    start: int
    end: int
    label: str


def find_names(pieces: Pieces, tags: Ints, labels: Sequence[str]) -> list[Name]:
    """Join tagged pieces to names, in order and without overlap.

    The first piece of a word decides for the word; a name never reaches over a line's end.
    """
    if not len(pieces):
        return []
    first = np.flatnonzero(~_inside_word(pieces))
    ends = pieces.offsets[np.append(first[1:], len(pieces)) - 1, 1].tolist()
    starts = pieces.offsets[first, 0].tolist()
    chosen = tags[first]
    found: list[Name] = []
    previous = -2  # the word before that was tagged
    for at in np.flatnonzero(chosen).tolist():
        tag, start, end = int(chosen[at]), starts[at], ends[at]
        label, goes_on = labels[(tag - 1) // 2], tag % 2 == 0
        last = found[-1] if found and previous == at - 1 else None
        if last and goes_on and last.label == label and "\n" not in pieces.text[last.end : start]:
            found[-1] = Name(last.start, end, label)
        else:
            found.append(Name(start, end, label))
        previous = at
    return found


def _inside_word(pieces: Pieces) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether a piece [n] goes on with the letters of the piece before; two pieces of one sign never part either."""
    text, starts, ends = pieces.text, pieces.offsets[:, 0], pieces.offsets[:, 1]
    inside = np.zeros(len(pieces), bool)
    for i in (np.flatnonzero(starts[1:] <= ends[:-1]) + 1).tolist():
        start = int(starts[i])
        inside[i] = start < ends[i - 1] or (text[start].isalnum() and text[start - 1].isalnum())
    return inside

"""Which windows make up each training step: decided by the seed and the number of the step alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeAlias

from quotewire_extract.tagger.windows import Window, paragraph_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_training.dataset import Example

Group: TypeAlias = "list[tuple[Example, Window]]"

MULTIPLE = 64
"""Lengths are padded to multiples of this: the matrix kernels are built per shape, and few shapes train faster."""

_SHORTEST_FIRST = 60
"""An epoch's first window of a text holds at least this many pieces: about two sentences."""

_POOL = 2000
"""Windows that are sorted by length together: enough for little padding, few enough to make epochs differ."""


def epoch(examples: Sequence[Example], seed: str, window: int, pieces: int) -> list[Group]:
    """Split every text into windows and group those of similar length, at most `pieces` a group with padding.

    The same arguments give the same groups; another seed splits every text elsewhere.
    """
    rng = random.Random(seed)
    windows = [
        (e, w)
        for e in examples
        for w in paragraph_windows(e.pieces, window, first=rng.randint(_SHORTEST_FIRST, window))
    ]
    rng.shuffle(windows)
    groups: list[Group] = []
    for begin in range(0, len(windows), _POOL):
        pool = sorted(windows[begin : begin + _POOL], key=lambda item: item[1][1] - item[1][0] + rng.random() * 8)
        made: list[Group] = [[]]
        for item in pool:
            if made[-1] and padded(item[1]) * (len(made[-1]) + 1) > pieces:
                made.append([])
            made[-1].append(item)
        rng.shuffle(made)
        groups += made
    return groups


def padded(window: Window) -> int:
    """Return the length of a window with [CLS], [SEP] and padding."""
    return -(-(window[1] - window[0] + 2) // MULTIPLE) * MULTIPLE


class Stream:
    """Iterates over the groups of one task, epoch after epoch.

    `epoch` and `position` are its state: a stream made with the same arguments continues the same way from there.
    """

    def __init__(self, examples: Sequence[Example], seed: str, window: int, pieces: int) -> None:
        self._examples, self._seed, self._window, self._pieces = examples, seed, window, pieces
        self.epoch, self.position = 0, 0
        self._groups: list[Group] | None = None

    def __next__(self) -> Group:
        """Return the next group; a new epoch begins where one ends."""
        if self._groups is None:
            self._groups = epoch(self._examples, f"{self._seed}:{self.epoch}", self._window, self._pieces)
        if self.position >= len(self._groups):
            self.epoch, self.position = self.epoch + 1, 0
            self._groups = None
            return next(self)
        self.position += 1
        return self._groups[self.position - 1]

    @property
    def epochs(self) -> float:
        """How often all texts were used so far."""
        return self.epoch + (self.position / len(self._groups) if self._groups else 0.0)

    def seek(self, epoch: int, position: int) -> None:
        """Continue at a position of an earlier stream."""
        self.epoch, self.position, self._groups = epoch, position, None

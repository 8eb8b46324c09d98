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
"""Windows that are sorted by length together: enough that little is padding, few enough that epochs differ."""


def epoch(examples: Sequence[Example], seed: str, window: int, pieces: int) -> list[Group]:
    """Cut every text into windows and group them, windows of like length together, `pieces` or fewer with padding.

    The same arguments give the same groups; another seed cuts every text elsewhere.
    """
    rng = random.Random(seed)
    cuts = [
        (e, w)
        for e in examples
        for w in paragraph_windows(e.pieces, window, first=rng.randint(_SHORTEST_FIRST, window))
    ]
    rng.shuffle(cuts)
    groups: list[Group] = []
    for begin in range(0, len(cuts), _POOL):
        pool = sorted(cuts[begin : begin + _POOL], key=lambda cut: cut[1][1] - cut[1][0] + rng.random() * 8)
        made: list[Group] = [[]]
        for cut in pool:
            if made[-1] and padded(cut[1]) * (len(made[-1]) + 1) > pieces:
                made.append([])
            made[-1].append(cut)
        rng.shuffle(made)
        groups += made
    return groups


def padded(window: Window) -> int:
    """Length of a window with [CLS], [SEP] and padding."""
    return -(-(window[1] - window[0] + 2) // MULTIPLE) * MULTIPLE


class Stream:
    """Groups of one task, epoch after epoch, from any position on.

    `epoch` and `position` say where it is; a stream made with the same arguments and moved there goes on alike.
    """

    def __init__(self, examples: Sequence[Example], seed: str, window: int, pieces: int) -> None:
        self._examples, self._seed, self._window, self._pieces = examples, seed, window, pieces
        self.epoch, self.position = 0, 0
        self._groups: list[Group] | None = None

    def __next__(self) -> Group:
        """The next group; a new epoch begins where one ends."""
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
        """How many times everything was read so far."""
        return self.epoch + (self.position / len(self._groups) if self._groups else 0.0)

    def move(self, epoch: int, position: int) -> None:
        """Go to a place that an earlier stream was at."""
        self.epoch, self.position, self._groups = epoch, position, None

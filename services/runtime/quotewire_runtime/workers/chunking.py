"""How the items of a batch are dealt out to workers."""

from __future__ import annotations

from collections import deque


class WorkQueue:
    """Who gets what: large shares at first, small ones towards the end, so that all workers finish together."""

    def __init__(self, items: int, *, most: int, workers: int) -> None:
        self._items = items
        self._most = most
        self._workers = workers
        self._next = 0
        self._alone: deque[int] = deque()

    def take(self) -> range:
        """The next share, as indexes; empty when there is none."""
        left = self._items - self._next
        if left:
            size = max(1, min(self._most, left // (2 * self._workers)))
            self._next += size
            return range(self._next - size, self._next)
        if self._alone:
            index = self._alone.popleft()
            return range(index, index + 1)
        return range(0)

    def give_back(self, indexes: range) -> None:
        """What a broken share left: each item alone, after all others."""
        self._alone.extend(indexes)

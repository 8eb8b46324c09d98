"""Split the items of a batch into chunks for worker processes."""

from __future__ import annotations

from collections import deque


class WorkQueue:
    """Chunks of a batch: large ones first, single items at the end, so that all workers finish at the same time."""

    def __init__(self, items: int, *, max_chunk: int, workers: int) -> None:
        self._items = items
        self._max_chunk = max_chunk
        self._workers = workers
        self._next = 0
        self._singles: deque[int] = deque()

    def next_chunk(self) -> range:
        """Return the indexes of the next chunk; empty when none is left."""
        left = self._items - self._next
        if left:
            size = max(1, min(self._max_chunk, left // (2 * self._workers)))
            self._next += size
            return range(self._next - size, self._next)
        if self._singles:
            index = self._singles.popleft()
            return range(index, index + 1)
        return range(0)

    def put_back(self, indexes: range) -> None:
        """Queue the unfinished items of a failed chunk one by one, after all others."""
        self._singles.extend(indexes)

"""Batches from a stream of single items: limited in number and bytes, and without long waits for more."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")

MAX_WAITS = 5
"""A batch waits at most this many times ``wait_s``: a slow trickle would otherwise delay its first item for long."""


class Batches(Generic[Item]):
    """Reads ahead by at most one batch, in items and in bytes, so that the next one is ready when it is needed."""

    def __init__(
        self,
        items: AsyncIterator[Item],
        *,
        size: Callable[[Item], int],
        max_items: int,
        max_bytes: int,
        wait_s: float,
    ) -> None:
        """``wait_s``: a batch that is not full is returned when no item has arrived for this time."""
        self._items = items
        self._size = size
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._wait_s = wait_s
        self._buffer: deque[Item] = deque()
        self._buffer_bytes = 0
        self._arrived = asyncio.Event()
        self._has_capacity = asyncio.Event()
        self._has_capacity.set()
        self._reading: asyncio.Task[None] | None = None

    async def next(self) -> list[Item]:
        """Wait for the next batch; empty only when the stream has ended.

        Raises:
            Exception: whatever the stream of items raised.
        """
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_ahead(), name="batches")
        loop = asyncio.get_running_loop()
        batch: list[Item] = []
        total = 0
        until = 0.0
        while len(batch) < self._max_items:
            if not self._buffer:
                if batch and self._reading.done():
                    break
                if not await self._wait_for_item(min(self._wait_s, until - loop.time()) if batch else None):
                    break
            size = self._size(self._buffer[0])
            if batch and total + size > self._max_bytes:
                break
            batch.append(self._buffer.popleft())
            self._buffer_bytes -= size
            self._has_capacity.set()
            total += size
            until = until or loop.time() + MAX_WAITS * self._wait_s
        return batch

    async def close(self) -> None:
        """Stop reading ahead. Items that were read and not returned are dropped, unacknowledged."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._reading

    async def _wait_for_item(self, timeout_s: float | None) -> bool:
        """Wait until an item is in the buffer; False after ``timeout_s`` or at the end of the stream."""
        assert self._reading is not None
        self._arrived.clear()
        if timeout_s is not None and timeout_s <= 0:
            return False
        arrival = asyncio.create_task(self._arrived.wait())
        try:
            await asyncio.wait({arrival, self._reading}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
        if self._buffer:
            return True
        if self._reading.done() and timeout_s is None:
            self._reading.result()
        return False

    async def _read_ahead(self) -> None:
        async for item in self._items:
            self._buffer.append(item)
            self._buffer_bytes += self._size(item)
            self._arrived.set()
            while len(self._buffer) >= self._max_items or self._buffer_bytes >= self._max_bytes:
                self._has_capacity.clear()
                await self._has_capacity.wait()

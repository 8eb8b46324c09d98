"""Batches from a stream of single records: bounded by number and by bytes, without waiting longer than it pays."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")

PATIENCE = 5
"""A batch waits at most this many times ``wait_s``: a trickle would else hold the first record for long."""


class Batches(Generic[Item]):
    """Reads ahead by at most one batch, in items and in bytes, so that the next one is there when it is asked for."""

    def __init__(
        self,
        items: AsyncIterator[Item],
        *,
        size: Callable[[Item], int],
        most_items: int,
        most_bytes: int,
        wait_s: float,
    ) -> None:
        """``wait_s``: a batch that is not full is handed out when nothing came for so long."""
        self._items = items
        self._size = size
        self._most_items = most_items
        self._most_bytes = most_bytes
        self._wait_s = wait_s
        self._ready: deque[Item] = deque()
        self._ready_bytes = 0
        self._came = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._reader: asyncio.Task[None] | None = None

    async def next(self) -> list[Item]:
        """Wait for the next batch; empty only when the stream has ended.

        Raises:
            Exception: whatever the stream of items raised.
        """
        if self._reader is None:
            self._reader = asyncio.create_task(self._read(), name="batches")
        loop = asyncio.get_running_loop()
        batch: list[Item] = []
        total = 0
        until = 0.0
        while len(batch) < self._most_items:
            if not self._ready:
                if batch and self._reader.done():
                    break
                if not await self._more(min(self._wait_s, until - loop.time()) if batch else None):
                    break
            size = self._size(self._ready[0])
            if batch and total + size > self._most_bytes:
                break
            batch.append(self._ready.popleft())
            self._ready_bytes -= size
            self._room.set()
            total += size
            until = until or loop.time() + PATIENCE * self._wait_s
        return batch

    async def close(self) -> None:
        """Stop reading ahead; what was read and not handed out is dropped, unacknowledged."""
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._reader

    async def _more(self, timeout_s: float | None) -> bool:
        """Wait for an item; False after ``timeout_s``."""
        assert self._reader is not None
        self._came.clear()
        if timeout_s is not None and timeout_s <= 0:
            return False
        came = asyncio.create_task(self._came.wait())
        try:
            await asyncio.wait({came, self._reader}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            came.cancel()
        if self._ready:
            return True
        if self._reader.done() and timeout_s is None:
            self._reader.result()
        return False

    async def _read(self) -> None:
        async for item in self._items:
            self._ready.append(item)
            self._ready_bytes += self._size(item)
            self._came.set()
            while len(self._ready) >= self._most_items or self._ready_bytes >= self._most_bytes:
                self._room.clear()
                await self._room.wait()

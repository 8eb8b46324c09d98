"""Bound the requests whose bodies are in memory at a time, from the first byte to the commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class NoSlot(Exception):
    """No slot became free in time, or too many requests wait for one already."""


class Slots:
    """A few requests have a slot, some more wait for one for a short time, and all others are turned away."""

    def __init__(self, slots: int, max_waiting: int, max_wait_s: float) -> None:
        self._free = asyncio.Semaphore(slots)
        self._max_waiting, self._max_wait_s = max_waiting, max_wait_s
        self._waiting = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot for the block. Raises ``NoSlot``."""
        if self._waiting >= self._max_waiting:
            raise NoSlot
        self._waiting += 1
        try:
            async with asyncio.timeout(self._max_wait_s):
                await self._free.acquire()
        except TimeoutError as error:
            raise NoSlot from error
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()

"""Reads documents in processes that can be ended: hostile ones keep a parser busy for minutes, a thread for good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import ReadSettings
from quotewire_runtime.workers import pool as workers
from quotewire_runtime.workers.pool import WorkerPool

Given = TypeVar("Given")
Read = TypeVar("Read")


class Readers(Generic[Given, Read]):
    """Processes of one kind of reader, each document within its deadline (``async with``).

    They start one by one, as documents come that find none free: what is never read needs none.
    """

    def __init__(
        self,
        what: str,
        initializer: str,
        settings: ReadSettings,
        processes: int,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        """``what`` it reads, in words; ``initializer`` and ``config`` as ``WorkerPool`` takes them."""
        self._what = what
        self._initializer = initializer
        self._settings = settings
        self._processes = processes
        self._config = config
        self._free: asyncio.LifoQueue[WorkerPool] = asyncio.LifoQueue()
        self._pools: list[WorkerPool] = []
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools:
            await pool.stop()

    async def read(self, document: Given) -> Read:
        """Read one. Raises ``Rejected``, for one that hangs or kills its reader too."""
        async with self._starting:
            if len(self._pools) < self._processes and self._free.empty():
                self._free.put_nowait(await self._one_more())
        pool = await self._free.get()
        try:
            [result] = await pool.run([document])
        finally:
            self._free.put_nowait(pool)
        if isinstance(result, workers.Failed):
            raise Rejected(RejectionReason(str(result.reason)), f"the {self._what} cannot be read: {result.message}")
        if isinstance(result.value, Rejected):
            raise result.value
        read: Read = result.value
        return read

    async def _one_more(self) -> WorkerPool:
        pool = WorkerPool(
            self._initializer, config=self._config, processes=1, chunk=1, stage="ingest",
            deadline_s=self._settings.deadline_s, memory_mib=self._settings.memory_mib,
        )  # fmt: skip
        self._pools.append(pool)
        await pool.start()
        return pool

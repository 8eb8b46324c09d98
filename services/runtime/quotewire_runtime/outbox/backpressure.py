"""Backpressure: an outbox that is full stops the intake until it has drained."""

from __future__ import annotations

import asyncio
import contextlib
import time

from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.table import OutboxTable
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable

# Seconds between two measurements: the outbox may exceed its limit by what is put in meanwhile.
_INTERVAL_S = 1.0
# A measurement reads the whole outbox: measuring takes at most this share of the time, however much is in it.
_MEASURING_SHARE = 0.05
# Full at the limit, with capacity again below this share of it, so that one record sent does not let one batch in.
_LOW_WATER = 0.8


class Backpressure:
    """Tells all who put records into an outbox whether it has capacity. One per service.

    While it is full, nothing new is taken in; work in progress is finished. Nothing is lost: what is not taken in waits
    at its source.
    """

    def __init__(self, database: Database, table: OutboxTable, *, stage: str, max_records: int, max_bytes: int) -> None:
        """Nothing is opened yet; ``max_bytes`` limits the sum of the values."""
        self._database, self._table, self._stage = database, table, stage
        self._max_records, self._max_bytes = max_records, max_bytes
        self._open = asyncio.Event()
        self._open.set()
        self._outage = OutageLog(logs.get_logger("outbox"))
        self.problem: str | None = None
        """Why nothing is taken in now, in one line; None while there is capacity."""

    @property
    def full(self) -> bool:
        """Whether nothing more may be put in."""
        return self.problem is not None

    async def wait_for_capacity(self) -> None:
        """Wait until there is capacity, as long as it takes; returns at once while there is."""
        await self._open.wait()

    async def run(self) -> None:
        """Measure again and again until cancelled, also while Kafka is unavailable, which is when it matters."""
        while True:
            began = time.monotonic()
            with contextlib.suppress(DatabaseUnavailable):  # those who put records in log it; nothing can be put in
                await self._measure()
            took = time.monotonic() - began
            await asyncio.sleep(max(_INTERVAL_S, took / _MEASURING_SHARE))

    async def _measure(self) -> None:
        async with self._database.connection() as connection:
            size = await self._table.size(connection)
        metrics.OUTBOX.labels(self._stage).set(size.records)
        metrics.OUTBOX_BYTES.labels(self._stage).set(size.value_bytes)
        metrics.OUTBOX_OLDEST.labels(self._stage).set(size.oldest.timestamp() if size.oldest else 0)
        self._update(size.records, size.value_bytes)
        metrics.OUTBOX_FULL.labels(self._stage).set(self.full)

    def _update(self, records: int, value_bytes: int) -> None:
        share = _LOW_WATER if self.full else 1.0
        if records >= self._max_records * share or value_bytes >= self._max_bytes * share:
            self.problem = (
                f"the outbox is full: {records} records of {self._max_records}, {value_bytes // 2**20} MiB of"
                f" {self._max_bytes // 2**20} wait for Kafka; nothing more is taken in"
            )
            self._open.clear()
            self._outage.report(self.problem)
        else:
            self.problem = None
            self._open.set()
            self._outage.recovered()

"""Room in the outbox: how much waits for Kafka, and from when on nothing more is taken in."""

from __future__ import annotations

import asyncio
import contextlib
import time

from quotewire_ingest.outbox import STAGE
from quotewire_ingest.settings import OutboxSettings
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable

RETRY_AFTER_S = 30
"""Seconds after which one who was turned away may ask again: a broker that restarts is back by then."""
# Seconds between two looks: what is taken in meanwhile is what the outbox may exceed its limit by.
_LOOK_EVERY_S = 1.0
# A look reads all of the outbox: looking takes at most this share of the time, whatever lies there.
_LOOKING = 0.05
# Full at the limit, with room again below this share of it, so that one record sent does not let one batch in.
_LOW_WATER = 0.8


class Backpressure:
    """How full the outbox is. One per service, asked by all who would put something in.

    While it is full, workers lease nothing, feeds are not polled and a push is turned away; what is in work is
    finished. Nothing is lost: what is not taken in waits in the queue, on the feeds, with the one who pushes.
    """

    def __init__(self, database: Database, settings: OutboxSettings) -> None:
        self._database = database
        self._most_records, self._most_bytes = settings.most_records, settings.most_mib * 2**20
        self._open = asyncio.Event()
        self._open.set()
        self._wait = OutageLog(logs.get("outbox"))
        self.problem: str | None = None
        """Why nothing is taken in now, in one line; None while there is room."""

    @property
    def full(self) -> bool:
        """Whether nothing more may be put in."""
        return self.problem is not None

    async def free(self) -> None:
        """Wait until there is room, as long as it takes; returns at once while there is."""
        await self._open.wait()

    async def run(self) -> None:
        """Look again and again until cancelled; also while Kafka is away, which is when it matters."""
        while True:
            began = time.monotonic()
            with contextlib.suppress(DatabaseUnavailable):  # the workers tell of it; nothing can be put in anyway
                await self._look()
            took = time.monotonic() - began
            await asyncio.sleep(max(_LOOK_EVERY_S, took / _LOOKING))

    async def _look(self) -> None:
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT count(*), coalesce(sum(octet_length(value)), 0), min(created_at) FROM ingest.outbox"
            )
            records, size, oldest = await cursor.fetchone() or (0, 0, None)
        metrics.OUTBOX.labels(STAGE).set(records)
        metrics.OUTBOX_BYTES.labels(STAGE).set(int(size))
        metrics.OUTBOX_OLDEST.labels(STAGE).set(oldest.timestamp() if oldest else 0)
        self._judge(int(records), int(size))

    def _judge(self, records: int, size: int) -> None:
        limit = _LOW_WATER if self.full else 1.0
        if records >= self._most_records * limit or size >= self._most_bytes * limit:
            self.problem = (
                f"the outbox is full: {records} records of {self._most_records}, {size // 2**20} MiB of"
                f" {self._most_bytes // 2**20} wait for Kafka; nothing more is taken in"
            )
            self._open.clear()
            self._wait.tell(self.problem)
        else:
            self.problem = None
            self._open.set()
            self._wait.over()
        metrics.OUTBOX_FULL.labels(STAGE).set(self.full)

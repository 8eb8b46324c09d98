"""How far a stage is behind in its own partitions, asked of Kafka every few seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from quotewire_runtime.kafka.offsets import Partition
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.health import Check

EVERY_S = 5.0
AGAIN_S = 1.0
"""Seconds to the next attempt after one that failed."""
ANSWER_S = 12.0
"""Seconds for a whole measurement, somewhat more than for one answer."""
SILENT_S = 30.0
"""Seconds without an answer after which Kafka counts as away: two answers that did not come in time, and some more."""


class Own(Protocol):
    """What this replica knows of its own partitions."""

    def assignment(self) -> set[Partition]:
        """Tell the own partitions."""
        ...

    def committed(self) -> dict[Partition, int]:
        """Tell how far they are committed, where they are; asked every time, as another replica may have had them."""
        ...


class Kafka(Protocol):
    """What Kafka is asked (``offsets.Offsets``)."""

    async def ends(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Tell the offset behind the last record of each."""
        ...

    async def firsts(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Tell the offset of the first record of each."""
        ...

    async def close(self) -> None:
        """Disconnect."""
        ...


class LagMonitor:
    """Keeps the gauges of the own partitions; ``total`` is for the watchdog."""

    def __init__(
        self,
        stage: str,
        own: Own,
        kafka: Kafka,
        positions: Mapping[Partition, tuple[int, int]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``positions``: next offset and time (ms) of the last acknowledged record, kept by the engine."""
        self._stage = stage
        self._own = own
        self._kafka = kafka
        self._positions = positions
        self._monotonic = monotonic
        self._answered_at = monotonic()
        self._shown: set[Partition] = set()
        self._log = logs.get_logger("quotewire.lag")
        self.total: int | None = None
        """Records waiting in all own partitions; None: not known."""

    def check(self) -> Check:
        """Part of readiness: Kafka answers."""
        ago = self._monotonic() - self._answered_at
        if ago >= SILENT_S:
            return Check(False, f"Kafka has not answered for {ago:.0f} s")
        return Check(True, "answers" if self.total is None else f"{self.total} records wait in the own partitions")

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            pause_s = EVERY_S
            try:
                await asyncio.wait_for(self.measure(), ANSWER_S)
            except Exception as error:  # Kafka away or between two assignments: the gauges keep their last value
                self.total = None
                pause_s = AGAIN_S
                await self._kafka.close()
                self._log.debug("lag unknown", why=repr(error))
            await asyncio.sleep(pause_s)

    async def measure(self) -> None:
        """Ask once and set the gauges."""
        own = self._own.assignment()
        metrics.ASSIGNED.labels(self._stage).set(len(own))
        for topic, number in self._shown - own:
            metrics.LAG.remove(self._stage, topic, str(number))
            metrics.LAG_SECONDS.remove(self._stage, topic, str(number))
        self._shown &= own
        begins = self._own.committed()
        fresh = own - begins.keys()
        if fresh:
            begins |= await self._kafka.firsts(fresh)
        ends = await self._kafka.ends(own)
        self._answered_at = self._monotonic()
        total = 0
        for partition in own:
            next_offset, at_ms = self._positions.get(partition, (0, 0))
            waiting = max(0, ends[partition] - max(next_offset, begins[partition]))
            behind_s = max(0.0, time.time() - at_ms / 1000) if waiting and at_ms else 0.0
            labels = (self._stage, partition[0], str(partition[1]))
            metrics.LAG.labels(*labels).set(waiting)
            metrics.LAG_SECONDS.labels(*labels).set(behind_s)
            self._shown.add(partition)
            total += waiting
        self.total = total

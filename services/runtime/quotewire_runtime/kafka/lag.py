"""Measure every few seconds how far a stage is behind in its assigned partitions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from quotewire_runtime.kafka.offsets import Partition
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.health import Check

INTERVAL_S = 5.0
RETRY_INTERVAL_S = 1.0
"""Seconds between a failed measurement and the next."""
MEASURE_TIMEOUT_S = 12.0
"""Seconds for a whole measurement; more than the timeout of one request, which is 10."""
UNAVAILABLE_AFTER_S = 30.0
"""Seconds without an answer after which Kafka counts as unavailable: two measurements that timed out, and some more."""


class Assignment(Protocol):
    """What the consumer of this replica knows about its partitions."""

    def assignment(self) -> set[Partition]:
        """Return the assigned partitions."""
        ...

    def committed(self) -> dict[Partition, int]:
        """Return the committed offsets, where there are any. Not cached: another replica may have had the partition."""
        ...


class OffsetSource(Protocol):
    """What is asked of Kafka (``offsets.OffsetClient``)."""

    async def end_offsets(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Return the offset after the last record of each partition."""
        ...

    async def beginning_offsets(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Return the offset of the first record of each partition."""
        ...

    async def close(self) -> None:
        """Disconnect."""
        ...


class LagMonitor:
    """Keeps the lag gauges of the assigned partitions up to date; the watchdog uses ``total``."""

    def __init__(
        self,
        stage: str,
        consumer: Assignment,
        kafka: OffsetSource,
        positions: Mapping[Partition, tuple[int, int]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``positions``: next offset and timestamp (ms) of the last acknowledged record; the engine updates it."""
        self._stage = stage
        self._consumer = consumer
        self._kafka = kafka
        self._positions = positions
        self._monotonic = monotonic
        self._answered_at = monotonic()
        self._exported: set[Partition] = set()
        self._log = logs.get_logger("quotewire.lag")
        self.total: int | None = None
        """Records that wait in all assigned partitions; None: unknown."""

    def check(self) -> Check:
        """Return this part of readiness: Kafka answers."""
        ago = self._monotonic() - self._answered_at
        if ago >= UNAVAILABLE_AFTER_S:
            return Check(False, f"Kafka has not answered for {ago:.0f} s")
        return Check(True, "answers" if self.total is None else f"{self.total} records wait in the assigned partitions")

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            pause_s = INTERVAL_S
            try:
                await asyncio.wait_for(self.measure(), MEASURE_TIMEOUT_S)
            except Exception as error:  # Kafka is unavailable, or a rebalance runs: the gauges keep their last value
                self.total = None
                pause_s = RETRY_INTERVAL_S
                await self._kafka.close()
                self._log.debug("lag_unknown", why=repr(error))
            await asyncio.sleep(pause_s)

    async def measure(self) -> None:
        """Ask once and set the gauges."""
        assigned = self._consumer.assignment()
        metrics.ASSIGNED.labels(self._stage).set(len(assigned))
        for topic, number in self._exported - assigned:
            metrics.LAG.remove(self._stage, topic, str(number))
            metrics.LAG_SECONDS.remove(self._stage, topic, str(number))
        self._exported &= assigned
        starts = self._consumer.committed()
        uncommitted = assigned - starts.keys()
        if uncommitted:
            starts |= await self._kafka.beginning_offsets(uncommitted)
        ends = await self._kafka.end_offsets(assigned)
        self._answered_at = self._monotonic()
        total = 0
        for partition in assigned:
            next_offset, at_ms = self._positions.get(partition, (0, 0))
            waiting = max(0, ends[partition] - max(next_offset, starts[partition]))
            behind_s = max(0.0, time.time() - at_ms / 1000) if waiting and at_ms else 0.0
            labels = (self._stage, partition[0], str(partition[1]))
            metrics.LAG.labels(*labels).set(waiting)
            metrics.LAG_SECONDS.labels(*labels).set(behind_s)
            self._exported.add(partition)
            total += waiting
        self.total = total

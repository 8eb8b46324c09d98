"""How far a stage is behind in its own partitions, asked of Kafka every few seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Protocol

from . import logs, metrics

EVERY_S = 5.0
AGAIN_S = 1.0
"""Seconds to the next attempt after one that failed."""
ANSWER_S = 10.0
"""Seconds Kafka may take to answer; without an answer nothing is known, and nothing is concluded."""

Partition = tuple[str, int]


class Source(Protocol):
    """What the monitor asks."""

    def assignment(self) -> set[Partition]:
        """Tell the own partitions."""
        ...

    async def ends(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Tell the offset behind the last record of each."""
        ...

    async def begins(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Tell how far each is committed; asked every time, as another replica may have had it meanwhile."""
        ...


class LagMonitor:
    """Keeps the gauges of the own partitions; ``total`` is for the watchdog."""

    def __init__(self, stage: str, source: Source, positions: Mapping[Partition, tuple[int, int]]) -> None:
        """``positions``: next offset and time (ms) of the last acknowledged record, kept by the engine."""
        self._stage = stage
        self._source = source
        self._positions = positions
        self._shown: set[Partition] = set()
        self._log = logs.get("quotewire.lag")
        self.total: int | None = None
        """Records waiting in all own partitions; None: not known."""

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            pause_s = EVERY_S
            try:
                await asyncio.wait_for(self.measure(), ANSWER_S)
            except Exception as error:  # Kafka away or between two assignments: the gauges keep their last value
                self.total = None
                pause_s = AGAIN_S
                self._log.debug("lag unknown", why=repr(error))
            await asyncio.sleep(pause_s)

    async def measure(self) -> None:
        """Ask once and set the gauges."""
        own = self._source.assignment()
        metrics.ASSIGNED.labels(self._stage).set(len(own))
        for topic, number in self._shown - own:
            metrics.LAG.remove(self._stage, topic, str(number))
            metrics.LAG_SECONDS.remove(self._stage, topic, str(number))
        self._shown &= own
        begins = await self._source.begins(own)
        ends = await self._source.ends(own) if own else {}
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

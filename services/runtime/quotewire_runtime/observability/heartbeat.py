"""The event loop's own pulse: when it last turned, and how late it was."""

from __future__ import annotations

import asyncio
import time

from quotewire_runtime.observability import metrics
from quotewire_runtime.observability.health import Check

BEAT_S = 1.0
STILL_S = 30.0
"""Seconds without a turn after which the loop is not alive: longer than any pause of garbage collection or paging."""


class Heartbeat:
    """Beats on the loop; looked at from other threads."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self.turned_at = time.monotonic()

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            slept_at = time.monotonic()
            await asyncio.sleep(BEAT_S)
            self.turned_at = time.monotonic()
            metrics.LOOP_LAG.labels(self._stage).set(max(0.0, self.turned_at - slept_at - BEAT_S))

    def check(self) -> Check:
        """Liveness: the loop turned lately."""
        ago = time.monotonic() - self.turned_at
        return Check(ago < STILL_S, f"the event loop turned {ago:.1f} s ago")

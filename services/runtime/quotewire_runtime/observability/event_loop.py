"""Watch the event loop: when it last ran, and how late it wakes a task."""

from __future__ import annotations

import asyncio
import time

from quotewire_runtime.observability import metrics
from quotewire_runtime.observability.health import Check

INTERVAL_S = 1.0
STALLED_AFTER_S = 30.0
"""Seconds after which the loop is not alive: longer than any pause for garbage collection or paging."""


class EventLoopMonitor:
    """A task of the loop that other threads can check."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self.ran_at = time.monotonic()
        """Monotonic time at which the loop last ran the task."""

    async def run(self) -> None:
        """Wake every second until cancelled."""
        while True:
            slept_at = time.monotonic()
            await asyncio.sleep(INTERVAL_S)
            self.ran_at = time.monotonic()
            metrics.LOOP_LAG.labels(self._stage).set(max(0.0, self.ran_at - slept_at - INTERVAL_S))

    def check(self) -> Check:
        """Return this part of liveness: the loop ran recently."""
        ago = time.monotonic() - self.ran_at
        return Check(ago < STALLED_AFTER_S, f"the event loop ran {ago:.1f} s ago")

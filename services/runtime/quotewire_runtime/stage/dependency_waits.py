"""Wait for unavailable dependencies: the state of the stage while its batches, several at a time, repeat attempts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from quotewire_runtime.observability import metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.results import Retry
from quotewire_runtime.stage.state import StageState, State

Returned = TypeVar("Returned")


class DependencyWaits:
    """The waits of all batches of one stage: it is running again when none of them waits any more."""

    def __init__(self, stage: str, state: StageState, log: structlog.stdlib.BoundLogger) -> None:
        self._stage = stage
        self._state = state
        self._outage = OutageLog(log)
        self._interrupted = asyncio.Event()
        self._waiting = 0
        """Calls that have raised ``Retry`` and wait for their next attempt."""

    def interrupt(self) -> None:
        """End all waits, and each later one at once, until ``allow``."""
        self._interrupted.set()

    def allow(self) -> None:
        """Allow waits again."""
        self._interrupted.clear()

    def report(self, why: str) -> None:
        """Show in state and log that a dependency is unavailable."""
        self._state.enter(State.WAITING, why)
        self._outage.report(why)

    async def retry_until_available(self, attempt: Callable[[], Awaitable[Returned]]) -> Returned | None:
        """Repeat an attempt while it raises ``Retry``; None if ``interrupt`` comes first."""
        waiting = False
        try:
            while True:
                try:
                    result = await attempt()
                    break
                except Retry as retry:
                    metrics.RETRIES.labels(self._stage).inc()
                    self._waiting += not waiting
                    waiting = True
                    self.report(retry.message)
                    if await self._interrupted_within(retry.after):
                        return None
        finally:
            self._waiting -= waiting
        if not self._waiting:
            self._outage.recovered()
            if self._state.current.state is State.WAITING:
                self._state.enter(State.RUNNING, "")
        return result

    async def _interrupted_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._interrupted.wait(), seconds)
        except TimeoutError:
            return False
        return True

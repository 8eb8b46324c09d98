"""What a stage is doing, since when and why: for readiness, the metrics and the log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from quotewire_runtime.observability import metrics
from quotewire_runtime.observability.health import Check


class State(StrEnum):
    """A stage is in exactly one of these."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    """The outside is away; it goes on by itself."""
    PAUSED = "paused"
    """Too many dead letters; a person must look, then restart it."""
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class StateSnapshot:
    """The present state."""

    state: State
    why: str
    since: float
    """Seconds since 1970."""
    entered: float
    """The same on the monotonic clock."""


class StageState:
    """Holds the state; written by the event loop, read by the health server's and the watchdog's threads."""

    def __init__(self, stage: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._stage = stage
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._now = self._moment(State.STARTING, "")

    @property
    def now(self) -> StateSnapshot:
        """The present state, one consistent view."""
        return self._now

    def enter(self, state: State, why: str) -> bool:
        """Change the state; True if it is a new one. ``STOPPING`` is final."""
        with self._lock:
            before = self._now
            if before.state is State.STOPPING or (before.state is state and before.why == why):
                return False
            if before.state is state:  # another reason, the same state: its beginning stays
                self._now = StateSnapshot(state, why, before.since, before.entered)
                return False
            self._now = self._moment(state, why)
        return True

    def check(self) -> Check:
        """Readiness: only a running stage is ready."""
        now = self._now
        return Check(now.state is State.RUNNING, f"{now.state}: {now.why}" if now.why else str(now.state), now.since)

    def _moment(self, state: State, why: str) -> StateSnapshot:
        for other in State:
            metrics.STATE.labels(self._stage, other).set(other is state)
        return StateSnapshot(state, why, time.time(), self._monotonic())

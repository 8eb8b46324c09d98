"""The state of a stage, since when and why: for readiness, the metrics and the watchdog."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from quotewire_runtime.observability import metrics
from quotewire_runtime.observability.health import Check


class State(StrEnum):
    """A stage is in exactly one of these states."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    """A dependency is unavailable; the stage continues when it is back."""
    PAUSED = "paused"
    """Too many dead letters; a person must find the cause and restart the stage."""
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class StateSnapshot:
    """One consistent view of the state."""

    state: State
    why: str
    since: float
    """Seconds since 1970."""
    entered_at: float
    """The same moment in monotonic time."""


class StageState:
    """Holds the state. The event loop writes it; the threads of the health server and the watchdog read it."""

    def __init__(self, stage: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._stage = stage
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._current = self._export(State.STARTING, "")

    @property
    def current(self) -> StateSnapshot:
        """The present state."""
        return self._current

    def enter(self, state: State, why: str) -> bool:
        """Change the state; return whether it is a new one.

        ``STOPPING`` is final, and only ``STOPPING`` follows ``PAUSED``: a batch that waits for a dependency, and gets
        its answer later, must not make a paused stage ready.
        """
        with self._lock:
            before = self._current
            if before.state is State.STOPPING or (before.state is state and before.why == why):
                return False
            if before.state is State.PAUSED and state is not State.STOPPING:
                return False
            if before.state is state:  # the same state for another reason keeps its beginning
                self._current = StateSnapshot(state, why, before.since, before.entered_at)
                return False
            self._current = self._export(state, why)
        return True

    def check(self) -> Check:
        """Return this part of readiness: only a running stage is ready."""
        now = self._current
        return Check(now.state is State.RUNNING, f"{now.state}: {now.why}" if now.why else str(now.state), now.since)

    def _export(self, state: State, why: str) -> StateSnapshot:
        """Set the gauges to a state that begins now, and return it."""
        for other in State:
            metrics.STATE.labels(self._stage, other).set(other is state)
        return StateSnapshot(state, why, time.time(), self._monotonic())

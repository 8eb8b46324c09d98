"""Exit a process that has stalled or cannot stop, so that the supervisor restarts it. Runs in a thread of its own.

After the loss of the broker or a rebalance, Faust's consumer can stop reading for ever and look alive; while the broker
is unavailable, stopping can hang for ever. Exiting loses nothing: records that were not acknowledged are delivered
again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from quotewire_runtime.observability import logs
from quotewire_runtime.stage.state import StageState, State

EXIT_NOT_STOPPED = 70
"""Exit code: stopping took longer than the grace period."""
EXIT_STALLED = 75
"""Exit code: there is lag, no dependency is unavailable, and there was no progress."""
CHECK_INTERVAL_S = 0.5
DRAIN_RATIO = 0.6
"""Part of the grace period in which active batches may finish. The rest is for committing, leaving the group and
killing the workers: that takes half a second on an idle machine, and many times that on a busy one."""


class Watchdog:
    """Watches one stage.

    Args:
        state: state of the stage; while it waits or is paused, it is not stalled.
        stall_s: seconds without progress after which to exit.
        grace_s: seconds in which the process must stop.
        lag: records that wait in the assigned partitions; None if unknown.
        progress_at: monotonic time of the last progress.
        loop_ran_at: monotonic time at which the event loop last ran.
        stopping: whether the process was asked to stop.
        abandon: called once, from the watchdog's thread, when ``DRAIN_RATIO`` of the grace period is over.
        exit_process: ends the process at once.
    """

    def __init__(
        self,
        state: StageState,
        *,
        stall_s: float,
        grace_s: float,
        lag: Callable[[], int | None],
        progress_at: Callable[[], float],
        loop_ran_at: Callable[[], float],
        stopping: Callable[[], bool],
        abandon: Callable[[], None] = lambda: None,
        exit_process: Callable[[int], None] = os._exit,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state = state
        self._stall_s = stall_s
        self._grace_s = grace_s
        self._lag = lag
        self._progress_at = progress_at
        self._loop_ran_at = loop_ran_at
        self._stopping = stopping
        self._abandon = abandon
        self._has_abandoned = False
        self._exit_process = exit_process
        self._monotonic = monotonic
        self._stopping_since: float | None = None
        self._lagging_since: float | None = None
        self._log = logs.get_logger("quotewire.watchdog")

    def start(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def check(self) -> int | None:
        """Check once; return the exit code if the process must exit."""
        now = self._monotonic()
        if self._stopping():
            self._state.enter(State.STOPPING, "asked to stop")
            self._stopping_since = self._stopping_since or now
            if not self._has_abandoned and now - self._stopping_since >= DRAIN_RATIO * self._grace_s:
                self._has_abandoned = True
                self._abandon()
            if now - self._stopping_since >= self._grace_s:
                self._log.error("shutdown_timed_out", grace_s=self._grace_s)
                return EXIT_NOT_STOPPED
            return None
        if now - self._loop_ran_at() >= self._stall_s:
            self._log.error("event_loop_stalled", stalled_s=round(now - self._loop_ran_at()))
            return EXIT_STALLED
        current = self._state.current
        if current.state is not State.RUNNING or not self._lag():
            self._lagging_since = None
            return None
        # Time without lag does not count: there was nothing to process.
        self._lagging_since = self._lagging_since or now
        stalled_s = now - max(self._progress_at(), current.entered_at, self._lagging_since)
        if stalled_s < self._stall_s:
            return None
        self._log.error("stage_stalled", lag=self._lag(), stalled_s=round(stalled_s))
        return EXIT_STALLED

    def _watch(self) -> None:
        while True:
            time.sleep(CHECK_INTERVAL_S)
            code = self.check()
            if code is not None:
                self._exit_process(code)
                return

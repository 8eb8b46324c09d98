"""The last resorts, on a thread of their own: a process that stands still or cannot stop leaves, to be restarted.

Faust's consumer can stop reading for ever after the broker was lost or the partitions were dealt anew, and look alive;
with the broker away, stopping hangs for ever. In both cases the end of the process loses nothing: what was not
acknowledged comes again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from quotewire_runtime.observability import logs
from quotewire_runtime.stage.state import StageState, State

EXIT_NOT_STOPPED = 70
"""Stopping took longer than the grace period."""
EXIT_STALLED = 75
"""Lag, partitions, nothing to wait for, and no progress."""
LOOK_S = 0.5
HURRY = 0.6
"""Part of the grace period that the batch in work gets to be finished in. The rest is for committing, leaving the group
and ending the workers: half a second on an idle machine, and many times that on a crowded one."""


class Watchdog:
    """Watches one stage.

    Args:
        state: what the stage says it does; waiting and pausing are no standstill.
        stall_s: seconds without progress after which to leave.
        grace_s: seconds to stop in.
        lag: records waiting in the own partitions, None when unknown.
        progress_at: when the stage last got on, on the monotonic clock.
        turned_at: when the event loop last turned, on the monotonic clock.
        stopping: whether the process was told to stop.
        hurry: called once, from the watchdog's thread, when a stop has taken most of its time: wait for nothing more.
        leave: ends the process at once.
    """

    def __init__(
        self,
        state: StageState,
        *,
        stall_s: float,
        grace_s: float,
        lag: Callable[[], int | None],
        progress_at: Callable[[], float],
        turned_at: Callable[[], float],
        stopping: Callable[[], bool],
        hurry: Callable[[], None] = lambda: None,
        leave: Callable[[int], None] = os._exit,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state = state
        self._stall_s = stall_s
        self._grace_s = grace_s
        self._lag = lag
        self._progress_at = progress_at
        self._turned_at = turned_at
        self._stopping = stopping
        self._hurry = hurry
        self._hurried = False
        self._leave = leave
        self._monotonic = monotonic
        self._stopping_since: float | None = None
        self._waits_since: float | None = None
        self._log = logs.get_logger("quotewire.watchdog")

    def start(self) -> None:
        """Watch from now on."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def look(self) -> int | None:
        """Judge once: the exit code to leave with, or None."""
        now = self._monotonic()
        if self._stopping():
            self._state.enter(State.STOPPING, "told to stop")
            self._stopping_since = self._stopping_since or now
            if not self._hurried and now - self._stopping_since >= HURRY * self._grace_s:
                self._hurried = True
                self._hurry()
            if now - self._stopping_since >= self._grace_s:
                self._log.error("could not stop in time and leaves; work since the last commit comes again",
                                grace_s=self._grace_s)  # fmt: skip
                return EXIT_NOT_STOPPED
            return None
        if now - self._turned_at() >= self._stall_s:
            self._log.error(
                "the event loop stands still and the process leaves", stood_s=round(now - self._turned_at())
            )
            return EXIT_STALLED
        moment = self._state.now
        if moment.state is not State.RUNNING or not self._lag():
            self._waits_since = None
            return None
        # A quiet time is no standstill: what has only just come in was not there to be worked before.
        self._waits_since = self._waits_since or now
        stood = now - max(self._progress_at(), moment.entered, self._waits_since)
        if stood < self._stall_s:
            return None
        self._log.error("articles wait and none gets on: the process leaves", lag=self._lag(), stood_s=round(stood))
        return EXIT_STALLED

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_S)
            code = self.look()
            if code is not None:
                self._leave(code)
                return

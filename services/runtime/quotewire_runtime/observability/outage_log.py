"""Log an outage of a dependency: a line when it begins, one a minute while it lasts, one when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

INTERVAL_S = 60.0


class OutageLog:
    """Logs the outages that one loop waits for, one after the other."""

    def __init__(
        self,
        log: structlog.stdlib.BoundLogger,
        interval_s: float = INTERVAL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._interval_s = interval_s
        self._clock = clock
        self._began_at: float | None = None
        self._logged_at = 0.0

    def report(self, why: str) -> None:
        """Log that the dependency is unavailable: at first, then once a minute, however often this is called."""
        now = self._clock()
        if self._began_at is None:
            self._began_at = self._logged_at = now
            self._log.warning("waiting_for_dependency", why=why)
        elif now - self._logged_at >= self._interval_s:
            self._logged_at = now
            self._log.warning("still_waiting_for_dependency", why=why, waited_s=round(now - self._began_at))

    def recovered(self) -> None:
        """Log that the outage is over, if there was one."""
        if self._began_at is not None:
            self._log.info("dependency_recovered", waited_s=round(self._clock() - self._began_at, 1))
            self._began_at = None

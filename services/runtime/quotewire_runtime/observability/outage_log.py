"""Waiting for an outside part: one line when it begins, one a minute, one when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

EVERY_S = 60.0


class OutageLog:
    """Tells about one wait; a new object for each."""

    def __init__(
        self,
        log: structlog.stdlib.BoundLogger,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._every_s = every_s
        self._clock = clock
        self._began: float | None = None
        self._told = 0.0

    def tell(self, why: str) -> None:
        """Say that it still is so; written at first and then once a minute, however often it is called."""
        now = self._clock()
        if self._began is None:
            self._began = now
            self._told = now
            self._log.warning("waiting", why=why)
        elif now - self._told >= self._every_s:
            self._told = now
            self._log.warning("still waiting", why=why, waited_s=round(now - self._began))

    def over(self) -> None:
        """Say that it is over, if it ever began."""
        if self._began is not None:
            self._log.info("waited", waited_s=round(self._clock() - self._began, 1))
            self._began = None

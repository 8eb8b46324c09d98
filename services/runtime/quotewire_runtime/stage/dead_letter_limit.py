"""The dead-letter limit: beyond it the fault is hardly the articles', and the stage pauses instead of going on."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


class DeadLetterLimit:
    """Judge a batch by its dead letters before they are written."""

    def __init__(self, *, in_a_row: int, ratio: float, window: int) -> None:
        """Exceeded at ``in_a_row`` dead letters without one success between, or ``ratio`` among the last ``window``."""
        self._in_a_row = in_a_row
        self._ratio = ratio
        self._recent: deque[bool] = deque(maxlen=window)
        self._run = 0

    def exceeded(self, dead: Sequence[bool]) -> str | None:
        """Say what these results, in order, would exceed; None if nothing. A batch without dead letters never does."""
        if not any(dead):
            return None
        run = longest = self._run
        for one in dead:
            run = run + 1 if one else 0
            longest = max(longest, run)
        if longest >= self._in_a_row:
            return f"{longest} dead letters in a row"
        window = self._recent.maxlen or 0
        recent = [*self._recent, *dead][-window:]
        if len(recent) == window and sum(recent) >= self._ratio * window:
            return f"{sum(recent)} dead letters among the last {window} articles"
        return None

    def note(self, dead: Sequence[bool]) -> None:
        """Count the results of a batch that went through."""
        for one in dead:
            self._run = self._run + 1 if one else 0
        self._recent.extend(dead)

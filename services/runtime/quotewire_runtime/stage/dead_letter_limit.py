"""The dead-letter limit: with more dead letters the cause is hardly in the articles, and the stage pauses."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


class DeadLetterLimit:
    """Checks the results of each batch before its dead letters are written."""

    def __init__(self, *, in_a_row: int, ratio: float, window: int) -> None:
        """Exceeded by ``in_a_row`` dead letters without a success in between, or ``ratio`` of the last ``window``."""
        self._in_a_row = in_a_row
        self._ratio = ratio
        self._recent: deque[bool] = deque(maxlen=window)
        self._run = 0

    def check(self, rejected: Sequence[bool]) -> str | None:
        """Describe how these results, in order, exceed the limit; None if they do not, or if none is rejected."""
        if not any(rejected):
            return None
        run = longest = self._run
        for is_rejected in rejected:
            run = run + 1 if is_rejected else 0
            longest = max(longest, run)
        if longest >= self._in_a_row:
            return f"{longest} dead letters in a row"
        window = self._recent.maxlen or 0
        recent = [*self._recent, *rejected][-window:]
        if len(recent) == window and sum(recent) >= self._ratio * window:
            return f"{sum(recent)} dead letters among the last {window} articles"
        return None

    def record(self, rejected: Sequence[bool]) -> None:
        """Remember the results of a batch that was produced."""
        for is_rejected in rejected:
            self._run = self._run + 1 if is_rejected else 0
        self._recent.extend(rejected)

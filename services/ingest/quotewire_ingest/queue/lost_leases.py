"""Inputs whose lease was lost, because the process that worked them ended: they are worked alone, and not for ever.

Nobody knows which input of a batch ended the process. So what was leased before is worked by itself: then the others
of its batch get their outcome, and only the input at fault loses its lease again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from quotewire_ingest.queue.kinds import LeasedInput, UnreadableInput, UrlInput

MAX_LOST_LEASES = 5
"""Leases that an input may lose: replicas are also killed by operators and by the operating system."""


def first_to_process(leased: Sequence[LeasedInput]) -> list[LeasedInput]:
    """Return the inputs to work now, from the first on: one that was leased before alone, or those before it."""
    if leased and leased[0].attempts > 1:
        return [leased[0]]
    return list(takewhile(lambda one: one.attempts <= 1, leased))


def problem_of(leased: LeasedInput, url_attempts: int) -> str | None:
    """Return why an input is given up without being worked, or None.

    ``url_attempts``: how often a URL is fetched whose failures may pass; these attempts lost no lease.
    """
    if isinstance(leased.item, UnreadableInput):
        return f"its row in the queue cannot be read: {leased.item.problem}"
    allowed = MAX_LOST_LEASES + (url_attempts if isinstance(leased.item, UrlInput) else 0)
    if leased.attempts > allowed:
        return f"leased {leased.attempts - 1} times, and each time the process that worked it ended"
    return None

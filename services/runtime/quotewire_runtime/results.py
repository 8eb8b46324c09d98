"""The three verdicts of a stage: what the loop does next.

::

    Reject   →  dead letter, acknowledge, go on
    Retry    →  the outside is away: wait, paused and not ready, as long as it takes
    (other)  →  log once with the stack, leave with a non-zero code, let the supervisor restart

A dead letter for an absent database would empty a topic into the dead letters during an outage, and a retry for a
broken record would stop its partition for ever: choosing between the two is a handler's most important decision.
"""

from __future__ import annotations

from quotewire_schemas.dead_letter import Reason


class Reject(Exception):
    """This record cannot possibly be processed.

    Returned by a handler in a record's place, or raised where the batch holds that one record only.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        """``message``: one line that names the field; it is cut to 500 characters and must not hold the article."""
        super().__init__(message)
        self.reason = reason
        self.message = message


class Retry(Exception):
    """The outside is away: connection, serialisation or disk.

    Nothing of the batch was done, or doing it again is harmless.
    """

    def __init__(self, after: float, message: str) -> None:
        """``after``: seconds until the next attempt; ``message``: who is away, as the operator knows it."""
        super().__init__(message)
        self.after = after
        self.message = message

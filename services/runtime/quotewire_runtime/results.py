"""What a handler answers for a record, and what the stage then does.

::

    Done     →  produce its records, acknowledge, count and log its outcome
    Reject   →  write a dead letter, acknowledge the record, go on
    Retry    →  a dependency is unavailable: wait, not ready, as long as it takes, then handle the batch again
    (other)  →  log once with the stack, exit with a non-zero code; the supervisor restarts the process

A handler must choose between ``Reject`` and ``Retry`` with care: rejecting during an outage of the database would move
the whole topic to the dead letters, and retrying a broken record would stop its partition for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.records import Emit, LogFields
from quotewire_schemas.dead_letter import Reason


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a record that was processed."""

    outcome: Outcome
    article_id: str
    emits: Sequence[Emit] = ()
    """Produced in this order; the record is acknowledged when Kafka has confirmed all of them."""
    log_fields: LogFields = field(default_factory=dict)
    """Added to the canonical log line: counts and durations, never text of the article."""


class Reject(Exception):
    """This record can never be processed.

    A handler returns it in place of the record's result, or raises it if the batch holds only this record.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        """``message`` is one line that names the field, without text of the article; cut to 500 characters."""
        super().__init__(message)
        self.reason = reason
        self.message = message


class Retry(Exception):
    """A dependency is unavailable: a connection, a serialisation failure, a full disk.

    Nothing of the batch was done, or doing it again is harmless.
    """

    def __init__(self, after: float, message: str) -> None:
        """``after``: seconds until the next attempt; ``message``: what is unavailable, for the operator."""
        super().__init__(message)
        self.after = after
        self.message = message

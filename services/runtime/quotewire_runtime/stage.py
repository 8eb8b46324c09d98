"""A stage: read a batch, hand it to the handler, produce what it made, then acknowledge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn, Protocol

from .health import Check
from .records import Done, Emit, Record
from .settings import StageSettings
from .verdicts import Reject, Retry

__all__ = ["Check", "Done", "Emit", "Handler", "Record", "Reject", "Retry", "run_stage"]


class Handler(Protocol):
    """The domain's side of a stage. It knows no Kafka: it gets records and returns what became of them."""

    stage: str
    """``extract`` or ``store``: names the consumer group, the dead-letter topic, the label of every metric."""

    async def start(self) -> None:
        """Load models, open pools. Called once before the first batch; ``Retry`` means: wait and call again."""

    async def stop(self) -> None:
        """Release what ``start`` opened. Called once, after the last batch."""

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        """Process a batch and return one result per record, in the same order.

        Called by one task only, never twice at a time. Must not block the event loop. The same records can come again
        (at-least-once), so everything it does must be harmless when repeated.

        Raises:
            Retry: the outside is away; the whole batch is handed over again after ``Retry.after`` seconds.
            Reject: allowed where the batch holds one record.
            Exception: anything else ends the process.
        """
        ...

    def checks(self) -> Mapping[str, Check]:
        """Parts of readiness, by name. Called from the health server's thread: look at state, do not block."""
        ...


def run_stage(settings: StageSettings, handler: Handler, source: str | Sequence[str]) -> NoReturn:
    """Run a stage until SIGTERM or SIGINT; leaves by ``SystemExit``.

    Exit codes: 0 after a drained stop, 1 after an error that left the loop (logged once), 70 where stopping took
    longer than the grace period, 75 where the consumer stood still in spite of lag.

    Args:
        settings: the service's settings.
        handler: the domain's side.
        source: the topic to read, or several, by their own names (the prefix of the settings is added).
    """
    raise NotImplementedError

"""What a service implements to run as a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from quotewire_runtime.observability.health import Check
from quotewire_runtime.records import Record
from quotewire_runtime.results import Done, Reject


class Handler(Protocol):
    """The domain side of a stage. It does not know Kafka: it gets records and returns what became of them."""

    stage: str
    """``extract`` or ``store``: names the consumer group, the dead-letter topic and the label of every metric."""

    async def start(self) -> None:
        """Load models, open pools. Called before the first batch; after ``Retry`` it is called again."""

    async def stop(self) -> None:
        """Release what ``start`` opened. Called once, after the last batch."""

    async def assigned(self) -> None:
        """Prepare for new partitions, which another replica, perhaps of another release, may have had.

        Called before the first batch of each assignment; must return within seconds and not raise.
        """

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        """Process a batch and return one result per record, in the same order.

        Up to ``batches_at_once`` calls run at a time; their results are produced and acknowledged in the order of the
        calls. Must not block the event loop. The same records can come again (at-least-once delivery), so all effects
        must be idempotent.

        Raises:
            Retry: a dependency is unavailable; the whole batch is handled again after ``Retry.after`` seconds.
            Reject: allowed if the batch holds one record.
            Exception: anything else ends the process.
        """
        ...

    def progress_at(self) -> float:
        """Return the monotonic time of the last progress within a batch; 0 if a batch never takes long.

        The watchdog needs it: a batch of malicious articles may take long, and a restart would meet it again.
        """
        ...

    def checks(self) -> Mapping[str, Check]:
        """Return parts of readiness, by name. Called from the health server's threads: read state, do not block."""
        ...

"""What a service gives to the engine: its domain, without Kafka."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from quotewire_runtime.observability.health import Check
from quotewire_runtime.records import Done, Record
from quotewire_runtime.results import Reject


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

        Called up to ``batches_at_once`` times at a time; what comes back is produced and acknowledged in the order of
        the calls. Must not block the event loop. The same records can come again (at-least-once), so everything it
        does must be harmless when repeated.

        Raises:
            Retry: the outside is away; the whole batch is handed over again after ``Retry.after`` seconds.
            Reject: allowed where the batch holds one record.
            Exception: anything else ends the process.
        """
        ...

    def progress_at(self) -> float:
        """When it last got on within a batch, on the monotonic clock; 0 where a batch never takes long.

        A batch of poison takes its time: the process is not to be ended for it, to meet the same batch again.
        """
        ...

    def checks(self) -> Mapping[str, Check]:
        """Parts of readiness, by name. Called from the health server's thread: look at state, do not block."""
        ...

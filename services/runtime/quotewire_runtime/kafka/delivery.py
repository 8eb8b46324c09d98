"""The interfaces between the loop of a stage and its two sides: the Kafka client and the handler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from quotewire_runtime.kafka.publisher import Sender
from quotewire_runtime.records import Record
from quotewire_runtime.results import Done, Reject

Result: TypeAlias = Done | Reject
"""What became of one record."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record as the Kafka client delivered it."""

    record: Record
    message: Any
    """The client's own object for the record."""
    received_at: float
    """Monotonic time."""


class StreamClient(Sender, Protocol):
    """The Kafka client, as the loop uses it."""

    def owns(self, message: Any) -> bool:
        """Return whether the record was read after the last rebalance: only then is it still ours."""
        ...

    def acknowledge(self, message: Any) -> None:
        """Allow the record's offset to be committed."""
        ...


class BatchHandler(Protocol):
    """The handler, as the loop uses it."""

    stage: str

    async def handle(self, records: Sequence[Record]) -> Sequence[Result]:
        """See ``stage.Handler.handle``."""
        ...

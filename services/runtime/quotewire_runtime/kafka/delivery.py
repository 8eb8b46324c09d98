"""What the loop of a stage needs of its two sides: of the Kafka client, and of the handler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from quotewire_runtime.kafka.publisher import Sender
from quotewire_runtime.records import Done, Record
from quotewire_runtime.results import Reject

Result: TypeAlias = Done | Reject
"""What became of one record."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record and the client's own handle of it."""

    record: Record
    handle: Any
    at: float
    """When it was read, on the monotonic clock."""


class Client(Sender, Protocol):
    """What the loop needs of the Kafka client."""

    def owns(self, handle: Any) -> bool:
        """Tell whether the record is still ours: not read before the last rebalance."""
        ...

    def acknowledge(self, handle: Any) -> None:
        """Let the offset of a record be committed."""
        ...


class Handles(Protocol):
    """The part of a handler that the loop calls."""

    stage: str

    async def handle(self, records: Sequence[Record]) -> Sequence[Result]:
        """See ``stage.Handler.handle``."""
        ...

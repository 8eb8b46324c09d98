"""What goes into a stage and what comes out of it, as bytes: the engine decodes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from quotewire_runtime.outcomes import Outcome

Headers: TypeAlias = tuple[tuple[str, bytes], ...]
Facts: TypeAlias = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Record:
    """One record as read from Kafka."""

    topic: str
    """Name of the topic as Kafka knows it, prefix included."""
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int
    """Milliseconds since 1970, UTC."""

    @property
    def size(self) -> int:
        """Bytes of key and value; batches are bounded by their sum."""
        return len(self.key or b"") + len(self.value or b"")


@dataclass(frozen=True, slots=True)
class Emit:
    """One record to be produced."""

    topic: str
    """The topic's own name, without prefix: the engine adds it."""
    key: bytes
    value: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Done:
    """A record that was processed."""

    outcome: Outcome
    article_id: str
    emits: Sequence[Emit] = ()
    """Produced in this order; the record is acknowledged when Kafka has confirmed all of them."""
    facts: Facts = field(default_factory=dict)
    """Added to the canonical log line: counts, durations; never text of the article."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record as it goes to Kafka: an emit under its full name, or a dead letter."""

    topic: str
    """Name of the topic as Kafka knows it, prefix included."""
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int | None = None
    """Milliseconds since 1970; None: now."""
    partition: int | None = None
    """None: by the key."""

    @property
    def size(self) -> int:
        """Upper bound of the bytes it takes uncompressed: 70 of frame, and 10 per header for its two lengths."""
        headers = sum(len(name.encode()) + len(value or b"") + 10 for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers + 70

"""The records that a stage reads and writes, as bytes: the engine does not decode them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, bytes], ...]
LogFields: TypeAlias = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read from Kafka."""

    topic: str
    """Full name of the topic, prefix included."""
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int
    """Milliseconds since 1970, UTC."""

    @property
    def size(self) -> int:
        """Bytes of key and value; the bytes of a batch are the sum of them."""
        return len(self.key or b"") + len(self.value or b"")


@dataclass(frozen=True, slots=True)
class Emit:
    """A record that a handler wants to produce."""

    topic: str
    """Name of the topic without the prefix, which the engine adds."""
    key: bytes
    value: bytes
    headers: Headers


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record as it is sent to Kafka: an ``Emit`` with the full topic name, or a dead letter."""

    topic: str
    """Full name of the topic, prefix included."""
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int | None = None
    """Milliseconds since 1970; None: now."""
    partition: int | None = None
    """None: chosen by the key."""

    @property
    def size(self) -> int:
        """Upper bound of its uncompressed bytes: 70 for the record's frame, 10 per header for its two lengths."""
        headers = sum(len(name.encode()) + len(value or b"") + 10 for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers + 70

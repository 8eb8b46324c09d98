"""Dead letters: make one of a rejected record, and decode one into a ``DeadLetter``."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime

from quotewire_runtime.kafka import headers
from quotewire_runtime.records import Outgoing, Record
from quotewire_runtime.results import Reject
from quotewire_schemas.dead_letter import DeadLetter, Reason
from quotewire_schemas.topics import Topics, dead_letter_topic, specs

DEAD_LETTER_TOPICS = frozenset(spec.name for spec in specs() if spec.dead_letters_of)


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def dead_letter(
    record: Record, reject: Reject, *, stage: str, topics: Topics, clock: Callable[[], datetime] = utc_now
) -> Outgoing | None:
    """Make the dead letter of a record: its key, bytes, timestamp, headers and partition, and the error headers.

    Returns None if the record is a dead letter itself: it stays where it is, so that none circulates for ever.
    """
    plain = topics.plain(record.topic)
    if plain in DEAD_LETTER_TOPICS:
        return None
    return Outgoing(
        topic=topics.named(dead_letter_topic(plain, stage)),
        key=record.key,
        value=record.value,
        headers=headers.with_error(record, stage=stage, reason=reject.reason, message=reject.message, at=clock()),
        timestamp_ms=record.timestamp_ms,
        partition=record.partition,
    )


def source_topic(topic: str, stage: str) -> str:
    """Return the topic from which the dead letters on ``topic`` come; with the prefix, if ``topic`` has it."""
    return topic.removesuffix(dead_letter_topic("", stage))


def read_dead_letter(record: Record) -> DeadLetter:
    """Decode a record of a ``….dlq`` topic.

    Never raises: if headers are missing or damaged, the result is an ``invalid`` dead letter with its own location.
    """
    stage = headers.text_of(record.headers, headers.STAGE) or "unknown"
    reason = headers.text_of(record.headers, headers.REASON) or str(Reason.INVALID)
    original = dict(headers.as_text(headers.without_error(record.headers)))
    return DeadLetter.model_validate(
        {
            "stage": stage,
            "reason": reason,
            "message": headers.one_line(headers.text_of(record.headers, headers.MESSAGE) or "no error headers"),
            "topic": headers.text_of(record.headers, headers.TOPIC) or record.topic,
            "partition": _number(record, headers.PARTITION, record.partition),
            "offset": _number(record, headers.OFFSET, record.offset),
            "key": None if record.key is None else record.key.decode("utf-8", "replace"),
            "timestamp": datetime.fromtimestamp(record.timestamp_ms / 1000, UTC),
            "headers": original,
            "failed_at": _failed_at(record),
            "value": None if record.value is None else base64.b64encode(record.value),
        },
        context={"open": True},
    )


def _number(record: Record, header: str, default: int) -> int:
    text = headers.text_of(record.headers, header)
    return int(text) if text is not None and text.isdecimal() else default


def _failed_at(record: Record) -> datetime:
    text = headers.text_of(record.headers, headers.FAILED_AT)
    try:
        failed_at = datetime.fromisoformat(text or "")
    except ValueError:
        return datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
    return failed_at if failed_at.tzinfo is not None else failed_at.replace(tzinfo=UTC)

"""Dead letters: the original record and why it was given up, and the way back to a readable form."""

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


def now() -> datetime:
    """Tell the time, UTC."""
    return datetime.now(UTC)


def dead_letter(
    record: Record, reject: Reject, *, stage: str, topics: Topics, clock: Callable[[], datetime] = now
) -> Outgoing | None:
    """Make the dead letter of a record: original key, bytes, timestamp, headers and partition, and the error headers.

    Returns None where the record is a dead letter itself: it stays where it lies, so that none goes round in circles.
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


def read_dead_letter(record: Record) -> DeadLetter:
    """Read a record of a ``….dlq`` topic as people and the store see it.

    Never an error: where headers are missing or damaged, it is an ``invalid`` dead letter of the place it lies at.
    """
    stage = headers.text_of(record.headers, headers.STAGE) or "unknown"
    reason = headers.text_of(record.headers, headers.REASON) or str(Reason.INVALID)
    original = dict(headers.as_text(headers.without_error(record.headers)))
    return DeadLetter.model_validate(
        {
            "stage": stage,
            "reason": reason,
            "message": headers.shortened(headers.text_of(record.headers, headers.MESSAGE) or "no error headers"),
            "topic": headers.text_of(record.headers, headers.TOPIC) or record.topic,
            "partition": _number(record, headers.PARTITION, record.partition),
            "offset": _number(record, headers.OFFSET, record.offset),
            "key": None if record.key is None else record.key.decode("utf-8", "replace"),
            "timestamp": datetime.fromtimestamp(record.timestamp_ms / 1000, UTC),
            "headers": original,
            "failed_at": _time(record),
            "value": None if record.value is None else base64.b64encode(record.value),
        },
        context={"open": True},
    )


def _number(record: Record, header: str, default: int) -> int:
    text = headers.text_of(record.headers, header)
    return int(text) if text is not None and text.isdecimal() else default


def _time(record: Record) -> datetime:
    text = headers.text_of(record.headers, headers.FAILED_AT)
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

"""Headers: CloudEvents on what we publish, Kafka Connect's error headers on dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from quotewire_runtime.records import Headers, Record
from quotewire_schemas.dead_letter import MESSAGE_LIMIT, Reason

ERRORS = "__connect.errors."
"""Prefix of the names in Kafka Connect's ``DeadLetterQueueReporter``, used as they are: its tools understand us."""
REASON = ERRORS + "exception.class.name"
STAGE = ERRORS + "connector.name"
MESSAGE = ERRORS + "exception.message"
TOPIC = ERRORS + "topic"
PARTITION = ERRORS + "partition"
OFFSET = ERRORS + "offset"
FAILED_AT = "quotewire.failed_at"
"""ISO time in UTC; Connect has no header for it."""
REPLAYED_FROM = "quotewire.replayed_from"
"""``topic/partition/offset`` of the dead letter that a replayed record comes from."""


def cloud_event(*, id: str, type: str, source: str, time: datetime) -> Headers:
    """Build the headers of a published record in CloudEvents' binary mode.

    Args:
        id: ``ce_id``; consumers drop duplicates by it.
        type: ``ce_type``, for example ``quotewire.article.v1``.
        source: ``ce_source``: the stage, for example ``quotewire/extract``.
        time: when the record came to be, with a time zone.
    """
    moment = time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", id.encode()),
        ("ce_type", type.encode()),
        ("ce_source", source.encode()),
        ("ce_time", moment.encode()),
        ("content-type", b"application/json"),
    )


def with_error(record: Record, *, stage: str, reason: Reason, message: str, at: datetime) -> Headers:
    """Append the error headers to a record's own, in place of those of an earlier failure."""
    errors = {
        TOPIC: record.topic,
        PARTITION: str(record.partition),
        OFFSET: str(record.offset),
        STAGE: stage,
        ERRORS + "task.id": "0",
        ERRORS + "stage": "VALUE_CONVERTER" if reason in CONVERSION else "TASK_PUT",
        ERRORS + "class.name": f"quotewire.{stage}",
        REASON: str(reason),
        MESSAGE: shortened(message),
        ERRORS + "exception.stacktrace": "",
        FAILED_AT: at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    return (*without_error(record.headers), *((name, value.encode()) for name, value in errors.items()))


def without_error(headers: Iterable[tuple[str, bytes]]) -> Headers:
    """Take our error headers off: what remains is what the record came with."""
    return tuple((name, value) for name, value in headers if not name.startswith(ERRORS) and name != FAILED_AT)


def text_of(headers: Iterable[tuple[str, bytes]], name: str) -> str | None:
    """Read the last header of a name as text, or None where there is none."""
    found = None
    for header, value in headers:
        if header == name:
            found = (value or b"").decode("utf-8", "replace")
    return found


def as_text(headers: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
    """Read all headers as text; bytes that are no UTF-8 become replacement characters."""
    for name, value in headers:
        yield name, (value or b"").decode("utf-8", "replace")


def shortened(message: str) -> str:
    """Make an error message one line of at most 500 characters that UTF-8 can carry."""
    line = " ".join(message.split()).encode("utf-8", "replace").decode()
    return line if len(line) <= MESSAGE_LIMIT else line[: MESSAGE_LIMIT - 1] + "…"


CONVERSION = (Reason.NOT_JSON, Reason.INVALID, Reason.NEWER_SCHEMA, Reason.EMPTY)
"""Reasons that Connect would have met in its ``VALUE_CONVERTER`` stage; all others count as ``TASK_PUT``."""

"""Record headers: CloudEvents on published records, Kafka Connect's error headers on dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from quotewire_runtime.records import Headers, Record
from quotewire_schemas.dead_letter import MESSAGE_LIMIT, Reason

ERRORS = "__connect.errors."
"""Prefix of the headers of Kafka Connect's ``DeadLetterQueueReporter``, so that its tools read our dead letters."""
REASON = ERRORS + "exception.class.name"
STAGE = ERRORS + "connector.name"
MESSAGE = ERRORS + "exception.message"
TOPIC = ERRORS + "topic"
PARTITION = ERRORS + "partition"
OFFSET = ERRORS + "offset"
FAILED_AT = "quotewire.failed_at"
"""ISO time in UTC; Kafka Connect has no header for it."""
REPLAYED_FROM = "quotewire.replayed_from"
"""``topic/partition/offset`` of the dead letter from which a record was replayed."""


def cloud_event(*, id: str, type: str, source: str, time: datetime) -> Headers:
    """Build the headers of a published record (CloudEvents, binary mode).

    Args:
        id: ``ce_id``; consumers drop duplicates by it.
        type: ``ce_type``, for example ``quotewire.article.v1``.
        source: ``ce_source``, the stage: for example ``quotewire/extract``.
        time: when the record was made, with a time zone.
    """
    iso = time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", id.encode()),
        ("ce_type", type.encode()),
        ("ce_source", source.encode()),
        ("ce_time", iso.encode()),
        ("content-type", b"application/json"),
    )


def with_error(record: Record, *, stage: str, reason: Reason, message: str, at: datetime) -> Headers:
    """Return a record's headers with error headers, which replace those of an earlier failure."""
    errors = {
        TOPIC: record.topic,
        PARTITION: str(record.partition),
        OFFSET: str(record.offset),
        STAGE: stage,
        ERRORS + "task.id": "0",
        ERRORS + "stage": "VALUE_CONVERTER" if reason in CONVERSION_REASONS else "TASK_PUT",
        ERRORS + "class.name": f"quotewire.{stage}",
        REASON: str(reason),
        MESSAGE: one_line(message),
        ERRORS + "exception.stacktrace": "",
        FAILED_AT: at.astimezone(UTC).isoformat(timespec="milliseconds"),
    }
    return (*without_error(record.headers), *((name, value.encode()) for name, value in errors.items()))


def without_error(headers: Iterable[tuple[str, bytes]]) -> Headers:
    """Return the headers without error headers: those the record was read with."""
    return tuple((name, value) for name, value in headers if not name.startswith(ERRORS) and name != FAILED_AT)


def text_of(headers: Iterable[tuple[str, bytes]], name: str) -> str | None:
    """Return the last header of a name as text, or None if there is none."""
    found = None
    for header, value in headers:
        if header == name:
            found = (value or b"").decode("utf-8", "replace")
    return found


def as_text(headers: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, str]]:
    """Return all headers as text; bytes that are not UTF-8 become replacement characters."""
    for name, value in headers:
        yield name, (value or b"").decode("utf-8", "replace")


def one_line(message: str) -> str:
    """Return a message as one line of at most 500 characters that UTF-8 can encode."""
    line = " ".join(message.split()).encode("utf-8", "replace").decode()
    return line if len(line) <= MESSAGE_LIMIT else line[: MESSAGE_LIMIT - 1] + "…"


CONVERSION_REASONS = (Reason.NOT_JSON, Reason.INVALID, Reason.NEWER_SCHEMA, Reason.EMPTY)
"""Reasons of the stage that Kafka Connect calls ``VALUE_CONVERTER``; all others belong to ``TASK_PUT``."""

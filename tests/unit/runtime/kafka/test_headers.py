"""Headers of published records and of dead letters."""

from datetime import UTC, datetime, timedelta, timezone

from kit.fake_client import record
from quotewire_runtime.kafka import headers
from quotewire_runtime.kafka.dead_letter import dead_letter, read_dead_letter
from quotewire_runtime.records import Record
from quotewire_runtime.results import Reject
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import Topics

AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)


def test_cloud_events_in_binary_mode() -> None:
    got = dict(
        headers.cloud_event(
            id="a:1",
            type="quotewire.article.v1",
            source="quotewire/ingest",
            time=AT.astimezone(timezone(timedelta(hours=2))),
        )
    )
    assert got == {
        "ce_specversion": b"1.0",
        "ce_id": b"a:1",
        "ce_type": b"quotewire.article.v1",
        "ce_source": b"quotewire/ingest",
        "ce_time": b"2026-03-01T12:00:00.250Z",
        "content-type": b"application/json",
    }


def letter(original: Record, message: str = "title: missing") -> Record:
    out = dead_letter(original, Reject(Reason.INVALID, message), stage="extract", topics=Topics("p."), clock=lambda: AT)
    assert out is not None
    return Record(out.topic, out.partition or 0, 7, out.key, out.value, out.headers, out.timestamp_ms or 0)


def test_a_dead_letter_keeps_the_record_and_can_be_read() -> None:
    original = record(b"\x00\xffvalue", key=b"\xff", offset=41, topic="p.news.article.v1")
    written = letter(original)
    assert (written.topic, written.key, written.value) == ("p.news.article.v1.extract.dlq", b"\xff", b"\x00\xffvalue")
    assert written.timestamp_ms == original.timestamp_ms
    read = read_dead_letter(written)
    assert (read.topic, read.partition, read.offset) == ("p.news.article.v1", 0, 41)
    assert (read.stage, read.reason, read.message, read.failed_at) == ("extract", Reason.INVALID, "title: missing", AT)
    assert (read.key, read.value, read.headers) == ("\ufffd", b"\x00\xffvalue", {"ce_id": "1"})


def test_a_second_failure_replaces_the_error_headers_of_the_first() -> None:
    once = letter(record(b"x", topic="p.news.article.v1"), "first")
    again = letter(Record("p.news.article.v1", 0, 9, once.key, once.value, once.headers, 1), "second")
    assert [name for name, _ in again.headers].count(headers.MESSAGE) == 1
    assert read_dead_letter(again).message == "second"
    assert headers.without_error(again.headers) == (("ce_id", b"1"),)


def test_long_and_dirty_messages_become_one_short_line() -> None:
    read = read_dead_letter(letter(record(b"x"), "line\n\tbreak \ud800 " + "y" * 1000))
    assert read.message.startswith("line break ? yyy")
    assert len(read.message) == 500


def test_foreign_and_damaged_dead_letters_can_be_read_too() -> None:
    bare = Record("p.news.article.v1.extract.dlq", 3, 5, None, None, (), 1000)
    read = read_dead_letter(bare)
    assert (read.stage, read.reason, read.partition, read.offset) == ("unknown", Reason.INVALID, 3, 5)
    strange = ((headers.REASON, b"of_a_later_release"), (headers.OFFSET, b"x"), (headers.FAILED_AT, b"yesterday"))
    read = read_dead_letter(Record("t", 3, 5, None, None, strange, 1000))
    assert (read.reason, read.offset) == ("of_a_later_release", 5)

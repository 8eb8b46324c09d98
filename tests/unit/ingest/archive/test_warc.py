"""WARC files: every whole record is found and read, damage is reported once."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kit.warcs import page, write_warc
from quotewire_ingest.archive.warc import read_record
from quotewire_ingest.archive.warc_index import DamagedWarc, RecordLocation, iter_locations
from quotewire_ingest.files import iter_documents
from quotewire_ingest.rejection import Rejected, RejectedInput, RejectionReason

MAX_BYTES = 100_000


def found(path: Path, start: int = 0) -> tuple[list[RecordLocation], str]:
    """The readable records from a position on, and the message about damage."""
    readable: list[RecordLocation] = []
    with path.open("rb") as file:
        try:
            for location in iter_locations(file, start):
                if location.readable:
                    readable.append(location)  # noqa: PERF401  # what came before the damage is kept
        except DamagedWarc as damaged:
            return readable, damaged.message
    return readable, ""


@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
def test_each_page_is_read_by_its_location(tmp_path: Path, packed: bool) -> None:
    path = write_warc(tmp_path / "crawl.warc", [page(number) for number in range(5)], packed=packed)
    readable, damage = found(path)
    assert damage == ""
    documents = [read_record(path, location.start, location.length, None, MAX_BYTES) for location in readable]
    assert [document.body for document in documents] == [page(number) for number in range(5)]
    assert [document.url for document in documents] == [f"https://harbour-post.example/{n}" for n in range(5)]
    assert {document.fetched_at for document in documents} == {datetime(2026, 3, 2, 10, tzinfo=UTC)}
    assert {document.source_id for document in documents} == {"harbour-post.example"}
    assert {document.charset for document in documents} == {"utf-8"}
    assert found(path, readable[2].start)[0] == readable[2:]


@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
def test_in_a_truncated_file_whole_records_are_found_and_the_damage_is_reported(tmp_path: Path, packed: bool) -> None:
    whole = write_warc(tmp_path / "whole.warc", [page(number) for number in range(3)], packed=packed)
    readable, _ = found(whole)
    cut = tmp_path / "cut.warc"
    data = whole.read_bytes()
    edges = {location.start + location.length + near for location in readable for near in range(-3, 7)}
    for size in sorted({*range(0, len(data), 37), *range(12), *edges} - {edge for edge in edges if edge > len(data)}):
        cut.write_bytes(data[:size])
        stored, damage = found(cut)
        assert stored == [location for location in readable if location.start + location.length <= size]
        assert damage == "" or "ends inside the record" in damage


@pytest.mark.parametrize("at", [0, 1, 2], ids=["first", "second", "third"])
def test_damage_in_a_compressed_record_is_reported_with_its_location(tmp_path: Path, at: int) -> None:
    path = write_warc(tmp_path / "crawl.warc.gz", [page(number) for number in range(3)])
    location = found(path)[0][at]
    data = bytearray(path.read_bytes())
    data[location.start + location.length // 2 : location.start + location.length // 2 + 20] = b"\xff" * 20
    path.write_bytes(data)
    stored, damage = found(path)
    assert len(stored) == at
    assert str(location.start) in damage


def test_records_without_a_page_are_skipped(tmp_path: Path) -> None:
    for status, kind in (("404 Not Found", "text/html"), ("200 OK", "image/png"), ("301 Moved", "text/html")):
        path = write_warc(tmp_path / "c.warc.gz", [page(1)], status=status, headers=[("Content-Type", kind)])
        assert found(path) == ([], "")


def test_a_page_that_a_proxy_has_changed_is_a_page(tmp_path: Path) -> None:
    status = "203 Non-Authoritative Information"
    assert len(found(write_warc(tmp_path / "c.warc.gz", [page(1)], status=status))[0]) == 1


def test_bodies_are_decoded(tmp_path: Path) -> None:
    html = ("Content-Type", "text/html")
    packed = gzip.compress(page(1))
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (packed[:100], packed[100:])) + b"0\r\n\r\n"
    for headers, body in (
        ([html, ("Content-Encoding", "gzip")], packed),
        ([html, ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")], chunked),
        ([html, ("Content-Encoding", "gzip")], page(1)),
        ([html, ("Content-Encoding", "UTF-8")], page(1)),
        ([html, ("Transfer-Encoding", "chunked")], page(1)),
    ):
        path = write_warc(tmp_path / "c.warc.gz", [body], headers=headers)
        [location] = found(path)[0]
        assert read_record(path, location.start, location.length, None, MAX_BYTES).body == page(1)


def test_decompression_bombs_are_rejected(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    for headers, body in (
        ([("Content-Type", "text/html"), ("Content-Encoding", "gzip")], bomb),
        ([("Content-Type", "text/html")], bytes(200_000)),
    ):
        path = write_warc(tmp_path / "c.warc.gz", [body], headers=headers)
        [location] = found(path)[0]
        with pytest.raises(Rejected) as rejected:
            read_record(path, location.start, location.length, None, MAX_BYTES)
        assert rejected.value.reason is RejectionReason.TOO_LARGE


def test_a_file_compressed_as_a_whole_says_how_to_repair_it(tmp_path: Path) -> None:
    plain = write_warc(tmp_path / "c.warc", [page(1)], packed=False)
    (tmp_path / "c.warc.gz").write_bytes(gzip.compress(plain.read_bytes()))
    assert "warcio recompress" in found(tmp_path / "c.warc.gz")[1]


@pytest.mark.parametrize(
    "body", [b"", b"\0" * 100, b"WARC/1.0\r\n", b"\x1f\x8b", b"\x1f\x8bxxxxxxxxxxxx", b"words" * 99]
)
def test_other_files_are_rejected_with_a_message(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "c.warc.gz"
    path.write_bytes(body)
    stored, damage = found(path)
    assert stored == []
    assert bool(damage) == bool(body)


def test_a_warc_file_is_read_like_any_other(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "crawl.warc.gz", [page(1), page(2)])
    path.write_bytes(path.read_bytes()[:-30])
    first, second = iter_documents(path, "crawl", None, MAX_BYTES)
    assert not isinstance(first, RejectedInput)
    assert (first.source_id, first.body) == ("crawl", page(1))
    assert isinstance(second, RejectedInput)
    assert "pages before it that are read: 1" in second.message

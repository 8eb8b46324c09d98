"""WARC files: every record found where it lies, what is whole is read, what is damaged is told once."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kit.warcs import page, write_warc
from quotewire_ingest.archive.warc import read_record
from quotewire_ingest.archive.warc_index import DamagedWarc, RecordLocation, iter_locations
from quotewire_ingest.files import iter_documents
from quotewire_ingest.rejection import Rejected, RejectedInput, RejectionReason

MOST = 100_000


def found(path: Path, start: int = 0) -> tuple[list[RecordLocation], str]:
    """The readable records from a place on, and what was told of damage."""
    readable: list[RecordLocation] = []
    with path.open("rb") as file:
        try:
            for place in iter_locations(file, start):
                if place.readable:
                    readable.append(place)  # noqa: PERF401  # what came before the damage is kept
        except DamagedWarc as damaged:
            return readable, damaged.message
    return readable, ""


@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
def test_each_page_is_read_where_it_lies(tmp_path: Path, packed: bool) -> None:
    path = write_warc(tmp_path / "crawl.warc", [page(number) for number in range(5)], packed=packed)
    readable, damage = found(path)
    assert damage == ""
    documents = [read_record(path, place.start, place.length, None, MOST) for place in readable]
    assert [document.body for document in documents] == [page(number) for number in range(5)]
    assert [document.url for document in documents] == [f"https://harbour-post.example/{n}" for n in range(5)]
    assert {document.fetched_at for document in documents} == {datetime(2026, 3, 2, 10, tzinfo=UTC)}
    assert {document.source_id for document in documents} == {"harbour-post.example"}
    assert {document.charset for document in documents} == {"utf-8"}
    assert found(path, readable[2].start)[0] == readable[2:]


@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
def test_cut_off_anywhere_what_is_whole_is_found_and_the_rest_is_told(tmp_path: Path, packed: bool) -> None:
    whole = write_warc(tmp_path / "whole.warc", [page(number) for number in range(3)], packed=packed)
    readable, _ = found(whole)
    cut = tmp_path / "cut.warc"
    data = whole.read_bytes()
    edges = {place.start + place.length + near for place in readable for near in range(-3, 7)}
    for size in sorted({*range(0, len(data), 37), *range(12), *edges} - {edge for edge in edges if edge > len(data)}):
        cut.write_bytes(data[:size])
        kept, damage = found(cut)
        assert kept == [place for place in readable if place.start + place.length <= size]
        assert damage == "" or "ends inside the record" in damage


@pytest.mark.parametrize("at", [0, 1, 2], ids=["first", "second", "third"])
def test_damage_in_a_packed_record_is_told_with_its_place(tmp_path: Path, at: int) -> None:
    path = write_warc(tmp_path / "crawl.warc.gz", [page(number) for number in range(3)])
    place = found(path)[0][at]
    data = bytearray(path.read_bytes())
    data[place.start + place.length // 2 : place.start + place.length // 2 + 20] = b"\xff" * 20
    path.write_bytes(data)
    kept, damage = found(path)
    assert len(kept) == at
    assert str(place.start) in damage


def test_what_is_no_page_is_passed_over(tmp_path: Path) -> None:
    for status, kind in (("404 Not Found", "text/html"), ("200 OK", "image/png"), ("301 Moved", "text/html")):
        path = write_warc(tmp_path / "c.warc.gz", [page(1)], status=status, headers=[("Content-Type", kind)])
        assert found(path) == ([], "")


def test_bodies_as_they_came_over_the_wire(tmp_path: Path) -> None:
    html = ("Content-Type", "text/html")
    packed = gzip.compress(page(1))
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (packed[:100], packed[100:])) + b"0\r\n\r\n"
    for headers, body in (
        ([html, ("Content-Encoding", "gzip")], packed),
        ([html, ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")], chunked),
        ([html, ("Content-Encoding", "gzip")], page(1)),
        ([html, ("Transfer-Encoding", "chunked")], page(1)),
    ):
        path = write_warc(tmp_path / "c.warc.gz", [body], headers=headers)
        [place] = found(path)[0]
        assert read_record(path, place.start, place.length, None, MOST).body == page(1)


def test_bombs_are_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    for headers, body in (
        ([("Content-Type", "text/html"), ("Content-Encoding", "gzip")], bomb),
        ([("Content-Type", "text/html")], bytes(200_000)),
    ):
        path = write_warc(tmp_path / "c.warc.gz", [body], headers=headers)
        [place] = found(path)[0]
        with pytest.raises(Rejected) as refused:
            read_record(path, place.start, place.length, None, MOST)
        assert refused.value.reason is RejectionReason.TOO_LARGE


def test_a_file_packed_as_a_whole_says_how_to_mend_it(tmp_path: Path) -> None:
    plain = write_warc(tmp_path / "c.warc", [page(1)], packed=False)
    (tmp_path / "c.warc.gz").write_bytes(gzip.compress(plain.read_bytes()))
    assert "warcio recompress" in found(tmp_path / "c.warc.gz")[1]


@pytest.mark.parametrize(
    "body", [b"", b"\0" * 100, b"WARC/1.0\r\n", b"\x1f\x8b", b"\x1f\x8bxxxxxxxxxxxx", b"words" * 99]
)
def test_what_is_no_warc_file_ends_in_words(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "c.warc.gz"
    path.write_bytes(body)
    kept, damage = found(path)
    assert kept == []
    assert bool(damage) == bool(body)


def test_a_warc_file_is_read_like_any_other(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "crawl.warc.gz", [page(1), page(2)])
    path.write_bytes(path.read_bytes()[:-30])
    first, second = iter_documents(path, "crawl", None, MOST)
    assert not isinstance(first, RejectedInput)
    assert (first.source_id, first.body) == ("crawl", page(1))
    assert isinstance(second, RejectedInput)
    assert "pages before it that are read: 1" in second.message

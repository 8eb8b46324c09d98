import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from quotewire_ingest.archive.writer import Archive, WrittenRecord
from quotewire_ingest.model import Document, DocumentKind


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Writing beyond it fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def document(size: int) -> Document:
    body = random.Random(size).randbytes(size)  # cannot be packed: the record is as long
    return Document(
        "a", body, DocumentKind.HTML, "harbour-post", None, datetime(2026, 3, 2, tzinfo=UTC), url="https://a.example/1"
    )


def read(folder: Path, stored: WrittenRecord) -> bytes:
    with (folder / stored.ref.file).open("rb") as file:
        file.seek(stored.ref.offset)
        for record in ArchiveIterator(file):
            body: bytes = record.content_stream().read()
            return body
    raise AssertionError("no record there")


def test_a_full_disk_raises_and_leaves_no_segment_without_a_record(tmp_path: Path) -> None:
    archive = Archive(tmp_path, segment_bytes=2**20)
    with no_file_longer_than(20_000):
        for _ in range(3):
            with pytest.raises(OSError, match="File too large"):
                archive.append(document(50_000))
    assert list(tmp_path.glob("*.warc.gz")) == []
    stored = archive.append(document(50_000))
    archive.close()
    assert read(tmp_path, stored) == document(50_000).body


def test_a_record_for_which_the_disk_is_full_does_not_harm_those_before(tmp_path: Path) -> None:
    archive = Archive(tmp_path, segment_bytes=2**20)
    first = archive.append(document(10_000))
    with no_file_longer_than(20_000), pytest.raises(OSError, match="File too large"):
        archive.append(document(50_000))
    second = archive.append(document(50_000))
    archive.close()
    assert read(tmp_path, first) == document(10_000).body
    assert read(tmp_path, second) == document(50_000).body
    assert first.ref.file != second.ref.file


def test_a_record_is_destroyed_once_and_the_others_stay(tmp_path: Path) -> None:
    archive = Archive(tmp_path, segment_bytes=2**20)
    first, second = archive.append(document(10_000)), archive.append(document(20_000))
    location = (first.ref.file, first.ref.offset, first.length)
    assert archive.destroy(*location, b"withdrawn")
    assert not archive.destroy(*location, b"withdrawn")
    assert document(10_000).body[:100] not in (tmp_path / first.ref.file).read_bytes()
    assert read(tmp_path, second) == document(20_000).body
    archive.close()


def test_destroying_in_a_file_that_is_not_there_raises(tmp_path: Path) -> None:
    archive = Archive(tmp_path, segment_bytes=2**20)
    with pytest.raises(FileNotFoundError):
        archive.destroy("quotewire-0.warc.gz", 0, 100, b"withdrawn")

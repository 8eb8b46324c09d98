"""Records in a part of an archive file: whole, destroyed, torn."""

from pathlib import Path

from kit.documents import fetched_page
from quotewire_ingest.archive.members import Member, iter_members
from quotewire_ingest.archive.writer import Archive, WrittenRecord


def written(folder: Path) -> tuple[Path, list[WrittenRecord]]:
    archive = Archive(folder, 2**20)
    records = [archive.append(fetched_page(number)) for number in range(3)]
    archive.destroy(records[1].ref.file, records[1].ref.offset, records[1].length, b"withdrawn")
    archive.close()
    return folder / records[0].ref.file, records


def members(path: Path, start: int, stop: int) -> list[Member]:
    with path.open("rb") as file:
        return list(iter_members(file, start, stop))


def test_a_destroyed_record_is_empty(tmp_path: Path) -> None:
    path, (first, second, third) = written(tmp_path)
    assert members(path, 0, path.stat().st_size) == [
        Member(0, first.length, empty=False),
        Member(second.ref.offset, second.length, empty=True),
        Member(third.ref.offset, third.length, empty=False),
    ]


def test_only_the_part_asked_for_is_read(tmp_path: Path) -> None:
    path, (_, second, third) = written(tmp_path)
    assert members(path, second.ref.offset, third.ref.offset) == [Member(second.ref.offset, second.length, empty=True)]


def test_a_torn_record_reaches_to_the_end(tmp_path: Path) -> None:
    path, (_, _, third) = written(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    assert members(path, third.ref.offset, len(whole) - 7) == [Member(third.ref.offset, third.length - 7, empty=False)]


def test_bytes_that_are_no_record_reach_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(b"\0" * 100)
    assert members(path, 10, 90) == [Member(10, 80, empty=False)]

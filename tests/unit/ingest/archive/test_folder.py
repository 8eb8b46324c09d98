"""The identity of an archive folder."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quotewire_ingest.archive.folder import ID_FILE, folder_id


def test_all_replicas_that_share_a_folder_get_one_id(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(folder_id, [tmp_path] * 40))
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [ID_FILE]


def test_the_id_goes_with_the_folder_when_it_is_moved(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    before = folder_id(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    assert folder_id(tmp_path / "there") == before


def test_two_folders_have_two_ids(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert folder_id(tmp_path) != folder_id(tmp_path / "other")


@pytest.mark.parametrize("content", [b"", b"archive\n", b"\xff\xfe"])
def test_a_damaged_id_is_no_other_id(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ID_FILE).write_bytes(content)
    with pytest.raises(OSError, match="holds no id"):
        folder_id(tmp_path)
    assert (tmp_path / ID_FILE).read_bytes() == content

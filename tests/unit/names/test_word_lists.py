"""Word lists are read from a package, by section."""

import sys
from pathlib import Path

import pytest

from quotewire_names.word_lists import groups, words


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "some_lists"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "colours.txt").write_text("# source: ours\n[warm]\nred, orange # both\n[cold]\nblue,\n", "utf-8")
    (folder / "spellings.txt").write_text("grey, gray\nblue, bleu\n", "utf-8")
    (folder / "wrong.txt").write_text("grey, gray\ngray, gris\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "some_lists", raising=False)
    return "some_lists"


def test_words_of_a_file_and_of_a_section(package: str) -> None:
    assert words("colours.txt", package=package) == {"red", "orange", "blue"}
    assert words("colours.txt", "cold", package=package) == {"blue"}
    assert words("colours.txt", "dark", package=package) == frozenset()


def test_groups_map_each_word_to_the_first_of_its_line(package: str) -> None:
    assert groups("spellings.txt", package=package) == {"grey": "grey", "gray": "grey", "blue": "blue", "bleu": "blue"}


def test_a_word_on_two_lines_is_an_error(package: str) -> None:
    with pytest.raises(ValueError, match=r"some_lists/wrong\.txt: 'gray' is on two lines, 'grey' and 'gray'"):
        groups("wrong.txt", package=package)

"""Golden names: spellings of one name have one key, different names never do."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewire_names import NAME_KEY_VERSION, name_key

GOLDEN = Path(__file__).with_name("pairs.txt")


def golden(section: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    inside = False
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            inside = line == f"[{section}]"
        elif inside and line.strip() and not line.startswith("#"):
            pairs += combinations([name.strip() for name in line.split("|")], 2)
    return pairs


ONE = [pair for pair in golden("one") if pair[0] != pair[1]]
APART = golden("apart")


def test_there_are_at_least_five_hundred_golden_pairs() -> None:
    assert len(ONE) + len(APART) >= 500
    assert len(APART) >= 200


def test_spellings_of_one_name_share_their_key() -> None:
    missed = [f"{a} ≠ {b}: {name_key(a)} / {name_key(b)}" for a, b in ONE if name_key(a) != name_key(b)]
    assert missed == []


def test_different_names_are_never_merged() -> None:
    merged = [f"{a} = {b}: {name_key(a)}" for a, b in APART if name_key(a) == name_key(b)]
    assert merged == []


def test_names_of_different_lines_are_never_merged() -> None:
    """Each line is one name, so the keys of different lines must differ, too: some 50,000 more pairs."""
    lines = [line for line in GOLDEN.read_text(encoding="utf-8").split("[apart]")[0].splitlines() if "|" in line]
    keys: dict[str, str] = {}
    clashes = []
    for line in lines:
        for name in line.split("|"):
            owner = keys.setdefault(name_key(name), line)
            if owner != line:
                clashes.append((name.strip(), owner))
    assert clashes == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Volodymyr Zelenskyy’s", "volodymyr zelenski"),
        ("the Kremlin", "kremlin"),
        ("Kim Jong-un", "kim jongun"),
        ("", ""),
        ("—", ""),
        ("李", "李"),
    ],
)
def test_keys_are_frozen_for_this_version(name: str, key: str) -> None:
    """A key that changes here needs a new NAME_KEY_VERSION."""
    assert name_key(name) == key
    assert NAME_KEY_VERSION == 1


@given(st.text(max_size=60))
def test_any_string_has_a_normalised_key(name: str) -> None:
    key = name_key(name)
    assert key == key.strip()
    assert "  " not in key
    assert name_key(name) == key


@given(st.sampled_from([name for pair in ONE for name in pair]), st.sampled_from(["'s", "’s"]))
def test_a_possessive_changes_nothing(name: str, ending: str) -> None:
    bare = name.removesuffix("’s").removesuffix("'s")
    assert name_key(bare + ending) == name_key(bare)

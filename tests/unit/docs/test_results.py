"""The results of benchmarks are complete rows, in a file per command."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted((ROOT / "benchmarks/results").glob("*.csv"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_says_when_and_where_it_was_measured(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[:4] == ["date", "commit", "seed", "machine"]
    assert len(set(header)) == len(header)
    assert rows
    for row in rows:
        assert len(row) == len(header), row
        assert date.fromisoformat(row[0]).year > 2000
        assert re.fullmatch(r"[0-9a-f]{7}", row[1]), row


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_name_is_that_of_a_command(path: Path) -> None:
    commands = {file.stem for kind in ("speed", "quality") for file in (ROOT / "benchmarks" / kind).glob("*.py")}
    assert path.stem in commands | {"chaos", "hostile_web"}

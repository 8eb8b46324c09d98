"""The pages can be read as source: prose of 100 columns, tables and code of 160."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("benchmarks", "docs", "models", "ops", "schemas", "services")
PAGES = [ROOT / "README.md", *(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.md")))]


@pytest.mark.parametrize("page", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES])
def test_no_line_is_too_long(page: Path) -> None:
    in_code = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        in_code ^= line.startswith("```")
        wide = in_code or line.startswith(("|", "    ", "```"))
        unbreakable = len(line.split()) <= 2 and "](" in line
        assert len(line) <= (160 if wide or unbreakable else 100), f"{page.name}:{number}: {line[:60]}…"

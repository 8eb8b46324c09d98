"""A package of migrations, as a service has one."""

from __future__ import annotations

from pathlib import Path

import pytest

FIRST = "CREATE TABLE shelf.books (title text PRIMARY KEY);\nINSERT INTO shelf.books VALUES ('100 % true');"
SECOND = "ALTER TABLE shelf.books ADD COLUMN pages integer;"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """An importable package with two migrations of schema ``shelf``; its name is the test's own."""
    name = f"migrations_of_{request.node.name.split('[')[0]}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "0002_pages.sql").write_text(SECOND)
    (folder / "0001_books.sql").write_text(FIRST)
    monkeypatch.syspath_prepend(str(tmp_path))
    return name

"""Packages of SQL files are read in order, and mistakes in them found, without PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.postgres.migrations import MigrationError, migrate_now, migrations_of


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """An importable package with two migrations; its name is the test's own."""
    name = f"migrations_of_{request.node.name.split('[')[0]}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "0002_pages.sql").write_text("SELECT 2;")
    (folder / "0001_books.sql").write_text("SELECT 1;\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def test_files_are_read_in_the_order_of_their_numbers(package: str) -> None:
    assert [(one.name, one.text) for one in migrations_of(package)] == [
        ("0001_books", "SELECT 1;\n"),
        ("0002_pages", "SELECT 2;"),
    ]


def test_the_checksum_does_not_depend_on_line_ends(package: str, tmp_path: Path) -> None:
    before = migrations_of(package)
    (tmp_path / package / "0001_books.sql").write_bytes(b"SELECT 1;\r\n")
    assert migrations_of(package) == before


@pytest.mark.parametrize("name", ["0004_gap.sql", "0002_twice.sql", "3_short.sql", "0003-Dash.sql"])
def test_names_out_of_order_are_rejected(package: str, tmp_path: Path, name: str) -> None:
    (tmp_path / package / name).write_text("SELECT 1;")
    with pytest.raises(MigrationError, match=r"should be named 000\d_words\.sql"):
        migrations_of(package)


def test_no_server_is_one_clear_line(package: str) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        migrate_now("postgresql://someone:secret@127.0.0.1:1/nowhere", package, schema="shelf")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.exit_code == 3

"""Packages of SQL files are read in order, and mistakes in them found, without PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.migration_package import FIRST, SECOND, package
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.postgres.migrations import MigrationError, migrate_now, migrations_of

__all__ = ["package"]


def test_files_are_read_in_the_order_of_their_numbers(package: str) -> None:
    assert [(one.name, one.text) for one in migrations_of(package)] == [
        ("0001_books", FIRST),
        ("0002_pages", SECOND),
    ]


def test_the_checksum_does_not_depend_on_line_ends(package: str, tmp_path: Path) -> None:
    before = migrations_of(package)
    (tmp_path / package / "0001_books.sql").write_bytes(FIRST.replace("\n", "\r\n").encode())
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


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS books_by_pages ON shelf.books (pages);",
        "-- outside a transaction\nCREATE INDEX CONCURRENTLY books_by_pages ON shelf.books (pages);",
        "-- outside a transaction\ncreate unique index\n concurrently books_by_pages ON shelf.books (pages);",
    ],
)
def test_an_index_that_a_crash_could_leave_unfinished_is_rejected(package: str, tmp_path: Path, statement: str) -> None:
    (tmp_path / package / "0003_by_pages.sql").write_text(statement)
    with pytest.raises(MigrationError, match=r"0003_by_pages\.sql: CREATE INDEX CONCURRENTLY needs the first line"):
        migrations_of(package)


def test_a_file_declares_that_it_runs_outside_a_transaction(package: str, tmp_path: Path) -> None:
    (tmp_path / package / "0003_by_pages.sql").write_text(
        "-- outside a transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS books_by_pages ON shelf.books (pages);\n"
    )
    assert [(one.outside, one.concurrent_index) for one in migrations_of(package)] == [
        (False, None),
        (False, None),
        (True, "books_by_pages"),
    ]

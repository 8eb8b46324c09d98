"""Migrations are applied once and in order to a real PostgreSQL, from packages of SQL files that the tests write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from quotewire_runtime.postgres.migrations import MigrationError, migrate, pending

pytestmark = pytest.mark.integration

FIRST = "CREATE TABLE shelf.books (title text PRIMARY KEY);\nINSERT INTO shelf.books VALUES ('100 % true');"
SECOND = "ALTER TABLE shelf.books ADD COLUMN pages integer;"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """An importable package with two migrations; its name is the test's own."""
    name = f"migrations_of_{request.node.name.split('[')[0]}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "0001_books.sql").write_text(FIRST)
    (folder / "0002_pages.sql").write_text(SECOND)
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


async def test_applies_each_file_once_and_in_order(empty_postgres_dsn: str, package: str) -> None:
    async with await psycopg.AsyncConnection.connect(empty_postgres_dsn) as connection:
        assert await pending(connection, package, schema="shelf") == ["0001_books", "0002_pages"]
    assert await migrate(empty_postgres_dsn, package, schema="shelf") == ["0001_books", "0002_pages"]
    assert await migrate(empty_postgres_dsn, package, schema="shelf") == []
    async with await psycopg.AsyncConnection.connect(empty_postgres_dsn) as connection:
        assert await pending(connection, package, schema="shelf") == []
        rows = await (await connection.execute("SELECT title, pages FROM shelf.books")).fetchall()
        assert rows == [("100 % true", None)]


def test_four_processes_at_once_apply_each_file_once(empty_postgres_dsn: str, package: str, tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from quotewire_runtime.postgres.migrations import migrate_now;"
        "print(*migrate_now(sys.argv[2], sys.argv[3], schema='shelf'))"
    )
    command = [sys.executable, "-c", program, str(tmp_path), empty_postgres_dsn, package]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    printed = [process.communicate(timeout=60)[0].split() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0]
    assert sorted(name for names in printed for name in names) == ["0001_books", "0002_pages"]


async def test_a_rejected_statement_leaves_nothing_of_its_file(
    empty_postgres_dsn: str, package: str, tmp_path: Path
) -> None:
    third = tmp_path / package / "0003_covers.sql"
    third.write_text("CREATE TABLE shelf.covers (colour text);\nSELECT nonsense;")
    with pytest.raises(MigrationError, match=r"0003_covers\.sql: column .nonsense. does not exist"):
        await migrate(empty_postgres_dsn, package, schema="shelf")
    third.write_text("CREATE TABLE shelf.covers (colour text);")
    assert await migrate(empty_postgres_dsn, package, schema="shelf") == ["0003_covers"]


async def test_an_edited_file_is_rejected(empty_postgres_dsn: str, package: str, tmp_path: Path) -> None:
    await migrate(empty_postgres_dsn, package, schema="shelf")
    (tmp_path / package / "0001_books.sql").write_text(FIRST + "\n-- afterthought")
    with pytest.raises(MigrationError, match=r"0001_books\.sql was edited after it was applied"):
        await migrate(empty_postgres_dsn, package, schema="shelf")


async def test_other_line_ends_are_no_edit(empty_postgres_dsn: str, package: str, tmp_path: Path) -> None:
    await migrate(empty_postgres_dsn, package, schema="shelf")
    (tmp_path / package / "0001_books.sql").write_bytes(FIRST.replace("\n", "\r\n").encode())
    assert await migrate(empty_postgres_dsn, package, schema="shelf") == []


async def test_an_older_release_leaves_a_newer_schema_alone(
    empty_postgres_dsn: str, package: str, tmp_path: Path
) -> None:
    await migrate(empty_postgres_dsn, package, schema="shelf")
    (tmp_path / package / "0002_pages.sql").unlink()
    assert await migrate(empty_postgres_dsn, package, schema="shelf") == []

"""Migrations are applied once and in order to a real PostgreSQL, from packages of SQL files that the tests write."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from kit.eventually import eventually
from kit.migration_package import FIRST, package
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.postgres.migrations import MigrationError, migrate, pending

pytestmark = pytest.mark.integration

__all__ = ["package"]

BY_PAGES = "-- outside a transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS books_by_pages ON shelf.books (pages);\n"


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
    (tmp_path / package / "0003_by_pages.sql").write_text(BY_PAGES)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from quotewire_runtime.postgres.migrations import migrate_now;"
        "print(*migrate_now(sys.argv[2], sys.argv[3], schema='shelf'))"
    )
    command = [sys.executable, "-c", program, str(tmp_path), empty_postgres_dsn, package]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    printed = [process.communicate(timeout=60)[0].split() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0]
    assert sorted(name for names in printed for name in names) == ["0001_books", "0002_pages", "0003_by_pages"]


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


async def indexes(dsn: str) -> list[tuple[str, bool]]:
    """The indexes of the table, each with whether it is finished."""
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        found = await connection.execute(
            "SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid = 'shelf.books'::regclass"
            " AND NOT indisprimary"
        )
        return await found.fetchall()


async def test_writers_go_on_while_an_index_is_built_outside_a_transaction(
    empty_postgres_dsn: str, package: str, tmp_path: Path
) -> None:
    await migrate(empty_postgres_dsn, package, schema="shelf")
    (tmp_path / package / "0003_by_pages.sql").write_text(BY_PAGES)
    async with (
        await psycopg.AsyncConnection.connect(empty_postgres_dsn) as slow,
        await psycopg.AsyncConnection.connect(empty_postgres_dsn, options="-c statement_timeout=5s") as writer,
    ):
        await slow.execute("INSERT INTO shelf.books VALUES ('slow', 1)")  # the index waits for this transaction
        building = asyncio.create_task(migrate(empty_postgres_dsn, package, schema="shelf"))
        await eventually(lambda: _begun(empty_postgres_dsn))
        await writer.execute("INSERT INTO shelf.books VALUES ('quick', 2)")
        await writer.commit()
        assert not building.done()
        await slow.commit()
        assert await building == ["0003_by_pages"]
    assert await indexes(empty_postgres_dsn) == [("shelf.books_by_pages", True)]


async def test_an_index_that_a_crash_left_unfinished_is_built_again(
    empty_postgres_dsn: str, package: str, tmp_path: Path
) -> None:
    await migrate(empty_postgres_dsn, package, schema="shelf")
    (tmp_path / package / "0003_by_pages.sql").write_text(BY_PAGES)
    async with await psycopg.AsyncConnection.connect(empty_postgres_dsn) as slow:
        await slow.execute("INSERT INTO shelf.books VALUES ('slow', 1)")
        building = asyncio.create_task(migrate(empty_postgres_dsn, package, schema="shelf"))
        await eventually(lambda: _begun(empty_postgres_dsn))
        async with await psycopg.AsyncConnection.connect(empty_postgres_dsn, autocommit=True) as admin:
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index WHERE datname = current_database()"
            )
        with pytest.raises(DatabaseUnavailable):
            await building
    assert await indexes(empty_postgres_dsn) == [("shelf.books_by_pages", False)]
    assert await migrate(empty_postgres_dsn, package, schema="shelf") == ["0003_by_pages"]
    assert await indexes(empty_postgres_dsn) == [("shelf.books_by_pages", True)]


async def test_a_crash_before_the_file_was_recorded_repeats_it_without_harm(
    empty_postgres_dsn: str, package: str, tmp_path: Path
) -> None:
    (tmp_path / package / "0003_by_pages.sql").write_text(BY_PAGES)
    await migrate(empty_postgres_dsn, package, schema="shelf")
    async with await psycopg.AsyncConnection.connect(empty_postgres_dsn) as connection:
        await connection.execute("DELETE FROM shelf.migrations WHERE name = '0003_by_pages'")
    assert await migrate(empty_postgres_dsn, package, schema="shelf") == ["0003_by_pages"]
    assert await indexes(empty_postgres_dsn) == [("shelf.books_by_pages", True)]


async def _begun(dsn: str) -> bool:
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        found = await connection.execute(
            "SELECT FROM pg_stat_progress_create_index"
            " WHERE datname = current_database() AND phase LIKE 'waiting for writers%'"
        )
        return found.rowcount > 0


@pytest.fixture
async def reader_dsn(empty_postgres_dsn: str) -> AsyncIterator[str]:
    """A role that may create nothing, and read every table that there will be."""
    role = sql.Identifier(f"reader_{uuid.uuid4().hex[:8]}")
    async with await psycopg.AsyncConnection.connect(empty_postgres_dsn, autocommit=True) as admin:
        await admin.execute(sql.SQL("CREATE ROLE {} IN ROLE pg_read_all_data").format(role))
    yield make_conninfo(empty_postgres_dsn, options=f"-c role={role.as_string()[1:-1]}")
    async with await psycopg.AsyncConnection.connect(empty_postgres_dsn, autocommit=True) as admin:
        await admin.execute(sql.SQL("DROP ROLE {}").format(role))


async def test_a_role_that_may_create_nothing_finds_everything_up_to_date(
    empty_postgres_dsn: str, reader_dsn: str, package: str, tmp_path: Path
) -> None:
    with pytest.raises(MigrationError, match=r"permission denied for database .*: migrate with the role that owns it"):
        await migrate(reader_dsn, package, schema="shelf")
    await migrate(empty_postgres_dsn, package, schema="shelf")
    assert await migrate(reader_dsn, package, schema="shelf") == []
    (tmp_path / package / "0003_covers.sql").write_text("CREATE TABLE shelf.covers (colour text);")
    with pytest.raises(MigrationError, match=r"0003_covers\.sql: permission denied for schema shelf"):
        await migrate(reader_dsn, package, schema="shelf")

"""Apply the SQL files of a package to PostgreSQL: in order, each once, also when several processes do it at once.

A package of migrations holds files named `0001_articles.sql`, numbered without gaps. The table `<schema>.migrations`
records each file that was applied, with its SHA-256. A file that was applied is never edited: write the next one.
Migrations only add, so that a service one release older keeps working on a newer schema; files applied by a newer
release are therefore no error.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from typing import Final

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from quotewire_runtime.errors import QuotewireError
from quotewire_runtime.postgres.errors import DatabaseUnavailable, Failure, classify, first_line

FILE_NAME: Final = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")

# While a migration waits for a table, every later query of that table waits behind it. Ten seconds is longer than any
# transaction of ours (a batch of the store: well under one second) and short enough not to be an outage.
LOCK_TIMEOUT_S: Final = 10


class MigrationError(QuotewireError):
    """The migrations are wrong, or PostgreSQL rejects one; trying again will not help."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file: its name without the suffix, its text with Unix line ends, and the SHA-256 of that text."""

    name: str
    text: str
    checksum: str


def migrations_of(package: str) -> list[Migration]:
    """Read the migrations of an importable package, in order.

    Raises:
        MigrationError: a file's name is not `NNNN_words.sql`, or the numbers do not run 1, 2, 3, …
    """
    found: list[Migration] = []
    for file in sorted(resources.files(package).iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".sql"):
            continue
        match = FILE_NAME.fullmatch(file.name)
        if match is None or int(match["number"]) != len(found) + 1:
            raise MigrationError(f"{package}: {file.name} should be named {len(found) + 1:04}_words.sql")
        text = file.read_bytes().decode("utf-8").replace("\r\n", "\n")
        found.append(Migration(file.name.removesuffix(".sql"), text, hashlib.sha256(text.encode()).hexdigest()))
    return found


async def migrate(dsn: str, package: str, *, schema: str) -> list[str]:
    """Apply what `package` holds and `schema` lacks; return the names applied here, in order.

    Each file is one transaction, under an advisory lock of the transaction (so it also works through a pooler). For
    each file the lock is acquired and the table of migrations read again: of several callers, exactly one applies a
    file, and all return only when nothing is left to apply. A migration holds no statement that cannot run in a
    transaction.

    Raises:
        DatabaseUnavailable: PostgreSQL does not answer, rejects the login, or stops in between. Call again later.
        MigrationError: an applied file was edited since, or PostgreSQL rejects a statement.
    """
    wanted = migrations_of(package)
    applied: list[str] = []
    try:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            while (name := await _apply_next(connection, wanted, schema)) is not None:
                applied.append(name)
    except psycopg.Error as error:
        if classify(error) not in (Failure.UNAVAILABLE, Failure.CONFLICT):
            raise
        raise DatabaseUnavailable(f"PostgreSQL, schema {schema}: {first_line(error)}") from error
    return applied


def migrate_now(dsn: str, package: str, *, schema: str) -> list[str]:
    """Do the same as `migrate`, for callers without an event loop."""
    return asyncio.run(migrate(dsn, package, schema=schema))


async def pending(connection: psycopg.AsyncConnection[TupleRow], package: str, *, schema: str) -> list[str]:
    """Return the names of `package` that were not applied to `schema` yet; all where the schema does not exist.

    A service that finds any waits for `quotewire migrate` instead of failing on its first record.
    """
    names = [migration.name for migration in migrations_of(package)]
    async with connection.cursor() as cursor:
        await cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{schema}.migrations"])
        if await cursor.fetchone() != (True,):
            return names
        await cursor.execute(sql.SQL("SELECT name FROM {}").format(sql.Identifier(schema, "migrations")))
        applied = {row[0] for row in await cursor.fetchall()}
    return [name for name in names if name not in applied]


async def _apply_next(
    connection: psycopg.AsyncConnection[TupleRow], wanted: list[Migration], schema: str
) -> str | None:
    """Apply the first migration that is missing and return its name, or None when none is missing."""
    table = sql.Identifier(schema, "migrations")
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"quotewire migrations {schema}"]
        )
        await cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
        await cursor.execute(
            sql.SQL(
                "CREATE TABLE IF NOT EXISTS {} (name text PRIMARY KEY, checksum text NOT NULL,"
                " applied_at timestamptz NOT NULL DEFAULT now())"
            ).format(table)
        )
        await cursor.execute(sql.SQL("SELECT name, checksum FROM {}").format(table))
        applied: dict[str, str] = dict(await cursor.fetchall())
        for migration in wanted:
            if migration.name not in applied:
                await _apply(cursor, migration, table)
                return migration.name
            if applied[migration.name] != migration.checksum:
                raise MigrationError(
                    f"schema {schema}: {migration.name}.sql was edited after it was applied;"
                    " restore the file and put the change into a new one"
                )
    return None


async def _apply(cursor: psycopg.AsyncCursor[TupleRow], migration: Migration, table: sql.Identifier) -> None:
    await cursor.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(f"{LOCK_TIMEOUT_S}s"))
    try:
        await cursor.execute(migration.text.encode())
    except psycopg.errors.LockNotAvailable as error:
        raise MigrationError(
            f"{migration.name}.sql: a table was in use for {LOCK_TIMEOUT_S} s; nothing was changed, run it again"
        ) from error
    except psycopg.Error as error:
        if classify(error) in (Failure.UNAVAILABLE, Failure.CONFLICT):
            raise  # the connection, not the file: `migrate` reports it
        raise MigrationError(f"{migration.name}.sql: {first_line(error)}") from error
    await cursor.execute(
        sql.SQL("INSERT INTO {} (name, checksum) VALUES (%s, %s)").format(table), [migration.name, migration.checksum]
    )

"""Apply the SQL files of a package to PostgreSQL: in order, each once, also when several processes do it at once.

A package of migrations holds files named `0001_articles.sql`, numbered without gaps. The table `<schema>.migrations`
records each file that was applied, with its SHA-256. A file that was applied is never edited: write the next one.
Migrations only add, so that a service one release older keeps working on a newer schema; files applied by a newer
release are therefore no error.

A file is one transaction. PostgreSQL runs some statements only outside of one; a file whose first line is
``-- outside a transaction`` holds one such statement and nothing else, for example::

    -- outside a transaction
    CREATE INDEX CONCURRENTLY IF NOT EXISTS books_by_title ON shelf.books (title);

An index on a table that may be large is built like that: an ordinary ``CREATE INDEX`` stops all writers until it is
done. After a crash the statement runs again, so it must be harmless when repeated; an index that the crash left
unfinished (``INVALID``) is dropped first.
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
OUTSIDE: Final = "-- outside a transaction\n"
CONCURRENT_INDEX: Final = re.compile(
    r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?P<repeatable>IF\s+NOT\s+EXISTS\s+)?(?P<name>\w+)",
    re.IGNORECASE,
)

# While a migration waits for a table, every later query of that table waits behind it. Ten seconds is longer than any
# transaction of ours (a batch of the store: well under one second) and short enough not to be an outage.
LOCK_TIMEOUT_S: Final = 10

# Between two attempts to get the lock of all migrations. Whoever waits must not wait in a statement: CREATE INDEX
# CONCURRENTLY waits for every statement that began before it, and would never end.
RETRY_INTERVAL_S: Final = 0.2


class MigrationError(QuotewireError):
    """The migrations are wrong, or PostgreSQL rejects one; trying again will not help."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One SQL file: its name without the suffix, its text with Unix line ends, and the SHA-256 of that text."""

    name: str
    text: str
    checksum: str

    @property
    def outside(self) -> bool:
        """Whether its statement runs outside a transaction."""
        return self.text.startswith(OUTSIDE)

    @property
    def concurrent_index(self) -> str | None:
        """The index that it builds with ``CREATE INDEX CONCURRENTLY``."""
        found = CONCURRENT_INDEX.search(self.text) if self.outside else None
        return found["name"] if found else None


def migrations_of(package: str) -> list[Migration]:
    """Read the migrations of an importable package, in order.

    Raises:
        MigrationError: a file's name is not `NNNN_words.sql`, the numbers do not run 1, 2, 3, …, or an index is built
            concurrently in a way that fails when it is repeated.
    """
    found: list[Migration] = []
    for file in sorted(resources.files(package).iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".sql"):
            continue
        match = FILE_NAME.fullmatch(file.name)
        if match is None or int(match["number"]) != len(found) + 1:
            raise MigrationError(f"{package}: {file.name} should be named {len(found) + 1:04}_words.sql")
        text = file.read_bytes().decode("utf-8").replace("\r\n", "\n")
        index = CONCURRENT_INDEX.search(text)
        if index is not None and not (text.startswith(OUTSIDE) and index["repeatable"]):
            needs = f"the first line {OUTSIDE.strip()!r} and IF NOT EXISTS"
            raise MigrationError(f"{package}: {file.name}: CREATE INDEX CONCURRENTLY needs {needs}")
        found.append(Migration(file.name.removesuffix(".sql"), text, hashlib.sha256(text.encode()).hexdigest()))
    return found


async def migrate(dsn: str, package: str, *, schema: str) -> list[str]:
    """Apply what `package` holds and `schema` lacks; return the names applied here, in order.

    Each file is applied under an advisory lock of a transaction (so it also works through a pooler). For each file the
    lock is acquired and the table of migrations read again: of several callers, exactly one applies a file, and all
    return only when nothing is left to apply. Where nothing is, the role needs no right but to read the table.

    Raises:
        DatabaseUnavailable: PostgreSQL does not answer, rejects the login, or stops in between. Call again later.
        MigrationError: an applied file was edited since, or PostgreSQL rejects a statement.
    """
    wanted = migrations_of(package)
    applied: list[str] = []
    try:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            # In any stricter level, the transaction that holds the lock has a snapshot, for which an index that is
            # built concurrently would wait.
            await connection.set_isolation_level(psycopg.IsolationLevel.READ_COMMITTED)
            while (name := await _apply_next(connection, dsn, wanted, schema)) is not None:
                applied.append(name)
    except psycopg.errors.InsufficientPrivilege as error:
        raise MigrationError(f"schema {schema}: {first_line(error)}: migrate with the role that owns it") from error
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
    async with connection.cursor() as cursor:
        applied = await _applied(cursor, schema)
    return [migration.name for migration in migrations_of(package) if migration.name not in applied]


async def _apply_next(
    connection: psycopg.AsyncConnection[TupleRow], dsn: str, wanted: list[Migration], schema: str
) -> str | None:
    """Apply the first migration that is missing and return its name, or None when none is missing."""
    while True:
        async with connection.transaction(), connection.cursor() as cursor:
            if await _try_lock(cursor, schema):
                migration = _first_missing(wanted, await _applied(cursor, schema), schema)
                if migration is not None:
                    await _apply(cursor, dsn, migration, schema)
                return None if migration is None else migration.name
        await asyncio.sleep(RETRY_INTERVAL_S)


async def _try_lock(cursor: psycopg.AsyncCursor[TupleRow], schema: str) -> bool:
    """Acquire the lock of all migrations of a schema until the transaction ends; False if another has it."""
    await cursor.execute(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"quotewire migrations {schema}"]
    )
    return await cursor.fetchone() == (True,)


async def _applied(cursor: psycopg.AsyncCursor[TupleRow], schema: str) -> dict[str, str]:
    """Return the checksums of the applied migrations by name."""
    await cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{schema}.migrations"])
    if await cursor.fetchone() != (True,):
        return {}
    await cursor.execute(sql.SQL("SELECT name, checksum FROM {}").format(sql.Identifier(schema, "migrations")))
    return dict(await cursor.fetchall())


def _first_missing(wanted: list[Migration], applied: dict[str, str], schema: str) -> Migration | None:
    for migration in wanted:
        if migration.name not in applied:
            return migration
        if applied[migration.name] != migration.checksum:
            raise MigrationError(
                f"schema {schema}: {migration.name}.sql was edited after it was applied;"
                " restore the file and put the change into a new one"
            )
    return None


async def _apply(cursor: psycopg.AsyncCursor[TupleRow], dsn: str, migration: Migration, schema: str) -> None:
    table = sql.Identifier(schema, "migrations")
    await _create_table(cursor, table, schema)
    try:
        if migration.outside:
            await cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # this one only holds the lock
            await _run_outside(dsn, migration, schema)
        else:
            await cursor.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(f"{LOCK_TIMEOUT_S}s"))
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


async def _create_table(cursor: psycopg.AsyncCursor[TupleRow], table: sql.Identifier, schema: str) -> None:
    """Create schema and table where they are missing: `IF NOT EXISTS` alone needs the right to create all the same."""
    await cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema])
    if await cursor.fetchone() != (True,):
        await cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    await cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{schema}.migrations"])
    if await cursor.fetchone() != (True,):
        columns = "name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()"
        await cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(columns)))


async def _run_outside(dsn: str, migration: Migration, schema: str) -> None:
    """Run a statement in a connection of its own, while the caller's transaction holds the lock of all migrations."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        if migration.concurrent_index is not None:
            unfinished = await connection.execute(
                "SELECT FROM pg_index WHERE NOT indisvalid AND indexrelid = to_regclass(%s)",
                [f"{schema}.{migration.concurrent_index}"],
            )
            if unfinished.rowcount:
                index = sql.Identifier(schema, migration.concurrent_index)
                await connection.execute(sql.SQL("DROP INDEX CONCURRENTLY {}").format(index))
        await connection.execute(migration.text.encode())

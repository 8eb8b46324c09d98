"""PostgreSQL for ingest: connections that come back by themselves, and what their errors mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.postgres.migrations import first_line, pending

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]

MIGRATIONS = "quotewire_ingest.migrations"
SCHEMA = "ingest"

# Seconds. A transaction of ours takes well under one; the longer one is a server that is frozen or out of reach.
CONNECT_TIMEOUT_S = 5
STATEMENT_TIMEOUT_S = 20
IDLE_IN_TRANSACTION_S = 30
# SQLSTATE classes after which waiting helps: connection, resources, shutdown, system, lock, read-only, login, database.
_AWAY = ("08", "40", "53", "57", "58", "55P03", "25006", "25P03", "28", "3D000")


class DatabaseUnavailable(UnavailableError):
    """PostgreSQL does not answer, refuses us, or lacks our tables: wait and try again."""


class Database:
    """One connection, opened when needed and anew after a failure. For one task at a time.

    With a ``holder``, every connection holds an advisory lock of that name: while it lasts, others know that the
    holder lives (see ``inputs.recover``).
    """

    def __init__(self, conninfo: str, holder: str | None = None) -> None:
        self.holder = holder
        given = conninfo_to_dict(conninfo)
        limits = (
            f"-c statement_timeout={STATEMENT_TIMEOUT_S}s"
            f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_S}s"
        )
        self._conninfo = make_conninfo(
            conninfo,
            application_name="quotewire ingest",
            connect_timeout=given.get("connect_timeout") or CONNECT_TIMEOUT_S,
            options=f"{given.get('options') or ''} {limits}".strip(),
            keepalives_idle=10,
            keepalives_interval=5,
            tcp_user_timeout=15_000,  # ms: a peer that vanished is noticed by then
        )
        self._where = f"{given.get('host') or 'the local socket'}:{given.get('port') or 5432}"
        self._connection: Connection | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction; committed at the end of the block. Raises ``DatabaseUnavailable``."""
        with self._explained():
            connection = await self._open()
            try:
                async with connection.transaction():
                    yield connection
            finally:
                if connection.broken or connection.closed:
                    self._connection = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """The connection in autocommit mode, for session locks and notifications. Raises ``DatabaseUnavailable``."""
        with self._explained():
            connection = await self._open()
            try:
                yield connection
            finally:
                if connection.broken or connection.closed:
                    self._connection = None

    async def close(self) -> None:
        """Close the connection; the next transaction opens another."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            connection: Connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
            try:
                missing = await pending(connection, MIGRATIONS, schema=SCHEMA)
                if missing:
                    tables = f"PostgreSQL at {self._where} lacks our tables ({missing[0]})"
                    raise DatabaseUnavailable(f"{tables}: run quotewire migrate")
                if self.holder is not None:
                    await connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 2))", (self.holder,))
            except BaseException:
                await connection.close()
                raise
            self._connection = connection
        return self._connection

    def _explained(self) -> Any:
        return _Explained(self._where)


class _Explained:
    """Turns errors of an absent server into ``DatabaseUnavailable``; others pass."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, psycopg.Error) and (
            (isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and error.sqlstate is None)
            or (error.sqlstate or "").startswith(_AWAY)
        ):
            raise DatabaseUnavailable(f"PostgreSQL at {self._where} is away: {first_line(error)}") from error

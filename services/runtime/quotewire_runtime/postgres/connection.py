"""One connection to PostgreSQL that is opened when needed and again after a failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from quotewire_runtime.observability.health import Check
from quotewire_runtime.postgres.errors import DatabaseUnavailable, TransactionConflict, translated
from quotewire_runtime.postgres.migrations import pending

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds after which an operation is given up; an ordinary transaction takes well under one second."""

    connect_s: int = 5
    statement_s: int = 20
    """Longer than any statement takes: the server is overloaded or its disk hangs."""
    idle_in_transaction_s: int = 30
    """A replica that is frozen or cut off in a transaction holds locks that the others wait for: the server ends it."""
    transaction_s: float | None = None
    """Measured here, so that it also ends the wait for a frozen server; psycopg takes another 10 s to give it up."""


class Database:
    """Runs transactions over one connection, for one task at a time.

    Not a pool: a task has one transaction at a time, and a pool's growing pauses between attempts would make an outage
    longer.
    """

    def __init__(
        self,
        conninfo: str,
        *,
        schema: str,
        migrations: str,
        application_name: str,
        timeouts: Timeouts | None = None,
        holder: str | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            conninfo: what it names itself (application, timeouts of the connection) wins over the arguments.
            schema: the schema whose migrations must be applied before a connection is used.
            migrations: the package that holds them.
            application_name: shown by PostgreSQL in `pg_stat_activity`.
            timeouts: those of the service.
            holder: every connection holds an advisory lock of that name, ``hashtextextended(holder, 2)``: while it
                lasts, other replicas know that the holder lives.
        """
        self.holder = holder
        self._schema, self._migrations = schema, migrations
        self._timeouts = timeouts or Timeouts()
        given = conninfo_to_dict(conninfo)
        limits = (
            f"-c statement_timeout={self._timeouts.statement_s}s"
            f" -c idle_in_transaction_session_timeout={self._timeouts.idle_in_transaction_s}s"
        )
        self._conninfo = make_conninfo(
            conninfo,
            application_name=given.get("application_name") or application_name,
            connect_timeout=given.get("connect_timeout") or self._timeouts.connect_s,
            options=f"{given.get('options') or ''} {limits}".strip(),
            keepalives_idle=given.get("keepalives_idle") or 10,
            keepalives_interval=given.get("keepalives_interval") or 5,
            tcp_user_timeout=given.get("tcp_user_timeout") or 15_000,  # ms: by then a peer that vanished is noticed
        )
        self._server = f"PostgreSQL at {given.get('host') or 'local socket'}:{given.get('port') or 5432}"
        self._connection: Connection | None = None
        self._check = Check(ok=False, detail=f"{self._server}: not connected yet")

    @property
    def check(self) -> Check:
        """State after the last transaction; may be read from any thread."""
        return self._check

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Open one transaction and commit it at the end of the block.

        Raises:
            DatabaseUnavailable: the server is unavailable, lacks our tables, or (``TransactionConflict``) another
                transaction was in the way. The commit may have gone through all the same, so the block must be harmless
                when repeated.
            ValuesRejected: PostgreSQL never takes these values.
        """
        async with self._translating():
            try:
                async with asyncio.timeout(self._timeouts.transaction_s) as limit:
                    connection = await self._open()
                    async with connection.transaction():
                        yield connection
            except TimeoutError as error:
                if not limit.expired():
                    raise
                waited = f"no answer for {self._timeouts.transaction_s:g} s"
                raise DatabaseUnavailable(f"{self._server}: {waited}") from error
            self._set_check(None)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Give the connection in autocommit mode, for session locks and notifications; raises as `transaction`."""
        async with self._translating():
            connection = await self._open()
            self._set_check(None)
            yield connection

    async def close(self) -> None:
        """Close the connection; the next transaction opens another."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            connection: Connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
            try:
                if missing := await pending(connection, self._migrations, schema=self._schema):
                    lacks = f"schema {self._schema} lacks {', '.join(missing)}"
                    raise DatabaseUnavailable(f"{self._server}: {lacks}: run `quotewire migrate`")
                if self.holder is not None:
                    await connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 2))", (self.holder,))
            except BaseException:
                await connection.close()
                raise
            self._connection = connection
        return self._connection

    @asynccontextmanager
    async def _translating(self) -> AsyncIterator[None]:
        """Translate what psycopg raises, and give up a connection that is of no use any more."""
        try:
            with translated(self._server):
                yield
        except DatabaseUnavailable as error:
            if not isinstance(error, TransactionConflict):
                await self._give_up()
            self._set_check(str(error))
            raise
        finally:
            if self._connection is not None and (self._connection.broken or self._connection.closed):
                self._connection = None

    async def _give_up(self) -> None:
        """Close the connection, unless its lock shows others that the holder lives: that one goes when it breaks."""
        if self.holder is None:
            await self.close()

    def _set_check(self, problem: str | None) -> None:
        self._check = Check(ok=problem is None, detail=problem or f"{self._server}: connected")

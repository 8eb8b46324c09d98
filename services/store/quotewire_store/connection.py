"""One connection to PostgreSQL that comes back by itself, and what its errors mean for a record."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from quotewire_runtime.observability.health import Check
from quotewire_runtime.postgres.migrations import first_line, pending
from quotewire_runtime.results import Retry

Connection: TypeAlias = psycopg.AsyncConnection[TupleRow]
Result = TypeVar("Result")

# Seconds. All of them stay under the rebalance timeout of the consumer group (60), so that a replica that waits for
# the database is not taken for dead; a batch of 64 articles takes well under one.
CONNECT_TIMEOUT_S: Final = 5
STATEMENT_TIMEOUT_S: Final = 20
TRANSACTION_TIMEOUT_S: Final = 30  # seen from here: ends the wait for a frozen server; psycopg adds 10 s to give up
# A replica that is frozen or cut off in mid-transaction holds locks that the others wait for: the server ends it.
IDLE_IN_TRANSACTION_S: Final = 10

RETRY_S: Final = 1.0
"""Pause before the outside is tried again: a restarted PostgreSQL answers within seconds, and one connection attempt
a second is no load."""
RETRY_CONFLICT_S: Final = 0.05
"""After a deadlock or serialisation failure the other transaction has won already: only step aside."""

MIGRATIONS: Final = "quotewire_store.migrations"
SCHEMA: Final = "news"

# SQLSTATE classes, https://www.postgresql.org/docs/18/errcodes-appendix.html
_CONFLICT: Final = ("40",)
_AWAY: Final = (
    "08",  # connection
    "53",  # disk full, out of memory, too many connections
    "57",  # shutdown, crash, cannot connect now, cancelled by a timeout
    "58",  # input/output errors of the server's system
    "55P03",  # lock not available
    "25006",  # read-only: a standby that is about to be promoted
    "25P03",  # idle in transaction for too long: we were frozen
    "28",  # login refused: a password that is just being changed
    "3D000",  # no such database (yet)
)
_REFUSED: Final = ("22", "23", "54")  # data exception, constraint, a limit of the database such as an index row's size


class Refused(Exception):
    """The database does not take these values, today or ever."""


class Database:
    """Runs transactions over one connection, opened when needed and anew after every failure.

    Not a pool: a stage has one batch at a time, and a pool's growing pauses between attempts would lengthen an outage.
    """

    def __init__(self, conninfo: str, application_name: str = "quotewire store") -> None:
        given = conninfo_to_dict(conninfo)
        limits = {
            "statement_timeout": STATEMENT_TIMEOUT_S,
            "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_S,
        }
        options = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
        self._conninfo = make_conninfo(
            conninfo,
            application_name=given.get("application_name", application_name),
            connect_timeout=given.get("connect_timeout", CONNECT_TIMEOUT_S),
            options=f"{given.get('options', '')} {options}".strip(),
            keepalives_idle=given.get("keepalives_idle", 10),
            keepalives_interval=given.get("keepalives_interval", 5),
            tcp_user_timeout=given.get("tcp_user_timeout", 15_000),  # ms: a peer that vanished is noticed by then
        )
        self._where = f"{given.get('host', 'local socket')}:{given.get('port', 5432)}"
        self._connection: Connection | None = None
        self._check = Check(ok=False, detail=f"PostgreSQL at {self._where}: not connected yet")

    @property
    def check(self) -> Check:
        """State as of the last transaction; safe to read from any thread."""
        return self._check

    async def ensure_migrated(self) -> None:
        """Raise `Retry` unless the schema holds every migration of this release."""

        async def look(connection: Connection) -> list[str]:
            return await pending(connection, MIGRATIONS, schema=SCHEMA)

        if missing := await self.run(look):
            names = ", ".join(missing)
            raise self._away(f"schema {SCHEMA} lacks {names}: run `quotewire migrate`", RETRY_S)

    async def run(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Run `work` in one transaction and commit it.

        Raises:
            Retry: the database is away or another transaction was in the way. The commit may have gone through all
                the same, so `work` must be harmless when repeated.
            Refused: the database does not take the values; nothing was written.
        """
        try:
            async with asyncio.timeout(TRANSACTION_TIMEOUT_S):
                connection = await self._connected()
                async with connection.transaction():
                    result = await work(connection)
        except TimeoutError as error:
            await self.close()
            raise self._away(f"no answer for {TRANSACTION_TIMEOUT_S} s", RETRY_S) from error
        except psycopg.Error as error:
            state = error.sqlstate
            if state is not None and state.startswith(_REFUSED):
                raise Refused(error.diag.message_primary or first_line(error)) from error
            if state is not None and state.startswith(_CONFLICT):
                raise self._away(first_line(error), RETRY_CONFLICT_S) from error
            if state is None and isinstance(error, psycopg.DataError):  # refused by the client library, as U+0000 is
                raise Refused(first_line(error)) from error
            if state is None or state.startswith(_AWAY):
                await self.close()
                raise self._away(first_line(error), RETRY_S) from error
            raise
        self._check = Check(ok=True, detail=f"PostgreSQL at {self._where}: connected")
        return result

    async def close(self) -> None:
        """Drop the connection; the next `run` opens another."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        return self._connection

    def _away(self, why: str, after: float) -> Retry:
        message = f"PostgreSQL at {self._where}: {why}"
        self._check = Check(ok=False, detail=message)
        return Retry(after, message)

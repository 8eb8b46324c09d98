"""The database of the store: schema `news`, and what its errors mean for a batch of the stage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from quotewire_runtime.postgres.connection import Connection, Database, Timeouts
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.results import Retry

# All stay under the rebalance timeout of the consumer group (60 s), so that a replica that waits for the database is
# not removed from the group. A batch of 64 articles takes well under one second.
TIMEOUTS: Final = Timeouts(connect_s=5, statement_s=20, idle_in_transaction_s=10, transaction_s=30)

MIGRATIONS: Final = "quotewire_store.migrations"
SCHEMA: Final = "news"


def store_database(conninfo: str, application_name: str = "quotewire store", timeouts: Timeouts = TIMEOUTS) -> Database:
    """Prepare a connection to the store's tables; nothing is opened yet."""
    return Database(
        conninfo, schema=SCHEMA, migrations=MIGRATIONS, application_name=application_name, timeouts=timeouts
    )


@asynccontextmanager
async def stage_transaction(database: Database) -> AsyncIterator[Connection]:
    """Open one transaction for a batch of the stage and commit it at the end of the block.

    Raises:
        Retry: PostgreSQL is unavailable, lacks our tables, or another transaction was in the way. The commit may have
            gone through all the same, so the block must be harmless when repeated.
        ValuesRejected: PostgreSQL never takes these values; nothing was written.
    """
    try:
        async with database.transaction() as connection:
            yield connection
    except DatabaseUnavailable as error:
        raise Retry(error.retry_after_s, str(error)) from error

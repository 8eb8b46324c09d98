"""The database of ingest: schema `ingest`, unavailable until its migrations are applied."""

from __future__ import annotations

from quotewire_runtime.postgres.connection import Database

MIGRATIONS = "quotewire_ingest.migrations"
SCHEMA = "ingest"


def ingest_database(conninfo: str, holder: str | None = None) -> Database:
    """Prepare a connection; with a ``holder``, inputs can be leased over it (see ``queue.abandoned``)."""
    return Database(conninfo, schema=SCHEMA, migrations=MIGRATIONS, application_name="quotewire ingest", holder=holder)

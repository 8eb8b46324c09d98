"""The real PostgreSQL of a test session, and a database of its own for each test."""

import importlib.util
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from kit.parts import fail_without_traceback
from kit.ports import free_port
from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire_runtime.postgres.migrations import migrate_now

MIGRATIONS = {"quotewire_ingest.migrations": "ingest", "quotewire_store.migrations": "news"}


@pytest.fixture(scope="session")
def local_postgres(session_folder: Path) -> Iterator[LocalPostgres]:
    """The server itself, for tests that stop it (they start it again before they end)."""
    with fail_without_traceback():
        server = LocalPostgres(
            session_folder / "postgres",
            home=session_folder,
            log=session_folder / "postgres.log",
            programs=find_postgres(),
            throwaway=True,
            port=free_port(),
        )
        server.prepare()
        server.start()
        server.wait_ready()
    yield server
    server.stop_timeout_s = 0  # nothing needs to be kept: no need to wait for an orderly stop
    server.stop()


@pytest.fixture(scope="session")
def migrated_template(local_postgres: LocalPostgres) -> str:
    """The name of a database with every migration applied, from which each test's database is copied (60 ms)."""
    name = "template_migrated"
    local_postgres.create_database(name)
    for package, schema in MIGRATIONS.items():
        if importlib.util.find_spec(package) is not None:
            migrate_now(_dsn(local_postgres, name), package, schema=schema)
    return name


@pytest.fixture
def postgres_dsn(local_postgres: LocalPostgres, migrated_template: str) -> Iterator[str]:
    """The connection string of a new, migrated database."""
    with _database(local_postgres, migrated_template) as dsn:
        yield dsn


@pytest.fixture
def empty_postgres_dsn(local_postgres: LocalPostgres) -> Iterator[str]:
    """The connection string of a new, empty database."""
    with _database(local_postgres, "template1") as dsn:
        yield dsn


@contextmanager
def _database(server: LocalPostgres, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_dsn(server, "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield _dsn(server, name)
    finally:
        with psycopg.connect(_dsn(server, "postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _dsn(server: LocalPostgres, database: str) -> str:
    return f"{server.dsn.rpartition('/')[0]}/{database}"

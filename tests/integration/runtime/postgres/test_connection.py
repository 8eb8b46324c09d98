"""One connection to a real PostgreSQL: transactions, what its errors become, the lock of a holder."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest

from kit.ports import free_port
from quotewire_runtime.postgres.connection import Database, Timeouts
from quotewire_runtime.postgres.errors import DatabaseUnavailable, TransactionConflict, ValuesRejected

pytestmark = pytest.mark.integration

LOCKED = "SELECT NOT pg_try_advisory_xact_lock(hashtextextended('replica 1', 2))"


def database(dsn: str, holder: str | None = None, timeouts: Timeouts | None = None) -> Database:
    return Database(
        dsn, schema="news", migrations="quotewire_store.migrations", application_name="probe",
        timeouts=timeouts, holder=holder,
    )  # fmt: skip


def query(dsn: str, statement: str) -> object:
    with psycopg.connect(dsn) as connection:
        return (connection.execute(statement.encode()).fetchone() or (None,))[0]


async def test_a_transaction_is_committed_at_its_end_or_not_at_all(postgres_dsn: str) -> None:
    probe = database(postgres_dsn)
    assert not probe.check.ok
    async with probe.transaction() as connection:
        await connection.execute("CREATE TABLE public.numbers (n integer)")
    with suppress(ZeroDivisionError):
        async with probe.transaction() as connection:
            await connection.execute("INSERT INTO public.numbers VALUES (1)")
            raise ZeroDivisionError
    assert query(postgres_dsn, "SELECT count(*) FROM public.numbers") == 0
    assert probe.check.ok
    await probe.close()


async def test_a_session_shows_its_name_and_its_limits(postgres_dsn: str) -> None:
    probe = database(postgres_dsn, timeouts=Timeouts(statement_s=7, idle_in_transaction_s=9))
    async with probe.connection() as connection:
        for name, expected in (
            ("application_name", "probe"),
            ("statement_timeout", "7s"),
            ("idle_in_transaction_session_timeout", "9s"),
        ):
            cursor = await connection.execute("SELECT current_setting(%s)", (name,))
            assert await cursor.fetchone() == (expected,)
    await probe.close()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 2147483648::integer", ValuesRejected),
        ("SELECT repeat('x', 2000000000)", ValuesRejected),
        ("DO $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '40P01'; END $$", TransactionConflict),
        ("DO $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '53100'; END $$", DatabaseUnavailable),
        ("SELECT FROM public.nowhere", psycopg.errors.UndefinedTable),
    ],
)
async def test_errors_become_what_callers_handle(postgres_dsn: str, statement: str, expected: type[Exception]) -> None:
    probe = database(postgres_dsn)
    with pytest.raises(expected) as caught:
        async with probe.transaction() as connection:
            await connection.execute(statement.encode())
    assert type(caught.value) is expected
    async with probe.transaction() as connection:
        await connection.execute("SELECT 1")
    await probe.close()


async def test_missing_migrations_are_waited_for(empty_postgres_dsn: str) -> None:
    probe = database(empty_postgres_dsn)
    with pytest.raises(DatabaseUnavailable, match=r"schema news lacks 0001_articles, .*: run `quotewire migrate`"):
        async with probe.transaction():
            pass


async def test_a_server_that_does_not_answer_is_named(postgres_dsn: str) -> None:
    probe = database(f"postgresql://u:secret@127.0.0.1:{(port := free_port())}/x")
    with pytest.raises(DatabaseUnavailable, match=rf"^PostgreSQL at 127\.0\.0\.1:{port}: ") as caught:
        async with probe.connection():
            pass
    assert "secret" not in str(caught.value)
    assert probe.check.detail == str(caught.value)


async def test_a_transaction_has_a_time_limit_and_the_next_one_works(postgres_dsn: str) -> None:
    probe = database(postgres_dsn, timeouts=replace(Timeouts(), transaction_s=0.5))
    with pytest.raises(DatabaseUnavailable, match=r"no answer for 0\.5 s"):
        async with probe.transaction() as connection:
            await connection.execute("SELECT pg_sleep(30)")
    async with probe.transaction() as connection:
        await connection.execute("SELECT 1")
    assert probe.check.ok
    await probe.close()


async def test_a_holder_is_known_to_live_while_its_connection_lasts(postgres_dsn: str) -> None:
    probe = database(postgres_dsn, holder="replica 1")
    assert query(postgres_dsn, LOCKED) is False
    async with probe.transaction() as connection:
        await connection.execute("SELECT 1")
    assert query(postgres_dsn, LOCKED) is True
    with pytest.raises(DatabaseUnavailable):  # the connection, and the lock with it, outlives errors that pass
        async with probe.transaction() as connection:
            await connection.execute("DO $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '53100'; END $$")
    assert query(postgres_dsn, LOCKED) is True
    await probe.close()
    assert query(postgres_dsn, LOCKED) is False


async def test_a_connection_that_the_server_ended_is_opened_again(postgres_dsn: str) -> None:
    probe = database(postgres_dsn, holder="replica 1")
    with pytest.raises(DatabaseUnavailable):
        async with probe.transaction() as connection:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    async with probe.transaction() as connection:
        await connection.execute("SELECT 1")
    assert query(postgres_dsn, LOCKED) is True
    await probe.close()

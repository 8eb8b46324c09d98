"""PostgreSQL unavailable, at start and in between; and what each of its errors means for a record."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from kit.builders import article, enriched
from kit.eventually import eventually
from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire_runtime.postgres.migrations import migrate
from quotewire_runtime.results import Retry
from quotewire_store.database import TIMEOUTS, store_database
from quotewire_store.handler import StoreHandler

from .stored import query, store

pytestmark = pytest.mark.integration


@pytest.fixture
def own_server(session_folder: Path, tmp_path: Path) -> Iterator[LocalPostgres]:
    """A server of the test's own, prepared and not started."""
    server = LocalPostgres(
        tmp_path / "postgres", home=session_folder, log=tmp_path / "postgres.log", programs=find_postgres()
    )
    server.prepare()
    yield server
    _wake(server)
    server.stop()


async def test_unavailable_at_start_is_waited_for(own_server: LocalPostgres) -> None:
    handler = StoreHandler(store_database(own_server.dsn))
    with pytest.raises(Retry, match=rf"^PostgreSQL at 127\.0\.0\.1:{own_server.port}: .*refused"):
        await handler.start()
    assert not handler.checks()["postgres"].ok
    own_server.start()
    own_server.wait_ready()
    with pytest.raises(Retry, match="does not exist"):
        await handler.start()
    own_server.create_database()
    with pytest.raises(Retry, match=r"schema news lacks 0001_articles, .*: run `quotewire migrate`"):
        await handler.start()
    await migrate(own_server.dsn, "quotewire_store.migrations", schema="news")
    await handler.start()
    assert handler.checks()["postgres"].ok
    await handler.stop()


async def test_unavailable_while_idle_is_noticed(own_server: LocalPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quotewire_store.handler.PING_INTERVAL_S", 0.05)
    own_server.start()
    own_server.wait_ready()
    own_server.create_database()
    await migrate(own_server.dsn, "quotewire_store.migrations", schema="news")
    handler = StoreHandler(store_database(own_server.dsn))
    await handler.start()
    own_server.stop()
    await eventually(lambda: not handler.checks()["postgres"].ok, within=20)
    own_server.start()
    await eventually(lambda: handler.checks()["postgres"].ok, within=20)
    await handler.stop()


def _stop(server: LocalPostgres) -> None:
    server.stop()
    server.start()


def _kill(server: LocalPostgres) -> None:
    assert server.identity is not None
    os.kill(server.identity.pid, signal.SIGKILL)
    server.stop()
    server.prepare()
    server.start()


def _freeze(server: LocalPostgres) -> None:
    """Suspend all of its processes; `_wake` resumes them."""
    for pid in _tree(server):
        os.kill(pid, signal.SIGSTOP)


def _wake(server: LocalPostgres) -> None:
    for pid in _tree(server):
        os.kill(pid, signal.SIGCONT)


def _tree(server: LocalPostgres) -> list[int]:
    if server.exit_code() is not None or server.identity is None:
        return []
    children = Path(f"/proc/{server.identity.pid}/task/{server.identity.pid}/children").read_text().split()
    return [server.identity.pid, *map(int, children)]


@pytest.fixture
async def running(own_server: LocalPostgres) -> LocalPostgres:
    own_server.start()
    own_server.wait_ready()
    own_server.create_database()
    await migrate(own_server.dsn, "quotewire_store.migrations", schema="news")
    return own_server


@pytest.mark.parametrize("disturb", [_stop, _kill, _freeze])
async def test_an_outage_in_between_loses_and_doubles_nothing(
    running: LocalPostgres, disturb: Callable[[LocalPostgres], None]
) -> None:
    """A stage repeats a batch after `Retry` while the server becomes unavailable."""
    handler = StoreHandler(store_database(running.dsn, timeouts=replace(TIMEOUTS, connect_s=2, transaction_s=1)))
    retries, done = 0, 0

    async def feed() -> None:
        nonlocal retries, done
        for number in range(120):
            while True:
                try:
                    outcomes = await store(handler, *(enriched(article(f"n{number}-{part}")) for part in range(4)))
                except Retry as retry:
                    retries += 1
                    await asyncio.sleep(min(retry.after, 0.05))
                else:
                    assert set(outcomes) <= {"stored", "unchanged"}
                    done += 1
                    break

    feeding = asyncio.create_task(feed())
    for part in (30,) if disturb is _freeze else (30, 80):  # giving up a frozen connection takes psycopg 10 s
        await eventually(lambda part=part: done >= part, within=60)  # type: ignore[misc]
        seen = retries
        await asyncio.to_thread(disturb, running)
        if disturb is _freeze:
            await eventually(lambda seen=seen: retries > seen, within=30)  # type: ignore[misc]
            _wake(running)
    await asyncio.wait_for(feeding, 60)
    assert retries > 0
    assert query(running.dsn, "SELECT count(*) FROM news.articles") == [(480,)]
    assert query(running.dsn, "SELECT count(*), count(DISTINCT article_id) FROM news.quotations") == [(480, 480)]
    assert handler.checks()["postgres"].ok
    await handler.stop()


def _raises(dsn: str, state: str) -> None:
    """Make the database answer every article with an error of this SQLSTATE."""
    with psycopg.connect(dsn) as connection:
        connection.execute(
            f"""
            CREATE FUNCTION news.fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = '{state}'; END $$;
            CREATE TRIGGER fail BEFORE INSERT ON news.articles FOR EACH ROW EXECUTE FUNCTION news.fail();
            """.encode()
        )


@pytest.mark.parametrize(
    "state",
    ["53100", "53200", "53300", "57014", "57P01", "57P03", "58030", "40001", "40P01", "55P03", "25006", "08006"],
)
async def test_outages_and_conflicts_are_retried(handler: StoreHandler, postgres_dsn: str, state: str) -> None:
    _raises(postgres_dsn, state)
    with pytest.raises(Retry, match="as asked"):
        await store(handler, enriched())
    with psycopg.connect(postgres_dsn) as connection:
        connection.execute("DROP FUNCTION news.fail CASCADE")
    assert await store(handler, enriched()) == ["stored"]


@pytest.mark.parametrize("state", ["22021", "22P05", "23514", "23505", "54000"])
async def test_what_is_wrong_with_the_values_is_a_dead_letter(
    handler: StoreHandler, postgres_dsn: str, state: str
) -> None:
    _raises(postgres_dsn, state)
    assert await store(handler, enriched()) == ["refused: PostgreSQL refuses it: as asked"]


@pytest.mark.parametrize("state", ["42P01", "42501", "XX000", "P0001", "0A000"])
async def test_everything_else_ends_the_process(handler: StoreHandler, postgres_dsn: str, state: str) -> None:
    _raises(postgres_dsn, state)
    with pytest.raises(psycopg.Error, match="as asked"):
        await store(handler, enriched())
    with psycopg.connect(postgres_dsn) as connection:
        connection.execute("DROP FUNCTION news.fail CASCADE")
    assert await store(handler, enriched()) == ["stored"]

"""Hosts are leased across replicas: one request at a time, and a pause after it."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from kit.eventually import eventually
from kit.harbour_post import TEXT
from kit.ingest_without_kafka import Stream, start_replicas
from kit.services import Services
from kit.site import Answer, Site, running_site
from quotewire_ingest.database import ingest_database
from quotewire_ingest.queue import host_leases, inputs
from quotewire_ingest.queue.abandoned import free_abandoned
from quotewire_ingest.queue.kinds import Input, InputKind, UrlInput, WithdrawInput
from quotewire_ingest.queue.targets import iter_items
from quotewire_runtime.postgres.connection import Connection, Database

pytestmark = pytest.mark.integration


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    database = ingest_database(postgres_dsn, "one")
    yield database
    await database.close()


async def test_a_host_is_leased_by_one_and_then_gets_a_pause(database: Database) -> None:
    async with database.transaction() as connection:
        lease = await host_leases.acquire(connection, "harbour-post.example", "one", 60)
        assert lease is not None
        assert await host_leases.acquire(connection, "harbour-post.example", "two", 60) is None
        await host_leases.release(connection, lease, 0.3)
        assert await host_leases.acquire(connection, "harbour-post.example", "two", 60) is None

    async def again() -> host_leases.HostLease | None:
        async with database.transaction() as connection:
            return await host_leases.acquire(connection, "harbour-post.example", "two", 60)

    second = await eventually(again, within=5)
    assert second is not None
    assert second.epoch == lease.epoch + 1


async def test_a_slow_holder_does_not_release_the_lease_of_another(database: Database) -> None:
    async with database.transaction() as connection:
        slow = await host_leases.acquire(connection, "harbour-post.example", "one", 60)
        await connection.execute("UPDATE ingest.hosts SET free_at = now() - interval '1 second'")
        assert slow is not None
        assert await host_leases.acquire(connection, "harbour-post.example", "two", 60) is not None
        await host_leases.release(connection, slow, 0)
        assert await host_leases.acquire(connection, "harbour-post.example", "three", 60) is None


@pytest.mark.parametrize(
    ("least", "crawl_delay", "took", "retry_after", "pause"),
    [
        (1, None, 0.1, None, 1), (1, 5, 0.1, None, 5), (1, None, 4, None, 4), (1, None, 60, None, 10),
        (0, None, 4, None, 0), (0, 2, 4, None, 2), (1, None, 0.1, 20, 20), (1, None, 0.1, 7200, 60),
    ],
)  # fmt: skip
def test_the_pause(
    least: float, crawl_delay: float | None, took: float, retry_after: float | None, pause: float
) -> None:
    assert host_leases.pause_after(least, crawl_delay, took, retry_after) == pause


async def test_hosts_take_turns_and_each_gives_its_oldest_url(database: Database) -> None:
    addresses = [f"https://{host}.example/{number}" for number in (1, 2) for host in ("a", "b", "c")]
    items = [UrlInput(address) for address in [*addresses, "no address at all"]]
    leased_names: list[str] = []
    async with database.transaction() as connection:
        await inputs.enqueue(connection, uuid.uuid4(), items)
        after = ""
        while found := await host_leases.lease_next_url(connection, "one", 60, after=after):
            leased, lease = found
            leased_names.append(leased.item.name)
            if lease is None:
                continue
            after = lease.host
            await host_leases.release(connection, lease, 0)
    assert [name for name in leased_names if name != "no address at all"] == addresses
    assert len(leased_names) == len(items)


async def test_an_input_that_nobody_postponed_is_due_by_any_clock(database: Database) -> None:
    """The database's clock may have been ahead when an input was queued."""
    async with database.transaction() as connection:
        await inputs.enqueue(connection, uuid.uuid4(), [UrlInput("https://a.example/1")])
        cursor = await connection.execute("SELECT due_at < 'epoch' FROM ingest.inputs")
        assert await cursor.fetchall() == [(True,)]
        assert await host_leases.lease_next_url(connection, "one", 60) is not None


async def test_a_long_queue_costs_what_a_short_one_does(database: Database) -> None:
    """Leasing a URL, or an input submitted after it, reads no more where 30,000 wait than where 300 do."""

    async def pages_read(waiting: int) -> int:
        items: list[Input] = [UrlInput(f"https://{number % 30}.example/{number}") for number in range(waiting)]
        items.append(WithdrawInput("https://a.example/1"))
        async with database.transaction() as connection:
            await connection.execute("TRUNCATE ingest.inputs, ingest.hosts")
            await inputs.enqueue(connection, uuid.uuid4(), items)
        async with database.connection() as connection:
            await connection.execute("ANALYZE ingest.inputs")
        async with database.transaction() as connection:
            before = await _pages(connection)
            assert await host_leases.lease_next_url(connection, "one", 60) is not None
            assert await inputs.lease(connection, "one", [InputKind.WITHDRAW], 1, 60) != []
            await free_abandoned(connection, "two")
            return await _pages(connection) - before

    assert await pages_read(30_000) < 2 * await pages_read(300) + 50


async def _pages(connection: Connection) -> int:
    cursor = await connection.execute(
        "SELECT pg_stat_get_xact_blocks_fetched('ingest.inputs'::regclass)"
        " + (SELECT sum(pg_stat_get_xact_blocks_fetched(indexrelid)) FROM pg_index"
        " WHERE indrelid = 'ingest.inputs'::regclass)"
    )
    return int((await cursor.fetchone() or (0,))[0])


async def test_three_replicas_fetch_from_a_host_one_after_the_other(stream: Stream, services: Services) -> None:
    open_now = most_open = 0
    times: list[float] = []

    async with running_site() as site:

        async def answer(writer: asyncio.StreamWriter) -> None:
            nonlocal open_now, most_open
            open_now += 1
            most_open = max(most_open, open_now)
            times.append(time.monotonic())
            await asyncio.sleep(0.05)
            body = f"<html><body><article>{TEXT}<p>Page {len(times)}.</p></article></body></html>".encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + body)
            await writer.drain()
            open_now -= 1

        paths = [f"/{number}" for number in range(12)]
        site.answers.update({path: Answer(misbehave=answer) for path in paths})
        start_replicas(services, 3, FETCH__ALLOW_PRIVATE="true", WORK__HOST_PAUSE_S="0.3")
        counts = await stream.submit(*iter_items(f"{site.url}{path}" for path in paths))
    assert counts.outcomes == {"published": 12}
    assert most_open == 1
    assert min(after - before for before, after in pairwise(times)) >= 0.3
    assert count(site, paths) == [1] * 12


def count(site: Site, paths: list[str]) -> list[int]:
    return [site.asked.count(path) for path in paths]

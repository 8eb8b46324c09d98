"""Leases: renewed while their holder works, freed at once when it has died."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.eventually import eventually
from kit.harbour_post import article
from kit.ingest_without_kafka import Stream
from kit.services import Services
from kit.site import Answer, running_site
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.database import ingest_database
from quotewire_ingest.queue import host_leases, inputs
from quotewire_ingest.queue.abandoned import free_abandoned
from quotewire_ingest.queue.kinds import UrlInput
from quotewire_ingest.queue.lease_renewal import Held, renew
from quotewire_ingest.settings import Settings, WorkSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources import feed_table
from quotewire_runtime.postgres.connection import Database

pytestmark = pytest.mark.integration

URL = "https://www.harbour-post.example/a"
SOURCE = Source(id="pier-gazette", feeds=["https://pier-gazette.example/feed"])


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    database = ingest_database(postgres_dsn, "living")
    yield database
    await database.close()


async def lease_all(database: Database, holder: str, seconds: float) -> Held:
    async with database.transaction() as connection:
        await inputs.enqueue(connection, uuid.uuid4(), [UrlInput(URL)])
        await feed_table.apply_sources(connection, [SOURCE], 300)
        found = await host_leases.lease_next_url(connection, holder, seconds)
        feeds = await feed_table.lease_due(connection, holder, 9, seconds)
    assert found is not None
    leased, host = found
    assert host is not None
    return Held(holder, [leased.input_id], [feed.url for feed in feeds], [host, *(feed.host_lease for feed in feeds)])


async def what_is_free(database: Database, within: float = 3) -> set[str]:
    async with database.transaction() as connection:
        cursor = await connection.execute(
            "SELECT 'input' FROM ingest.inputs WHERE leased_until IS NULL OR leased_until < now() UNION"
            " SELECT 'feed' FROM ingest.feeds WHERE next_poll <= now() UNION"
            " SELECT 'host ' || host FROM ingest.hosts WHERE free_at <= now() + make_interval(secs => %s)",
            (within,),
        )
        return {row[0] for row in await cursor.fetchall()}


ALL = {"input", "feed", "host harbour-post.example", "host pier-gazette.example"}


async def test_all_that_a_dead_holder_had_is_free_at_once(database: Database) -> None:
    await lease_all(database, "dead", 300)
    assert await what_is_free(database) == set()
    async with database.transaction() as connection:
        await free_abandoned(connection, "living")
    assert await what_is_free(database) == ALL


async def test_a_poller_that_died_and_had_no_input_blocks_no_host(database: Database) -> None:
    async with database.transaction() as connection:
        await feed_table.apply_sources(connection, [SOURCE], 300)
        await feed_table.lease_due(connection, "dead", 9, 300)
    async with database.transaction() as connection:
        await free_abandoned(connection, "living")
    assert await what_is_free(database) == {"feed", "host pier-gazette.example"}


async def test_what_the_living_have_stays_theirs(database: Database, postgres_dsn: str) -> None:
    await lease_all(database, "living", 300)
    other = ingest_database(postgres_dsn, "other")
    async with other.transaction() as connection:
        await free_abandoned(connection, "other")
    assert await what_is_free(database) == set()
    await other.close()


async def test_leases_are_renewed_and_those_that_ended_are_not(database: Database) -> None:
    held = await lease_all(database, "living", 0.01)
    await asyncio.sleep(0.05)
    assert await what_is_free(database) == ALL
    async with database.transaction() as connection:
        await renew(connection, held, 300)
    assert await what_is_free(database) == set()
    async with database.transaction() as connection:
        await inputs.postpone(connection, held.input_ids[0], 0)
        for lease in held.hosts:
            await host_leases.release(connection, lease, 0)
        await connection.execute("UPDATE ingest.feeds SET leased_by = 'other', next_poll = now()")
        await renew(connection, held, 300)
    assert await what_is_free(database) == ALL


async def test_a_replica_that_is_killed_while_it_polls_is_replaced_at_once(
    stream: Stream, services: Services, tmp_path: Path
) -> None:
    async with running_site() as site:
        hangs = asyncio.Event()

        async def hang(writer: asyncio.StreamWriter) -> None:
            await hangs.wait()

        site.answers["/feed"] = Answer(misbehave=hang)
        sources = tmp_path / "sources.yaml"
        sources.write_text(f"sources:\n  - id: harbour-post\n    feeds: ['{site.url}/feed']\n")
        settings = {
            "SOURCES__FILE": str(sources), "FETCH__ALLOW_PRIVATE": "true", "FETCH__CONTACT": "mailto:desk@h.example",
            "FETCH__FIRST_BYTE_TIMEOUT_S": "600", "FETCH__TOTAL_TIMEOUT_S": "600", "WORK__LEASE_S": "600",
        }  # fmt: skip
        killed = services.make("ingest", **settings).start()
        await eventually(lambda: "/feed" in site.asked, within=60)
        killed.kill()
        link = site.page("/a", article("a"))
        site.page("/feed", f"<rss version='2.0'><channel><item><link>{link}</link></item></channel></rss>")
        services.make("ingest", **settings).start()
        await eventually(lambda: stream.query("SELECT FROM ingest.inputs WHERE outcome = 'published'"), within=60)
        hangs.set()


class TestLongerThanItsLease:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"work": WorkSettings.model_construct(lease_s=0.5, host_pause_s=0)})

    async def test_a_page_that_takes_longer_than_its_lease_is_requested_once(
        self, stream: Stream, service: Ingest
    ) -> None:
        async with running_site() as site:

            async def slow(writer: asyncio.StreamWriter) -> None:
                await asyncio.sleep(3)
                body = article("a").encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + body)
                await writer.drain()

            site.answers["/a"] = Answer(misbehave=slow)
            counts = await stream.submit(UrlInput(f"{site.url}/a"))
            assert counts.outcomes == {"published": 1}
            assert site.asked.count("/a") == 1
            assert stream.query("SELECT attempts FROM ingest.inputs") == [(1,)]

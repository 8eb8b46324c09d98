"""What a server cannot give now is asked for again, when the server said or later, and is not lost."""

from __future__ import annotations

import asyncio

import pytest

from kit.eventually import eventually
from kit.harbour_post import article
from kit.ingest_without_kafka import Stream
from kit.site import Answer, running_site
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.database import ingest_database
from quotewire_ingest.hints import Hints
from quotewire_ingest.queue import link_retries
from quotewire_ingest.queue.client import JobCounts
from quotewire_ingest.queue.kinds import UrlInput
from quotewire_ingest.sources import seen_links
from quotewire_ingest.sources.feeds import Entry

pytestmark = pytest.mark.integration

FEED = "https://harbour-post.example/feed"


@pytest.mark.parametrize(
    ("path", "status", "wait_s"),
    [("/a", "429 Too Many Requests", 900), ("/a", "503 Busy", 900), ("/robots.txt", "503 Busy", 900)],
)
async def test_an_address_waits_for_as_long_as_the_server_asks(
    stream: Stream, service: Ingest, path: str, status: str, wait_s: float
) -> None:
    async with running_site() as site:
        url = site.page("/a", article("a"))
        site.answers[path] = Answer(status=status, headers={"Retry-After": str(wait_s)})
        job = _submitted(stream, url)
        waits = "SELECT extract(epoch FROM due_at - now()), outcome, attempts FROM ingest.inputs WHERE due_at > now()"
        await eventually(lambda: stream.query(waits))
        [(due_in_s, outcome, attempts)] = stream.query(waits)
        assert (outcome, attempts) == (None, 1)
        assert wait_s - 30 < due_in_s <= wait_s
        [(pause_s,)] = stream.query("SELECT extract(epoch FROM free_at - now()) FROM ingest.hosts")
        assert 30 < pause_s <= 60
        job.cancel()


async def test_an_address_is_published_when_the_server_has_recovered(stream: Stream, service: Ingest) -> None:
    async with running_site() as site:
        url = site.page("/a", article("a"))
        healthy, site.answers["/a"] = site.answers["/a"], Answer(status="503 Busy")
        job = _submitted(stream, url)
        await eventually(lambda: stream.query("SELECT FROM ingest.inputs WHERE due_at > now()"))
        site.answers["/a"] = healthy
        stream.query("UPDATE ingest.inputs SET due_at = now() RETURNING 1")
        stream.query("UPDATE ingest.hosts SET free_at = now() RETURNING 1")
        assert (await job).outcomes == {"published": 1}


async def test_a_feed_may_name_an_address_again_whose_last_attempt_failed_for_now(
    stream: Stream, service: Ingest
) -> None:
    database = ingest_database(stream.dsn)

    async def named(*urls: str) -> list[str]:
        async with database.transaction() as connection:
            return [entry.url for entry in await seen_links.add_new(connection, FEED, [_entry(url) for url in urls])]

    async with running_site() as site:
        site.answers["/busy"] = Answer(status="503 Busy")
        urls = [f"{site.url}/busy", f"{site.url}/gone"]
        assert await named(*urls) == urls
        job = _submitted(stream, *urls)
        for _ in range(2):
            await eventually(lambda: stream.query("SELECT FROM ingest.inputs WHERE due_at > now()"))
            stream.query("UPDATE ingest.inputs SET due_at = now() WHERE outcome IS NULL RETURNING 1")
        assert (await job).outcomes == {"rejected": 2}
    assert await named(*urls) == []
    [(due_in_s,)] = stream.query("SELECT extract(epoch FROM retry_at - now()) FROM ingest.links WHERE failures = 1")
    assert 3500 < due_in_s <= 3600
    stream.query("UPDATE ingest.links SET retry_at = now() WHERE failures = 1 RETURNING 1")
    assert await named(*urls) == urls[:1]
    assert await named(*urls) == []
    await database.close()


async def test_an_address_that_always_fails_is_given_up(stream: Stream) -> None:
    database = ingest_database(stream.dsn)
    waits = []
    async with database.transaction() as connection:
        await seen_links.add_new(connection, FEED, [_entry("https://harbour-post.example/a")])
        for _ in range(6):
            await link_retries.retry_later(connection, "https://www.harbour-post.example/a")
            cursor = await connection.execute("SELECT extract(epoch FROM retry_at - now()) / 3600 FROM ingest.links")
            [(hours,)] = await cursor.fetchall()
            waits.append(hours and round(hours))
            await connection.execute("UPDATE ingest.links SET retry_at = NULL")
        await link_retries.retry_later(connection, "no address")
    assert waits == [1, 4, 16, 64, None, None]
    await database.close()


def _entry(url: str) -> Entry:
    return Entry(url, Hints(), "")


def _submitted(stream: Stream, *urls: str) -> asyncio.Task[JobCounts]:
    return asyncio.create_task(stream.submit(*(UrlInput(url) for url in urls)))

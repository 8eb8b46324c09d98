"""Kafka away: the outbox fills to its limit, then nothing more is taken in, until it has drained."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from kit.documents import texts
from kit.eventually import eventually
from kit.harbour_post import article
from kit.ports import free_port
from kit.services import Service, Services
from kit.site import Answer, Misbehave, Site, running_site
from quotewire_ingest.bootstrap import outbox_backpressure
from quotewire_ingest.database import ingest_database
from quotewire_ingest.settings import OutboxSettings
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.postgres.connection import Database

from .conftest import Stream

pytestmark = pytest.mark.integration


@pytest.fixture
async def outbox(stream: Stream) -> AsyncIterator[Database]:
    database = ingest_database(stream.dsn)
    yield database
    await database.close()


async def put(outbox: Database, records: int, size: int = 100) -> None:
    async with outbox.connection() as connection:
        await connection.execute(
            "INSERT INTO ingest.outbox (topic, key, value, headers)"
            " SELECT 'news.article.v1', n::text, convert_to(repeat('x', %s), 'utf8'), %s FROM generate_series(1, %s) n",
            (size, Jsonb([]), records),
        )


async def take_out(outbox: Database, records: int) -> None:
    async with outbox.connection() as connection:
        await connection.execute(
            "DELETE FROM ingest.outbox WHERE position IN (SELECT position FROM ingest.outbox ORDER BY 1 LIMIT %s)",
            (records,),
        )


async def watched(stream: Stream, settings: OutboxSettings) -> tuple[Backpressure, asyncio.Task[None], Database]:
    database = ingest_database(stream.dsn)
    room = outbox_backpressure(database, settings)
    return room, asyncio.create_task(room.run()), database


async def test_full_at_the_limit_and_room_again_below_four_fifths(stream: Stream, outbox: Database) -> None:
    room, looking, database = await watched(stream, OutboxSettings(most_records=10))
    await put(outbox, 9)
    await asyncio.wait_for(room.wait_for_capacity(), 1)
    await put(outbox, 1)
    await eventually(lambda: room.full, within=10)
    assert room.problem == (
        "the outbox is full: 10 records of 10, 0 MiB of 1024 wait for Kafka; nothing more is taken in"
    )
    waiting = asyncio.create_task(room.wait_for_capacity())
    await take_out(outbox, 2)
    await eventually(lambda: "8 records" in (room.problem or ""), within=10)
    assert not waiting.done()
    await take_out(outbox, 1)
    await asyncio.wait_for(waiting, 10)
    assert not room.full
    looking.cancel()
    await database.close()


async def test_few_large_records_fill_it_too(stream: Stream, outbox: Database) -> None:
    room, looking, database = await watched(stream, OutboxSettings(most_mib=1))
    await put(outbox, 4, 250_000)
    await asyncio.wait_for(room.wait_for_capacity(), 1)
    await put(outbox, 1, 250_000)
    await eventually(lambda: room.full, within=10)
    looking.cancel()
    await database.close()


IN_WORK = "SELECT count(*) FROM ingest.inputs WHERE outcome IS NULL AND leased_until > now()"


async def test_feeds_and_leases_stop_until_kafka_has_taken_what_waits(
    stream: Stream, services: Services, tmp_path: Path
) -> None:
    """An hour of feeds in seconds: each poll finds news, nobody takes them, and later each goes out once."""
    async with running_site() as site:
        names = [f"news-{number}" for number in range(30)]
        for name in names:
            site.page(f"/{name}", article(name))
        site.answers["/feed"] = Answer(misbehave=news(site, names, at_once=3))
        sources_file = tmp_path / "sources.yaml"
        sources_file.write_text(f"sources: [{{id: harbour-post, feeds: ['{site.url}/feed']}}]", "utf-8")
        polling = {
            "SOURCES__FILE": str(sources_file), "SOURCES__LEAST_INTERVAL_S": "0.1", "SOURCES__MOST_INTERVAL_S": "0.2",
            "FETCH__ALLOW_PRIVATE": "true", "FETCH__CONTACT": "mailto:desk@harbour-post.example",
            "WORK__HOST_PAUSE_S": "0",
        }  # fmt: skip
        cut_off = services.make(
            "ingest", KAFKA__BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}", OUTBOX__MOST_RECORDS="5", **polling
        ).start()
        await eventually(lambda: not outbox_check(cut_off)["ok"], within=60)
        assert re.search(r"\d+ records of 5", str(outbox_check(cut_off)["detail"]))
        assert 'quotewire_outbox_full{stage="ingest"} 1.0' in cut_off.get("/metrics")[1]
        assert site.asked.count("/feed") >= 2

        late = asyncio.create_task(stream.submit(*texts(3)))
        await eventually(lambda: len(waiting(stream, "text")) == 3)
        await beats(cut_off, 1)  # whoever saw room a moment ago has leased by now
        await eventually(lambda: stream.query(IN_WORK) == [(0,)], within=60)
        standing = site.asked.count("/feed"), waiting(stream, "text"), waiting(stream, "address")
        await beats(cut_off, 3)  # whoever would lease or poll looks once a second, which is how often the loop beats
        assert (site.asked.count("/feed"), waiting(stream, "text"), waiting(stream, "address")) == standing
        assert standing[1] == [0, 0, 0]
        told = [
            line
            for line in cut_off.lines()
            if line["event"] == "waiting_for_dependency" and "the outbox is full" in line["why"]
        ]
        assert len(told) == 1

        services.make("ingest", **polling).start()
        assert (await asyncio.wait_for(late, 60)).outcomes == {"published": 3}
        published = "SELECT count(*), count(DISTINCT name) FROM ingest.inputs WHERE outcome = 'published'"
        await eventually(lambda: stream.query(published) == [(33, 33)], within=60)
        await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)], within=30)
        await eventually(lambda: outbox_check(cut_off)["ok"], within=20)
        assert [site.asked.count(f"/{name}") for name in names] == [1] * 30
    assert stream.query("SELECT count(*), min(revision), max(revision) FROM ingest.articles") == [(33, 1, 1)]
    records = {headers["ce_id"]: found for found, headers, _ in await stream.records()}
    assert {(found.article_id, found.revision) for found in records.values()} == {
        (row[0], 1) for row in stream.query("SELECT article_id FROM ingest.articles")
    }


def news(site: Site, names: list[str], at_once: int) -> Misbehave:
    """A feed that names more each time it is asked."""
    out = 0

    async def answer(writer: asyncio.StreamWriter) -> None:
        nonlocal out
        out += at_once
        items = "".join(f"<item><link>{site.url}/{name}</link></item>" for name in names[:out])
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n"
        writer.write(head + f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
        await writer.drain()

    return answer


def waiting(stream: Stream, kind: str) -> list[int]:
    """How often each input of a kind that has no outcome was leased."""
    rows = stream.query(
        "SELECT attempts FROM ingest.inputs WHERE outcome IS NULL AND kind = %s ORDER BY input_id", kind
    )
    return [row[0] for row in rows]


async def beats(service: Service, count: int) -> None:
    """Wait until the loop of a service has beaten so many times."""
    for _ in range(count):
        last = beat(service)
        await eventually(lambda: beat(service) != last)  # noqa: B023  # called before the next turn


def outbox_check(service: Service) -> dict[str, object]:
    check: dict[str, object] = (
        json.loads(service.get("/ready")[1] or "{}").get("checks", {}).get("outbox", {"ok": True})
    )
    return check


def beat(service: Service) -> str:
    found = re.search(r"^quotewire_event_loop_lag_seconds\S* (\S+)$", service.get("/metrics")[1], re.MULTILINE)
    assert found is not None
    return found[1]

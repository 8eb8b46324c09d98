"""Killed anywhere, or with Kafka or PostgreSQL away: nothing is lost, and what goes out twice is the same record."""

import asyncio
from functools import partial

import pytest

from kit.documents import texts
from kit.eventually import eventually
from kit.ports import free_port
from kit.services import Service, Services

from .conftest import Stream

pytestmark = pytest.mark.integration

NOBODY = f"127.0.0.1:{free_port()}"


def waiting_lines(service: Service) -> list[str]:
    return [line["why"] for line in service.lines() if line["event"] == "waiting_for_dependency"]


async def test_killed_between_commit_and_publish(stream: Stream, services: Services) -> None:
    cut_off = services.make("ingest", KAFKA__BOOTSTRAP_SERVERS=NOBODY).start()
    assert (await stream.submit(*texts(3))).outcomes == {"published": 3}
    cut_off.kill()
    assert stream.query("SELECT count(*) FROM ingest.outbox") == [(3,)]
    services.make("ingest").start()
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)], within=60)
    records = await stream.records()
    assert sorted(article.text for article, _, _ in records) == sorted(text.body.decode() for text in texts(3))


async def test_killed_again_and_again_while_articles_flow(stream: Stream, services: Services) -> None:
    count = 400
    service = services.make("ingest", WORK__BATCH="8").start()
    feeding = asyncio.create_task(stream.submit(*texts(count)))
    for goal in (40, 120, 200, 300):
        await eventually(partial(done, stream, goal), within=60)
        service.kill()
        service.start()
    counts = await feeding
    assert counts.done == count
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)], within=60)
    values: dict[str, set[str]] = {}
    for article, headers, _ in await stream.records():
        values.setdefault(headers["ce_id"], set()).add(article.model_dump_json())
    assert len(values) == count
    assert all(len(versions) == 1 for versions in values.values())


def done(stream: Stream, goal: int) -> bool:
    [(count,)] = stream.query("SELECT count(*) FROM ingest.inputs WHERE outcome IS NOT NULL")
    return int(count) >= goal


async def test_two_replicas_share_the_queue(stream: Stream, services: Services) -> None:
    for _ in range(2):
        services.make("ingest", WORK__BATCH="4").start().ready()
    counts = await stream.submit(*texts(100), *texts(100))
    assert counts.outcomes == {"published": 100, "unchanged": 100}
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)], within=30)
    assert len({headers["ce_id"] for _, headers, _ in await stream.records()}) == 100


async def test_kafka_unavailable_at_the_start_is_one_line_and_waiting(stream: Stream, services: Services) -> None:
    service = services.make("ingest", KAFKA__BOOTSTRAP_SERVERS=NOBODY).start()
    [line] = await eventually(lambda: [why for why in waiting_lines(service) if "Kafka" in why], within=30)
    assert NOBODY in line
    status, body = service.get("/ready")
    assert status == 503
    assert NOBODY in body
    assert service.get("/live")[0] == 200
    assert service.stop() == 0


async def test_postgresql_unavailable_at_the_start_is_a_line_and_waiting(stream: Stream, services: Services) -> None:
    service = services.make("ingest", POSTGRES__DSN=f"postgresql://quotewire@{NOBODY}/quotewire").start()
    lines = await eventually(lambda: [why for why in waiting_lines(service) if "PostgreSQL" in why], within=30)
    assert NOBODY in lines[0]
    assert service.get("/ready")[0] == 503
    assert service.stop() == 0


async def test_without_tables_the_log_says_what_to_run(services: Services, empty_postgres_dsn: str) -> None:
    service = services.make("ingest", POSTGRES__DSN=empty_postgres_dsn).start()
    await eventually(lambda: any("quotewire migrate" in why for why in waiting_lines(service)), within=30)

"""The store as a process, between a real Kafka and a real PostgreSQL."""

from __future__ import annotations

import json

import pytest

from kit.builders import article, enriched
from kit.eventually import eventually
from kit.services import Services
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_producer
from quotewire_schemas import encode
from quotewire_schemas.topics import Topics

from .stored import query

pytestmark = pytest.mark.integration


async def produce(services: Services, *records: tuple[bytes | None, bytes | None]) -> None:
    """Produce (key, value) pairs to the topic that the store consumes."""
    settings = KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)
    producer = new_producer(settings)
    await producer.start()
    for key, value in records:
        await producer.send_and_wait(Topics(services.prefix).enriched, value, key=key)
    await producer.stop()


async def test_stores_what_is_on_the_topic_and_the_dead_letters(services: Services) -> None:
    ids = [f"n{number}" for number in range(30)]
    items = [(article_id.encode(), encode(enriched(article(article_id)))) for article_id in ids]
    poison = [(b"p1", b"{"), (b"p2", items[0][1]), (b"p3", None)]
    await produce(services, *items[:15], *poison, *items[15:], items[0])
    store = services.make("store").start().ready()
    await eventually(lambda: query(services.dsn, "SELECT count(*) FROM news.articles") == [(30,)], within=60)
    await eventually(lambda: query(services.dsn, "SELECT count(*) FROM news.dead_letters") == [(3,)], within=60)
    letters = query(services.dsn, "SELECT key, reason, stage FROM news.dead_letters ORDER BY key")
    assert letters == [("p1", "not_json", "store"), ("p2", "wrong_key", "store"), ("p3", "empty", "store")]

    ready = json.loads(store.get("/ready")[1])
    assert "connected" in json.dumps(ready)
    metrics = store.get("/metrics")[1]
    assert 'quotewire_articles_total{outcome="stored",stage="store"} 30.0' in metrics
    assert 'quotewire_articles_total{outcome="unchanged",stage="store"} 1.0' in metrics
    assert 'quotewire_articles_total{outcome="dead_letter",stage="store"} 3.0' in metrics
    assert 'quotewire_article_age_seconds_count{stage="store"} 30.0' in metrics
    assert store.stop() == 0
    (line,) = [line for line in store.lines() if line.get("article_id") == "n7"]
    assert (line["outcome"], line["quotes"], line["revision"]) == ("stored", 1, 1)


async def test_a_restart_resumes_where_it_stopped(services: Services) -> None:
    await produce(services, (b"n1", encode(enriched(article("n1")))))
    store = services.make("store").start().ready()
    await eventually(lambda: query(services.dsn, "SELECT article_id FROM news.articles") == [("n1",)], within=60)
    assert store.stop() == 0
    await produce(services, (b"n2", encode(enriched(article("n2")))))
    store.start().ready()
    await eventually(lambda: len(query(services.dsn, "SELECT FROM news.articles")) == 2, within=60)
    assert store.stop() == 0
    assert [line["article_id"] for line in store.lines() if line.get("outcome")] == ["n1", "n2"]


async def test_waits_for_its_tables_with_one_clear_line(services: Services, empty_postgres_dsn: str) -> None:
    services.dsn = empty_postgres_dsn
    store = services.make("store").start()
    await eventually(lambda: store.get("/ready")[0] == 503 and "quotewire migrate" in store.get("/ready")[1], within=60)
    assert store.stop() == 0
    (line,) = [line for line in store.lines() if line.get("level") == "warning"]
    assert "run `quotewire migrate`" in line["why"]

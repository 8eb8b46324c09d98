"""The heartbeat article goes the whole way, once per interval whatever the number of replicas, and is no news."""

import re
from itertools import pairwise

import psycopg
import pytest

from kit.eventually import eventually
from kit.services import Service, Services
from kit.topic import records_on
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_schemas import Article, Origin, decode
from quotewire_schemas.topics import ARTICLE, QUOTE

pytestmark = pytest.mark.integration

EVERY_S = 0.5


async def test_heartbeats_come_through_and_are_not_stored(services: Services) -> None:
    for _ in range(2):
        services.make("ingest", HEARTBEAT__EVERY_S=str(EVERY_S)).start()
    extract, store = services.make("extract").start(), services.make("store").start()
    for service in services.made:
        service.ready()

    await eventually(lambda: number(store, "articles_total", 'outcome="heartbeat",') >= 5, within=60)

    assert number(extract, "articles_total", 'outcome="heartbeat",') >= 5
    assert number(extract, "quotations_total", 'kind="direct",') == 0
    assert 0 < number(store, "heartbeat_age_seconds") < 30
    assert number(store, "article_age_seconds_count") == 0
    assert number(store, "articles_total", 'outcome="stored",') == 0
    with psycopg.connect(services.dsn) as connection:
        assert connection.execute("SELECT count(*) FROM news.articles").fetchall() == [(0,)]

    sent = await beats(services)
    assert {beat.origin for beat in sent} == {Origin.HEARTBEAT}
    assert len({beat.article_id for beat in sent}) == len(sent)
    times = sorted(beat.ingested_at.timestamp() for beat in sent)
    assert all(later - earlier >= EVERY_S * 0.9 for earlier, later in pairwise(times))  # one of the two sends
    assert await quotes(services) == 0


def number(service: Service, name: str, labels: str = "") -> float:
    """A metric's value; LookupError where there is none."""
    found = re.search(
        rf'^quotewire_{name}{{{labels}stage="{service.name}"}} (\S+)$', service.get("/metrics")[1], re.MULTILINE
    )
    if found is None:
        raise LookupError(name)
    return float(found[1])


async def beats(services: Services) -> list[Article]:
    return [decode(Article, record.value) for record in await records_on(settings_of(services), ARTICLE)]


async def quotes(services: Services) -> int:
    return len(await records_on(settings_of(services), QUOTE))


def settings_of(services: Services) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)

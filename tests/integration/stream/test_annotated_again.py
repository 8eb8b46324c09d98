"""Articles are annotated again by a higher release: topic and store then hold its quotations and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiokafka import TopicPartition

from kit.builders import article, withdrawn
from kit.eventually import eventually
from kit.quote_consumer import QuoteConsumer
from kit.services import Service, Services
from kit.topic import records_on
from quotewire_extract.release import ANNOTATOR_RELEASE
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_consumer, new_producer
from quotewire_schemas import Origin, encode
from quotewire_schemas.topics import ENRICHED, QUOTE, Topics

pytestmark = pytest.mark.integration

SAID = '"The bridge will open on Monday," mayor Ada Vrell said.\nShe said that the old one would stay.'
ARTICLES = [
    article("two", text=SAID),
    article("revised", text=SAID),
    article("revised", 2, text=SAID + '\n"It will be blue," Vrell said.'),
    article("backfilled", text=SAID, origin=Origin.BACKFILL),
    article("plain", text="The bridge in Brennick opened on Monday."),
    article("french", text="Il a dit que oui.", language="fr"),
    article("gone", text=SAID),
    withdrawn("gone", 2),
    article("beat", text=SAID, origin=Origin.HEARTBEAT),
]
PIPELINES = Path(__file__).parents[2] / "chaos" / "pipelines"
OLD, NEW = ANNOTATOR_RELEASE, ANNOTATOR_RELEASE + 1


class Stream:
    """Extract of two releases, and the store; the new release misses every other quotation."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.settings = KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)
        self.old = services.make("extract")
        new = {"EXTRACT__ANNOTATOR_RELEASE": str(NEW), "EXTRACT__PIPELINES__EN": "en_older"}
        self.new = services.make("extract", **new)
        self.new.env["PYTHONPATH"] = f"{PIPELINES}:{PIPELINES.parents[1]}"
        self.store = services.make("store").start()
        self.annotated = 0

    async def annotate(self, extract: Service) -> None:
        """Let one extract consume the topic to its end and the store follow; then stop that extract."""
        self.annotated += len(ARTICLES)
        extract.start().ready()

        async def is_done() -> bool:
            return len(await records_on(self.settings, ENRICHED)) == self.annotated and self._stored() == self.annotated

        await eventually(is_done, within=90)
        assert extract.stop() == 0

    def _stored(self) -> int:
        return sum(line["event"] == "article" for line in self.store.lines())

    async def feed(self) -> None:
        producer = new_producer(self.settings)
        await producer.start()
        for one in ARTICLES:
            key = one.article_id.encode()
            await producer.send_and_wait(Topics(self.services.prefix).article, encode(one), key=key)
        await producer.stop()

    async def reset(self) -> None:
        """Let the group begin again, as docs/runbooks/reset-offsets.md does."""
        topics = Topics(self.services.prefix)
        consumer = new_consumer(self.settings, group_id=topics.named("quotewire.extract"))
        await consumer.start()
        partitions = [TopicPartition(topics.article, number) for number in range(12)]
        consumer.assign(partitions)
        await consumer.commit(dict.fromkeys(partitions, 0))
        await consumer.stop()

    async def consumer(self) -> QuoteConsumer:
        """A consumer that has read the whole topic of quotations."""
        consumer = QuoteConsumer()
        consumer.handle(await records_on(self.settings, QUOTE))
        return consumer

    def stored(self) -> set[tuple[Any, ...]]:
        """Article, quotation, revision and release of each stored quotation."""
        with psycopg.connect(self.services.dsn) as connection:
            return set(
                connection.execute("SELECT article_id, quote_id, revision, annotator_release FROM news.quotes_current")
            )

    def rows(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.services.dsn) as connection:
            return connection.execute("SELECT to_jsonb(t) - 'stored_at' FROM news.articles t ORDER BY 1").fetchall()


@pytest.mark.timeout(500)
async def test_after_a_higher_release_only_its_quotations_are_valid(services: Services) -> None:
    stream = Stream(services)
    await stream.feed()
    await stream.annotate(stream.old)
    first = await stream.consumer()
    assert sorted(first.notices) == [("gone", 2, OLD, "withdrawn"), ("revised", 2, OLD, "revised")]
    assert first.valid == stream.stored()
    assert {release for *_, release in first.valid} == {OLD}

    await stream.reset()
    await stream.annotate(stream.new)
    second = await stream.consumer()
    again = set(second.notices) - set(first.notices)
    assert again == {
        ("two", 1, NEW, "reannotation"),
        ("revised", 1, NEW, "reannotation"),
        ("revised", 2, NEW, "revised"),
        ("backfilled", 1, NEW, "reannotation"),
        ("plain", 1, NEW, "reannotation"),
        ("french", 1, NEW, "reannotation"),
        ("gone", 1, NEW, "reannotation"),
        ("gone", 2, NEW, "withdrawn"),
    }
    assert second.valid == stream.stored()
    assert {release for *_, release in second.valid} == {NEW}
    assert len(second.valid) < len(first.valid), "quotations that the new release does not find are void"
    rows = stream.rows()

    await stream.reset()
    await stream.annotate(stream.new)  # the same records once more
    third = await stream.consumer()
    assert (third.valid, third.notices) == (second.valid, second.notices)
    assert (third.valid, rows) == (stream.stored(), stream.rows())

    await stream.reset()
    await stream.annotate(stream.old)  # a lower release changes nothing for anybody
    fourth = await stream.consumer()
    assert fourth.valid == second.valid == stream.stored()
    assert rows == stream.rows()

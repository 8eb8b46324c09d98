"""The consumer printed in docs/consume.md works exactly as printed."""

import asyncio
import contextlib
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from kit.builders import article, enriched
from kit.eventually import eventually
from quotewire_schemas import Quote, QuotesVoided, encode
from quotewire_schemas.topics import CE_QUOTE, CE_QUOTES_VOIDED, QUOTE

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "consume.md").read_text("utf-8")


def program() -> str:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


def records() -> list[tuple[str, str, Quote | QuotesVoided]]:
    """Revision 1, its duplicate, revision 2 with its notice, the same annotated again, and the old ones late."""
    (first,) = enriched(article("a1", 1)).quotes
    (second,) = enriched(article("a1", 2)).quotes
    (again,) = enriched(article("a1", 2), release=2).quotes
    voided = QuotesVoided(
        article_id="a1", revision=2, annotator_release=1, reason="revised", voided_at=article().fetched_at
    )
    annotated_again = voided.model_copy(update={"annotator_release": 2, "reason": "reannotation"})
    return [
        ("q1", CE_QUOTE, first),
        ("q1", CE_QUOTE, first),
        ("a1:2", CE_QUOTES_VOIDED, voided),
        ("q2", CE_QUOTE, second),
        ("a1:2:2", CE_QUOTES_VOIDED, annotated_again),
        ("q2:2", CE_QUOTE, again),
        ("a1:2:2", CE_QUOTES_VOIDED, annotated_again),
        ("q2-late", CE_QUOTE, second),
        ("q1-late", CE_QUOTE, first),
    ]


@pytest.fixture
async def admin(kafka: str) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await client.start()
    yield client
    await client.close()


@pytest.fixture
async def topic(topic_prefix: str, admin: AIOKafkaAdminClient) -> str:
    name = f"{topic_prefix}{QUOTE}"
    await admin.create_topics([NewTopic(name, 1, 1)])
    return name


async def produce(kafka: str, topic: str, sent: Sequence[tuple[str, str, bytes]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, compression_type="zstd")
    await producer.start()
    for ce_id, ce_type, value in sent:
        headers = [("ce_id", ce_id.encode()), ("ce_type", ce_type.encode())]
        await producer.send_and_wait(topic, value, key=b"a1", headers=headers)
    await producer.stop()


async def start(kafka: str, topic: str) -> Process:
    env = {**os.environ, "KAFKA": kafka, "TOPIC": topic, "GROUP": f"{topic}.docs"}
    return await asyncio.create_subprocess_exec(sys.executable, "-c", program(), env=env, stdout=PIPE, stderr=PIPE)


async def committed(admin: AIOKafkaAdminClient, topic: str) -> int:
    offsets = await admin.list_consumer_group_offsets(f"{topic}.docs")
    held = offsets.get(TopicPartition(topic, 0))
    return held.offset if held else 0


async def test_the_printed_consumer_prints_each_quotation_once_and_commits(
    kafka: str, topic: str, admin: AIOKafkaAdminClient
) -> None:
    sent = [(ce_id, ce_type, encode(record)) for ce_id, ce_type, record in records()]
    await produce(kafka, topic, [*sent, ("end", CE_QUOTES_VOIDED, sent[4][2])])
    consumer = await start(kafka, topic)
    assert consumer.stdout is not None
    try:
        lines = [(await asyncio.wait_for(consumer.stdout.readline(), 60)).decode().rstrip() for _ in range(6)]

        async def all_committed() -> bool:
            return await committed(admin, topic) == len(sent) + 1

        await eventually(all_committed, within=30)
    finally:
        with contextlib.suppress(ProcessLookupError):
            consumer.kill()
        await consumer.communicate()
    said = 'Ilvane Morrec: "The ferry sails at dawn,"'
    void = "a1: earlier quotations are void (revised)"
    assert lines == [
        said,
        void,
        said,
        void.replace("revised", "reannotation"),
        said,
        void.replace("revised", "reannotation"),
    ]


async def test_the_printed_consumer_does_not_commit_a_record_that_it_could_not_handle(
    kafka: str, topic: str, admin: AIOKafkaAdminClient
) -> None:
    await produce(kafka, topic, [("q1", CE_QUOTE, encode(records()[0][2])), ("q2", CE_QUOTE, b"no record")])
    consumer = await start(kafka, topic)
    _, errors = await asyncio.wait_for(consumer.communicate(), 60)
    assert consumer.returncode != 0, errors
    assert await committed(admin, topic) <= 1

"""The consumer printed in docs/consume.md works as it stands there."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from kit.builders import article, enriched
from kit.eventually import eventually
from quotewire_schemas import Quote, QuotesVoided, encode
from quotewire_schemas.topics import CE_QUOTE, CE_QUOTES_VOIDED, QUOTE

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "consume.md").read_text("utf-8")


def program() -> str:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


def records() -> list[tuple[str, str, Quote | QuotesVoided]]:
    """Revision 1, its duplicate, the notice that voids it, revision 2, and revision 1 once more, late."""
    (first,) = enriched(article("a1", 1)).quotes
    (second,) = enriched(article("a1", 2)).quotes
    voided = QuotesVoided(
        article_id="a1", revision=2, annotator_release=1, reason="revised", voided_at=article().fetched_at
    )
    return [
        ("q1", CE_QUOTE, first),
        ("q1", CE_QUOTE, first),
        ("a1:2", CE_QUOTES_VOIDED, voided),
        ("q2", CE_QUOTE, second),
        ("q1-late", CE_QUOTE, first),
    ]


@pytest.mark.integration
async def test_the_printed_consumer_prints_each_quotation_once(kafka: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}{QUOTE}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=kafka, compression_type="zstd")
    await producer.start()
    for ce_id, ce_type, record in [*records(), ("end", CE_QUOTES_VOIDED, records()[2][2])]:
        headers = [("ce_id", ce_id.encode()), ("ce_type", ce_type.encode())]
        await producer.send_and_wait(topic, encode(record), key=b"a1", headers=headers)
    await producer.stop()

    env = {**os.environ, "KAFKA": kafka, "TOPIC": topic, "GROUP": f"{topic_prefix}docs"}
    consumer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program(), env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert consumer.stdout is not None
    lines: list[str] = []

    async def read() -> None:
        assert consumer.stdout is not None
        while line := await consumer.stdout.readline():
            lines.append(line.decode().rstrip())

    reading = asyncio.create_task(read())
    try:
        await eventually(lambda: len(lines) >= 4, within=60)
    finally:
        consumer.kill()
        await consumer.wait()
        await reading
    said = 'Ilvane Morrec: "The ferry sails at dawn,"'
    void = "a1: earlier quotations are void (revised)"
    assert lines == [said, void, said, void]

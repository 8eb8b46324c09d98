"""Articles onto the topic that extract reads, and what it made of them off the others."""

from __future__ import annotations

import json
from typing import Any

from kit.services import Services
from kit.topic import records_on
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_producer
from quotewire_schemas import Article, encode
from quotewire_schemas.topics import Topics


def record(article: Article) -> tuple[bytes, bytes]:
    """Key and value as ingest would send them."""
    return article.article_id.encode(), encode(article)


async def produce(services: Services, *records: tuple[bytes | None, bytes | None]) -> None:
    """Put (key, value) pairs on the article topic, in order."""
    producer = new_producer(KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix))
    await producer.start()
    for key, value in records:
        await producer.send_and_wait(Topics(services.prefix).article, value, key=key)
    await producer.stop()


async def read_all(services: Services, topic: str) -> list[tuple[str, dict[str, str], Any]]:
    """Everything on a topic: key, headers, value (decoded JSON, or bytes that are none), in order per partition."""
    settings = KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)
    return [
        ((record.key or b"").decode(), {k: v.decode() for k, v in record.headers}, _value(record.value))
        for record in await records_on(settings, topic)
    ]


def _value(value: bytes) -> Any:
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return value

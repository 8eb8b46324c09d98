"""Read the records on a topic."""

from __future__ import annotations

from typing import Any

from aiokafka import TopicPartition

from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_consumer
from quotewire_schemas.topics import Topics, spec


async def records_on(settings: KafkaSettings, name: str) -> list[Any]:
    """Return every record on a topic (``name`` without the prefix), ordered by partition and offset."""
    consumer = new_consumer(settings, group_id=None)
    await consumer.start()
    try:
        topic = Topics(settings.topic_prefix).named(name)
        partitions = [TopicPartition(topic, number) for number in range(spec(name).partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        found: list[Any] = []
        while sum(ends.values()) > len(found):
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                found += batch
    finally:
        await consumer.stop()
    return sorted(found, key=lambda record: (record.partition, record.offset))

"""Read the oldest and the newest record of each partition of a topic."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiokafka
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.kafka.client import error_text, new_consumer, partitions_of

TIMEOUT_S = 10.0
"""Seconds for everything. A stage reads them before it begins with new partitions, and must not keep them waiting."""
FETCH_BYTES = 2**16
"""Bytes fetched of a partition at a time: one record is needed of each. A larger one is still fetched."""
POLL_MS = 500


async def edge_values(settings: KafkaSettings, topic: str) -> list[bytes | None]:
    """Return the values of the first and the last record in each partition that is not empty.

    Args:
        settings: where Kafka is.
        topic: its full name.

    Raises:
        UnavailableError: Kafka does not answer in time or has no such topic.
    """
    consumer = new_consumer(settings, max_partition_fetch_bytes=FETCH_BYTES)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            tps = [TopicPartition(topic, number) for number in await partitions_of(settings, topic)]
            await consumer.start()
            first, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
            filled = [tp for tp in tps if first[tp] < ends[tp]]
            if not filled:
                return []
            oldest = await _values_at(consumer, {tp: first[tp] for tp in filled})
            return oldest + await _values_at(consumer, {tp: ends[tp] - 1 for tp in filled})
    except (KafkaError, OSError, TimeoutError) as error:
        raise UnavailableError(f"Kafka does not return records of {topic}: {error_text(error)}") from error
    finally:
        await consumer.stop()


async def _values_at(consumer: aiokafka.AIOKafkaConsumer, offsets: Mapping[Any, int]) -> list[bytes | None]:
    pending = set(offsets)
    consumer.assign(pending)
    for tp in pending:
        consumer.seek(tp, offsets[tp])
    found: list[bytes | None] = []
    while pending:
        for tp, records in (await consumer.getmany(*pending, timeout_ms=POLL_MS)).items():
            found.append(records[0].value)
            pending.discard(tp)
    return found

"""Ask Kafka for offsets, with a client of its own.

Faust's consumer thread answers one request at a time: one of ours that waits for an unavailable broker would delay the
fetches and commits behind it.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

import aiokafka
from aiokafka import TopicPartition

from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_consumer

REQUEST_TIMEOUT_MS = 10_000
"""Milliseconds Kafka may take to answer."""

Partition = tuple[str, int]


class OffsetClient:
    """Connects with the first request, and again after a failure."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._client: aiokafka.AIOKafkaConsumer | None = None

    async def end_offsets(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Return the offset after the last record of each partition.

        Raises:
            KafkaError: no answer.
        """
        client = await self._connect()
        found = await client.end_offsets([TopicPartition(*partition) for partition in partitions])
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

    async def beginning_offsets(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Return the offset of the first record that retention has left in each partition.

        Raises:
            KafkaError: no answer.
        """
        client = await self._connect()
        found = await client.beginning_offsets([TopicPartition(*partition) for partition in partitions])
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

    async def close(self) -> None:
        """Disconnect; the next request connects again."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):  # it is closed because it does not work
                await client.stop()

    async def _connect(self) -> aiokafka.AIOKafkaConsumer:
        if self._client is None:
            client = new_consumer(self._settings, request_timeout_ms=REQUEST_TIMEOUT_MS)
            try:
                await client.start()
            except BaseException:
                with suppress(Exception):
                    await client.stop()
                raise
            self._client = client
        return self._client

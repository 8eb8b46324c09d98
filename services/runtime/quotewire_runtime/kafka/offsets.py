"""Asking Kafka for offsets, by a client of its own.

Faust's consumer thread answers one question after the other: one of ours that waits for an absent broker would stand
in front of the fetches and commits.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

import aiokafka
from aiokafka import TopicPartition

from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_consumer

ANSWER_MS = 10_000
"""Milliseconds Kafka may take to answer."""

Partition = tuple[str, int]


class Offsets:
    """Connects when first asked, and anew after a failure."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._client: aiokafka.AIOKafkaConsumer | None = None

    async def ends(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Tell the offset behind the last record of each partition.

        Raises:
            KafkaError: no answer.
        """
        client = await self._connected()
        found = await client.end_offsets([TopicPartition(*partition) for partition in partitions])
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

    async def firsts(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        """Tell the offset of the first record that retention has left in each partition.

        Raises:
            KafkaError: no answer.
        """
        client = await self._connected()
        found = await client.beginning_offsets([TopicPartition(*partition) for partition in partitions])
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

    async def close(self) -> None:
        """Disconnect; the next question connects again."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):  # it is given up because it does not work
                await client.stop()

    async def _connected(self) -> aiokafka.AIOKafkaConsumer:
        if self._client is None:
            client = new_consumer(self._settings, request_timeout_ms=ANSWER_MS)
            try:
                await client.start()
            except BaseException:
                with suppress(Exception):
                    await client.stop()
                raise
            self._client = client
        return self._client

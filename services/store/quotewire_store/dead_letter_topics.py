"""The dead-letter topics as a source of records, with a consumer group beside that of the stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.kafka.client import error_text, missing_topics, new_consumer
from quotewire_runtime.kafka.dead_letter import DEAD_LETTER_TOPICS
from quotewire_runtime.records import Record
from quotewire_schemas.topics import Topics
from quotewire_store.dead_letters import BATCH_SIZE

POLL_MS: Final = 1000
FETCH_BYTES: Final = 4 * 2**20
"""Bytes fetched ahead over all partitions: thousands of dead letters can hold the largest articles."""


class DeadLetterTopics:
    """Consumes all dead-letter topics of the stream; a `dead_letters.DeadLetterSource`."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        topics = Topics(settings.topic_prefix)
        self._topics = [topics.named(name) for name in sorted(DEAD_LETTER_TOPICS)]
        self._group = topics.named("quotewire.store.dead-letters")
        self._consumer: AIOKafkaConsumer | None = None

    async def start(self) -> None:
        """Connect and join the group; raises `UnavailableError` while Kafka does not answer or a topic is missing."""
        missing = await missing_topics(self._settings, self._topics)
        if missing:
            raise UnavailableError(f"no topic {', '.join(missing)}: run `quotewire topics apply`")
        consumer = new_consumer(
            self._settings,
            *self._topics,
            group_id=self._group,
            fetch_max_bytes=FETCH_BYTES,
            max_poll_records=BATCH_SIZE,
        )
        try:
            await consumer.start()
        except (KafkaError, OSError) as error:
            await consumer.stop()
            raise UnavailableError(f"Kafka: {error_text(error)}") from error
        self._consumer = consumer

    async def read(self) -> Sequence[Record]:
        """Wait for records, at most `BATCH_SIZE`; raises `UnavailableError` while Kafka does not answer."""
        assert self._consumer is not None, "start() first"
        while True:
            try:
                found = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH_SIZE)
            except (KafkaError, OSError) as error:
                raise UnavailableError(f"Kafka: {error_text(error)}") from error
            if found:
                break
        return [
            Record(
                message.topic,
                message.partition,
                message.offset,
                message.key,
                message.value,
                tuple((name, value or b"") for name, value in message.headers),
                message.timestamp,
            )
            for messages in found.values()
            for message in messages
        ]

    async def commit(self) -> None:
        """Acknowledge what was read; where a rebalance took the partitions away, it is read again."""
        assert self._consumer is not None, "start() first"
        try:
            await self._consumer.commit()
        except (CommitFailedError, IllegalStateError):
            return
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka: {error_text(error)}") from error

    async def stop(self) -> None:
        """Leave the group."""
        if self._consumer is not None:
            consumer, self._consumer = self._consumer, None
            await consumer.stop()

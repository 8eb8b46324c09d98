"""Track the progress of a stream: stored versions, the longest time without a new one, and whether it is idle."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import psycopg
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from chaos.fuzz import STAGES
from chaos.poison import KEY
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.kafka.client import admin_client, new_consumer
from quotewire_runtime.kafka.dead_letter import DEAD_LETTER_TOPICS
from quotewire_runtime.stage.runner import group_id
from quotewire_schemas.topics import Topics, spec

_POLL_INTERVAL_S = 0.2


class Progress:
    """Counts stored versions while the database is available, and the longest time without a new one."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.stored = 0
        self.dead = 0
        """Rows of the table of dead letters."""
        self.stall_s = 0.0
        self._seen = 0
        self._moved_at = time.monotonic()

    async def watch(self) -> None:
        """Poll until cancelled."""
        while True:
            with suppress(psycopg.OperationalError):
                stored, self.dead = await asyncio.to_thread(self._count)
                self.stored = max(self.stored, stored)
            await asyncio.sleep(_POLL_INTERVAL_S)

    def note(self, fed: int) -> None:
        """Update the longest stall: call often, with the number of versions fed so far."""
        now = time.monotonic()
        if self.stored != self._seen or self.stored >= fed:
            self._moved_at = now
        self._seen = self.stored
        self.stall_s = max(self.stall_s, now - self._moved_at)

    def _count(self) -> tuple[int, int]:
        """Count versions in the store, current and former, and dead letters in the table."""
        with psycopg.connect(self._dsn, connect_timeout=2) as connection:
            row = connection.execute(
                "SELECT (SELECT coalesce(sum(revision), 0) FROM news.articles WHERE NOT starts_with(article_id, %s)),"
                " (SELECT count(*) FROM news.dead_letters)",
                [KEY],
            ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])


async def all_is_read(settings: KafkaSettings, dead_letters: int) -> bool:
    """Whether the stages have acknowledged all records, and there are exactly so many dead letters."""
    topics = Topics(settings.topic_prefix)
    try:
        async with admin_client(settings) as admin:
            for plain, stage in STAGES.items():
                committed = await admin.list_consumer_group_offsets(group_id(topics, stage))
                for location, end in (await _ends(settings, [plain])).items():
                    if end and (location not in committed or committed[location].offset < end):
                        return False
        return sum((await _ends(settings, sorted(DEAD_LETTER_TOPICS))).values()) == dead_letters
    except (KafkaError, UnavailableError):
        return False


async def _ends(settings: KafkaSettings, plain: list[str]) -> dict[TopicPartition, int]:
    topics = Topics(settings.topic_prefix)
    consumer = new_consumer(settings)
    await consumer.start()
    try:
        locations = [TopicPartition(topics.named(one), n) for one in plain for n in range(spec(one).partitions)]
        ends: dict[TopicPartition, int] = await consumer.end_offsets(locations)
        return ends
    finally:
        await consumer.stop()

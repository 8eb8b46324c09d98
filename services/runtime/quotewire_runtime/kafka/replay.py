"""Read dead letters and send them back through the stage that rejected them.

A replayed record goes to the topic that the stage reads, with its key, its bytes, its headers without the error
headers, and ``quotewire.replayed_from``. That topic follows from the name of the dead-letter topic, because error
headers can be missing or damaged. All consumers apply records by sequence, so an old revision overwrites nothing.

A consumer group per stage stores the progress: for each partition, the next offset per reason, as the metadata of the
committed offset. So a run for one reason skips the others, and they remain due.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiokafka
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import UnavailableError, UsageError
from quotewire_runtime.kafka import headers
from quotewire_runtime.kafka.client import admin_client, error_text, new_consumer, new_producer, partitions_of
from quotewire_runtime.kafka.dead_letter import read_dead_letter, source_topic
from quotewire_runtime.records import Headers, Record
from quotewire_schemas.dead_letter import DeadLetter
from quotewire_schemas.topics import Topics, specs

POLL_MS = 500
"""Milliseconds to wait for records. Reading ends at the end offsets of the time it began."""
BATCH_SIZE = 64
"""Records sent before Kafka's confirmations are awaited and the progress is committed."""

Progress = dict[TopicPartition, dict[str, int]]
"""Per partition, the next offset to replay for each reason."""


@dataclass(frozen=True, slots=True)
class StoredDeadLetter:
    """A dead letter and the record that holds it."""

    record: Record
    letter: DeadLetter

    @property
    def location(self) -> str:
        """``topic/partition/offset`` of the record."""
        return f"{self.record.topic}/{self.record.partition}/{self.record.offset}"


@dataclass(slots=True)
class ReplayResult:
    """What a replay did or, with ``dry_run``, would do."""

    sent: list[StoredDeadLetter] = field(default_factory=list)
    remaining: int = 0
    """Dead letters that are due and were not sent, because of ``limit``."""


def stages_with_dead_letters() -> list[str]:
    """Return the stages that have a dead-letter topic."""
    return sorted({spec.dead_letters_of for spec in specs() if spec.dead_letters_of})


def dead_letter_topic_of(stage: str) -> str:
    """Return the dead-letter topic of a stage, without the prefix.

    Raises:
        UsageError: no stage of that name has one.
    """
    for spec in specs():
        if spec.dead_letters_of == stage:
            return spec.name
    raise UsageError(f"no stage {stage!r} has dead letters; there are: {', '.join(stages_with_dead_letters())}")


async def read_newest(
    settings: KafkaSettings, stage: str, limit: int, reason: str | None = None
) -> list[StoredDeadLetter]:
    """Return the newest dead letters of a stage, newest first; with ``reason``, only those.

    Raises:
        UnavailableError: Kafka does not answer or has no such topic.
    """
    async with _consumer_of(settings, stage) as (consumer, tps):
        first, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
        # How far back the dead letters of one reason lie is unknown: the whole topic is read.
        starts = first if reason else {tp: max(first[tp], ends[tp] - limit) for tp in tps}
        letters = _read(consumer, starts, ends)
        found = [stored async for stored in letters if reason in (None, str(stored.letter.reason))]
    return sorted(found, key=lambda stored: stored.letter.failed_at, reverse=True)[:limit]


async def replay(
    settings: KafkaSettings, stage: str, limit: int, reason: str | None = None, *, dry_run: bool = False
) -> ReplayResult:
    """Send the dead letters of a stage that were not replayed yet back to it, oldest first in each partition.

    One that fails again becomes a new dead letter, which this run does not send.

    Raises:
        UnavailableError: Kafka does not answer or has no such topic.
    """
    result = ReplayResult()
    async with _consumer_of(settings, stage) as (consumer, tps):
        first, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
        progress = await _read_progress(settings, stage, tps)
        starts = {tp: max(first[tp], _earliest_due(progress[tp], reason)) for tp in tps}
        due: list[StoredDeadLetter] = []
        async for stored in _read(consumer, starts, ends):
            if not _is_due(stored, progress, reason):
                continue
            if len(result.sent) + len(due) >= limit:
                result.remaining += 1
                continue
            due.append(stored)
            if len(due) >= BATCH_SIZE and not dry_run:
                await _send(settings, consumer, stage, due, progress)
                result.sent += due
                due = []
        if due and not dry_run:
            await _send(settings, consumer, stage, due, progress)
        result.sent += due
    return result


def replay_group_id(topics: Topics, stage: str) -> str:
    """Return the consumer group that stores the progress of replays."""
    return topics.named(f"quotewire.replay.{stage}")


@asynccontextmanager
async def _consumer_of(
    settings: KafkaSettings, stage: str
) -> AsyncIterator[tuple[aiokafka.AIOKafkaConsumer, list[TopicPartition]]]:
    topics = Topics(settings.topic_prefix)
    topic = topics.named(dead_letter_topic_of(stage))
    tps = [TopicPartition(topic, number) for number in await partitions_of(settings, topic)]
    consumer = new_consumer(settings, group_id=replay_group_id(topics, stage), fetch_max_wait_ms=100)
    try:
        await consumer.start()
        consumer.assign(tps)
        yield consumer, tps
    except (KafkaError, OSError) as error:
        raise UnavailableError(f"Kafka stopped answering: {error_text(error)}") from error
    finally:
        await consumer.stop()


async def _read(
    consumer: aiokafka.AIOKafkaConsumer, starts: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
) -> AsyncIterator[StoredDeadLetter]:
    """Yield the dead letters from the offsets ``starts`` up to ``ends``."""
    pending = {tp for tp in starts if starts[tp] < ends[tp]}
    consumer.pause(*(tp for tp in starts if tp not in pending))
    for tp in pending:
        consumer.seek(tp, starts[tp])
    while pending:
        for tp, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
            for one in records:
                if one.offset < ends[tp]:
                    record = Record(
                        one.topic, one.partition, one.offset, one.key, one.value, tuple(one.headers), one.timestamp
                    )
                    yield StoredDeadLetter(record, read_dead_letter(record))
        for tp in list(pending):
            if await consumer.position(tp) >= ends[tp]:
                pending.discard(tp)
                consumer.pause(tp)


async def _read_progress(settings: KafkaSettings, stage: str, tps: Sequence[TopicPartition]) -> Progress:
    """Return the next offset per partition and reason."""
    async with admin_client(settings) as client:
        committed = await client.list_consumer_group_offsets(replay_group_id(Topics(settings.topic_prefix), stage))
    return {tp: _decode_progress(committed[tp].metadata) if tp in committed else {} for tp in tps}


def _decode_progress(metadata: str) -> dict[str, int]:
    try:
        found = json.loads(metadata or "{}")
    except ValueError:
        return {}
    return {str(key): int(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _earliest_due(progress: Mapping[str, int], reason: str | None) -> int:
    """Return the first offset that can be due; a reason that was never replayed is due from the beginning."""
    return progress.get(reason, 0) if reason else 0


def _is_due(stored: StoredDeadLetter, progress: Progress, reason: str | None) -> bool:
    own = str(stored.letter.reason)
    if reason is not None and own != reason:
        return False
    tp = TopicPartition(stored.record.topic, stored.record.partition)
    return stored.record.offset >= progress[tp].get(own, 0)


async def _send(
    settings: KafkaSettings,
    consumer: aiokafka.AIOKafkaConsumer,
    stage: str,
    due: Sequence[StoredDeadLetter],
    progress: Progress,
) -> None:
    """Produce, wait for confirmation, then commit the progress: after a crash in between, some are sent again."""
    producer = new_producer(settings)
    await producer.start()
    try:
        confirmations = [
            await producer.send(
                source_topic(stored.record.topic, stage),
                stored.record.value,
                key=stored.record.key,
                headers=list(_replay_headers(stored)),
            )
            for stored in due
        ]
        for confirmation in confirmations:
            await confirmation
    finally:
        await producer.stop()
    commits = {}
    for stored in due:
        tp = TopicPartition(stored.record.topic, stored.record.partition)
        progress[tp][str(stored.letter.reason)] = stored.record.offset + 1
        commits[tp] = OffsetAndMetadata(stored.record.offset + 1, json.dumps(progress[tp], separators=(",", ":")))
    await consumer.commit(commits)


def _replay_headers(stored: StoredDeadLetter) -> Headers:
    original = tuple(
        (name, value) for name, value in headers.without_error(stored.record.headers) if name != headers.REPLAYED_FROM
    )
    return (*original, (headers.REPLAYED_FROM, stored.location.encode()))

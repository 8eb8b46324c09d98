"""Dead letters: reading them, and sending them back through the stage that gave them up.

A replayed record goes to the topic it was read from, as it was: key, bytes, headers without the error headers, and
``quotewire.replayed_from``. Everything downstream applies records by sequence, so an old revision overwrites nothing.

How far replaying has come is kept in a consumer group per stage: for each partition, the next offset per reason, in
the metadata of the committed offset. So a run for one reason passes the others by and they are still due.
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
from quotewire_runtime.kafka.dead_letter import read_dead_letter
from quotewire_runtime.records import Headers, Record
from quotewire_schemas.dead_letter import DeadLetter
from quotewire_schemas.topics import Topics, specs

POLL_MS = 500
"""Milliseconds to wait for records; reading ends at the offsets that were the last ones at the start."""
AT_ONCE = 64
"""Records sent before Kafka's confirmations are awaited and the position is committed."""

Positions = dict[TopicPartition, dict[str, int]]


@dataclass(frozen=True, slots=True)
class StoredDeadLetter:
    """A dead letter and where it lies."""

    record: Record
    letter: DeadLetter

    @property
    def place(self) -> str:
        """Say where: ``topic/partition/offset``."""
        return f"{self.record.topic}/{self.record.partition}/{self.record.offset}"


@dataclass(slots=True)
class Replay:
    """What a replay did or, with ``dry_run``, would do."""

    sent: list[StoredDeadLetter] = field(default_factory=list)
    left: int = 0
    """Dead letters that are still due and were not sent, because of ``most``."""


def stages() -> list[str]:
    """Name the stages that have dead letters."""
    return sorted({spec.dead_letters_of for spec in specs() if spec.dead_letters_of})


def topic_of(stage: str) -> str:
    """Name the dead-letter topic of a stage, without prefix.

    Raises:
        UsageError: no stage of that name has one.
    """
    for spec in specs():
        if spec.dead_letters_of == stage:
            return spec.name
    raise UsageError(f"no stage {stage!r} has dead letters; there are: {', '.join(stages())}")


async def newest(settings: KafkaSettings, stage: str, most: int, why: str | None = None) -> list[StoredDeadLetter]:
    """Read a stage's newest dead letters, newest first; ``why``: only those of a reason.

    Raises:
        AwayError: Kafka does not answer or has no such topic.
    """
    async with _reading(settings, stage) as (consumer, tps):
        first, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
        # With a reason asked for, nobody knows how far back they lie: the whole topic is read.
        starts = first if why else {tp: max(first[tp], ends[tp] - most) for tp in tps}
        found = [lying async for lying in _read(consumer, starts, ends) if why in (None, str(lying.letter.reason))]
    return sorted(found, key=lambda lying: lying.letter.failed_at, reverse=True)[:most]


async def replay(
    settings: KafkaSettings, stage: str, most: int, why: str | None = None, *, dry_run: bool = False
) -> Replay:
    """Send a stage's dead letters that were not replayed yet back to it, oldest first in each partition.

    One that fails again becomes a new dead letter; it is not sent twice in one run.

    Raises:
        AwayError: Kafka does not answer or has no such topic.
    """
    done = Replay()
    async with _reading(settings, stage) as (consumer, tps):
        first, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
        positions = await _positions(settings, stage, tps)
        starts = {tp: max(first[tp], _earliest(positions[tp], why)) for tp in tps}
        due: list[StoredDeadLetter] = []
        async for lying in _read(consumer, starts, ends):
            if not _is_due(lying, positions, why):
                continue
            if len(done.sent) + len(due) >= most:
                done.left += 1
                continue
            due.append(lying)
            if len(due) >= AT_ONCE and not dry_run:
                await _send(settings, consumer, due, positions)
                done.sent += due
                due = []
        if due and not dry_run:
            await _send(settings, consumer, due, positions)
        done.sent += due
    return done


def group_id(topics: Topics, stage: str) -> str:
    """Name the group that holds how far replaying has come."""
    return topics.named(f"quotewire.replay.{stage}")


@asynccontextmanager
async def _reading(
    settings: KafkaSettings, stage: str
) -> AsyncIterator[tuple[aiokafka.AIOKafkaConsumer, list[TopicPartition]]]:
    topics = Topics(settings.topic_prefix)
    topic = topics.named(topic_of(stage))
    tps = [TopicPartition(topic, number) for number in await partitions_of(settings, topic)]
    consumer = new_consumer(settings, group_id=group_id(topics, stage), fetch_max_wait_ms=100)
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
    """Read from ``starts`` to ``ends``."""
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


async def _positions(settings: KafkaSettings, stage: str, tps: Sequence[TopicPartition]) -> Positions:
    """Read how far replaying has come: per partition, the next offset per reason ("" for all others)."""
    async with admin_client(settings) as client:
        committed = await client.list_consumer_group_offsets(group_id(Topics(settings.topic_prefix), stage))
    return {tp: _decoded(committed[tp].metadata) if tp in committed else {} for tp in tps}


def _decoded(metadata: str) -> dict[str, int]:
    try:
        found = json.loads(metadata or "{}")
    except ValueError:
        return {}
    return {str(key): int(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _earliest(positions: Mapping[str, int], why: str | None) -> int:
    """Tell from where a dead letter can be due; a reason that was never replayed is due from the beginning."""
    return positions.get(why, 0) if why else 0


def _is_due(lying: StoredDeadLetter, positions: Positions, why: str | None) -> bool:
    own = str(lying.letter.reason)
    if why is not None and own != why:
        return False
    tp = TopicPartition(lying.record.topic, lying.record.partition)
    return lying.record.offset >= positions[tp].get(own, 0)


async def _send(
    settings: KafkaSettings, consumer: aiokafka.AIOKafkaConsumer, due: Sequence[StoredDeadLetter], positions: Positions
) -> None:
    """Produce, wait for Kafka, then commit how far it has come: after a crash between the two, some come again."""
    producer = new_producer(settings)
    await producer.start()
    try:
        confirmations = [
            await producer.send(
                lying.letter.topic, lying.record.value, key=lying.record.key, headers=list(_replayed(lying))
            )
            for lying in due
        ]
        for confirmation in confirmations:
            await confirmation
    finally:
        await producer.stop()
    commits = {}
    for lying in due:
        tp = TopicPartition(lying.record.topic, lying.record.partition)
        positions[tp][str(lying.letter.reason)] = lying.record.offset + 1
        commits[tp] = OffsetAndMetadata(lying.record.offset + 1, json.dumps(positions[tp], separators=(",", ":")))
    await consumer.commit(commits)


def _replayed(lying: StoredDeadLetter) -> Headers:
    kept = tuple(
        (name, value) for name, value in headers.without_error(lying.record.headers) if name != headers.REPLAYED_FROM
    )
    return (*kept, (headers.REPLAYED_FROM, lying.place.encode()))

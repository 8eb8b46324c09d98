"""Create the topics that ``schemas/topics`` describes, and describe their present state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import QuotewireError, UnavailableError
from quotewire_runtime.kafka.client import admin_client, error_text, new_consumer
from quotewire_schemas.topics import Topics, TopicSpec, specs

MAX_REPLICATION = 3
"""Default copies of each record: one broker may be down for maintenance while another one fails."""
DYNAMIC_TOPIC_CONFIG = 1
"""Kafka's code for the source of a setting that was set on the topic itself."""
READY_TIMEOUT_S = 30.0
"""Seconds within which every new topic should have its leaders."""


class TopicAction(StrEnum):
    """What ``apply_topics`` did to a topic."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DIFFERS = "differs"
    """It has another number of partitions, which must never be changed."""


@dataclass(frozen=True, slots=True)
class AppliedTopic:
    """The result of ``apply_topics`` for one topic; ``detail`` says what was set or what is wrong."""

    topic: str
    action: TopicAction
    detail: str


@dataclass(frozen=True, slots=True)
class TopicDescription:
    """The present state of one topic; ``problem`` is empty if it is as ``schemas/topics`` describes it."""

    topic: str
    partitions: int
    replication: int
    records: int
    retention_days: float | None
    max_message_bytes: int | None
    producers: str
    consumers: str
    problem: str


async def apply_topics(settings: KafkaSettings, replication: int | None = None) -> list[AppliedTopic]:
    """Create the topics that are missing and set the settings that differ. Idempotent, and safe from several callers.

    ``replication`` is for topics that are created now; None: three, or the number of brokers if that is lower.

    Raises:
        UnavailableError: Kafka does not answer.
        QuotewireError: Kafka rejects a topic or a setting.
    """
    topics = Topics(settings.topic_prefix)
    async with _connected(settings) as client:
        existing = await _existing_topics(client, topics)
        missing = [spec for spec in specs() if spec.name not in existing]
        await _create(client, topics, missing, replication)
        applied = [
            AppliedTopic(topics.named(spec.name), TopicAction.CREATED, f"{spec.partitions} partitions")
            for spec in missing
        ]
        present = [spec for spec in specs() if spec.name in existing]
        configs = await _configs(client, topics, present)
        applied += [await _align(client, topics, spec, existing[spec.name], configs[spec.name]) for spec in present]
        await _wait_until_ready(client, topics)
    if missing:  # a request for offsets returns when every partition has a leader: the first records need one
        await _count_records(settings, topics, {spec.name: spec.partitions for spec in missing})
    order = [topics.named(spec.name) for spec in specs()]
    return sorted(applied, key=lambda topic: order.index(topic.topic))


async def describe_topics(settings: KafkaSettings) -> list[TopicDescription]:
    """Return the present state of all topics of the contract, missing ones included.

    Raises:
        UnavailableError: Kafka does not answer.
    """
    topics = Topics(settings.topic_prefix)
    async with _connected(settings) as client:
        existing = await _existing_topics(client, topics)
        present = [spec for spec in specs() if spec.name in existing]
        configs = await _configs(client, topics, present)
    records = await _count_records(settings, topics, {spec.name: len(existing[spec.name]) for spec in present})
    return [
        _description(topics, spec, existing.get(spec.name, ()), configs.get(spec.name, {}), records.get(spec.name, 0))
        for spec in specs()
    ]


@asynccontextmanager
async def _connected(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    async with admin_client(settings) as client:
        try:
            yield client
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka stopped answering: {error_text(error)}") from error


async def _existing_topics(client: AIOKafkaAdminClient, topics: Topics) -> dict[str, Sequence[Any]]:
    """Return the partitions of the topics that exist, by the topic's name without the prefix."""
    wanted = {topics.named(spec.name): spec.name for spec in specs()}
    names = [name for name in await client.list_topics() if name in wanted]
    if not names:
        return {}
    return {wanted[one["topic"]]: one["partitions"] for one in await client.describe_topics(names)}


async def _create(
    client: AIOKafkaAdminClient, topics: Topics, missing: Sequence[TopicSpec], replication: int | None
) -> None:
    if not missing:
        return
    if replication is None:
        replication = min(MAX_REPLICATION, len((await client.describe_cluster())["brokers"]))
    answer = await client.create_topics(
        [
            NewTopic(
                topics.named(spec.name),
                spec.partitions,
                replication,
                topic_configs={name: str(value) for name, value in spec.config.items()},
            )
            for spec in missing
        ]
    )
    for name, code, *message in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise QuotewireError(f"Kafka rejects topic {name}: {_error_text(code, message)}")


async def _configs(
    client: AIOKafkaAdminClient, topics: Topics, present: Sequence[TopicSpec]
) -> dict[str, dict[str, tuple[str, bool]]]:
    """Return the settings of topics: the value, and whether it was set on the topic itself."""
    if not present:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, topics.named(spec.name)) for spec in present]
    found = {}
    for answer in await client.describe_configs(resources):
        for code, message, _kind, name, entries in answer.resources:
            if code:
                raise QuotewireError(f"Kafka does not return the settings of {name}: {_error_text(code, [message])}")
            found[topics.plain(name)] = {entry[0]: (entry[1], entry[3] == DYNAMIC_TOPIC_CONFIG) for entry in entries}
    return found


async def _align(
    client: AIOKafkaAdminClient,
    topics: Topics,
    spec: TopicSpec,
    partitions: Sequence[Any],
    config: Mapping[str, tuple[str, bool]],
) -> AppliedTopic:
    name = topics.named(spec.name)
    if len(partitions) != spec.partitions:
        return AppliedTopic(name, TopicAction.DIFFERS, _partition_problem(spec, len(partitions)))
    changes = _changes(spec, config)
    if not changes:
        return AppliedTopic(name, TopicAction.UNCHANGED, "")
    # Kafka replaces all settings of a topic: those that an operator has set must be sent again, or they are lost.
    own = {key: value for key, (value, is_own) in config.items() if is_own}
    resource = ConfigResource(ConfigResourceType.TOPIC, name, configs=own | changes)
    for answer in await client.alter_configs([resource]):
        for code, message, *_ in answer.resources:
            if code:
                raise QuotewireError(f"Kafka rejects the settings of {name}: {_error_text(code, [message])}")
    return AppliedTopic(name, TopicAction.CHANGED, ", ".join(f"{key}={value}" for key, value in changes.items()))


def _changes(spec: TopicSpec, config: Mapping[str, tuple[str, bool]]) -> dict[str, str]:
    return {key: str(value) for key, value in spec.config.items() if config.get(key, (None,))[0] != str(value)}


def _partition_problem(spec: TopicSpec, number: int) -> str:
    return f"{number} partitions instead of {spec.partitions}: changing it would break the order per article"


async def _wait_until_ready(client: AIOKafkaAdminClient, topics: Topics) -> None:
    """Wait until every partition has a leader, so that a client that starts next can use it."""
    for _ in range(int(READY_TIMEOUT_S / 0.1)):
        existing = await _existing_topics(client, topics)
        ready = [all(part["leader"] >= 0 for part in partitions) for partitions in existing.values()]
        if len(ready) == len(specs()) and all(ready):
            return
        await asyncio.sleep(0.1)
    raise UnavailableError(f"Kafka has not made the topics ready within {READY_TIMEOUT_S:.0f} s: see its log")


async def _count_records(settings: KafkaSettings, topics: Topics, partitions: Mapping[str, int]) -> dict[str, int]:
    """Count the records of each topic that retention has left."""
    tps = {name: [TopicPartition(topics.named(name), n) for n in range(count)] for name, count in partitions.items()}
    all_tps = [tp for group in tps.values() for tp in group]
    if not all_tps:
        return {}
    consumer = new_consumer(settings)
    try:
        await consumer.start()
        first, end = await consumer.beginning_offsets(all_tps), await consumer.end_offsets(all_tps)
    except (KafkaError, OSError) as error:
        raise UnavailableError(f"Kafka does not return offsets: {error_text(error)}") from error
    finally:
        await consumer.stop()
    return {name: sum(end[tp] - first[tp] for tp in group) for name, group in tps.items()}


def _description(
    topics: Topics,
    spec: TopicSpec,
    partitions: Sequence[Any],
    config: Mapping[str, tuple[str, bool]],
    records: int,
) -> TopicDescription:
    changes = _changes(spec, config)
    problem = ""
    if not partitions:
        problem = "missing: run `quotewire topics apply`"
    elif len(partitions) != spec.partitions:
        problem = _partition_problem(spec, len(partitions))
    elif changes:
        problem = f"{', '.join(changes)} differs: run `quotewire topics apply`"
    retention, largest = (config.get(name, (None,))[0] for name in ("retention.ms", "max.message.bytes"))
    return TopicDescription(
        topic=topics.named(spec.name),
        partitions=len(partitions),
        replication=len(partitions[0]["replicas"]) if partitions else 0,
        records=records,
        retention_days=int(retention) / 86_400_000 if retention else None,
        max_message_bytes=int(largest) if largest else None,
        producers=", ".join(spec.producers),
        consumers=", ".join(spec.consumers),
        problem=problem,
    )


def _error_text(code: int, message: Iterable[str | None]) -> str:
    text = next((part for part in message if part), "")
    return text or for_code(code).__name__

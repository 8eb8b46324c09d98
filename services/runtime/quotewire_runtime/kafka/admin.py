"""Creating the topics as ``schemas/topics`` describes them, and telling how they are."""

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

MOST_COPIES = 3
"""Copies of each record unless told otherwise: one broker may be down for repair while another one fails."""
TOPIC_OVERRIDE = 1
"""Kafka's number for a topic setting that was set on the topic itself."""
VISIBLE_S = 30.0
"""Seconds until every broker should know a new topic."""


class Action(StrEnum):
    """What applying did to a topic."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DIFFERS = "differs"
    """It exists with another number of partitions, which must never be changed."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one topic; ``detail`` says what was set, or what is wrong."""

    topic: str
    action: Action
    detail: str


@dataclass(frozen=True, slots=True)
class Described:
    """One topic as it is; ``problem`` is empty where it is as it should be."""

    topic: str
    partitions: int
    replication: int
    records: int
    retention_days: float | None
    max_message_bytes: int | None
    producers: str
    consumers: str
    problem: str


async def apply(settings: KafkaSettings, replication: int | None = None) -> list[Applied]:
    """Create what is missing and set what differs; doing it twice, or from two places at once, changes nothing.

    ``replication`` is for topics that are created now; None: three, or as many as there are brokers.

    Raises:
        AwayError: Kafka does not answer.
        QuotewireError: Kafka refuses a topic or a setting.
    """
    topics = Topics(settings.topic_prefix)
    async with _talking(settings) as client:
        existing = await _existing(client, topics)
        missing = [spec for spec in specs() if spec.name not in existing]
        await _create(client, topics, missing, replication)
        applied = [
            Applied(topics.named(spec.name), Action.CREATED, f"{spec.partitions} partitions") for spec in missing
        ]
        present = [spec for spec in specs() if spec.name in existing]
        configs = await _configs(client, topics, present)
        applied += [await _align(client, topics, spec, existing[spec.name], configs[spec.name]) for spec in present]
        await _visible(client, topics)
    if missing:  # asking a partition's leader for its offset waits until it is one: else the first records find none
        await _records(settings, topics, {spec.name: spec.partitions for spec in missing})
    order = [topics.named(spec.name) for spec in specs()]
    return sorted(applied, key=lambda one: order.index(one.topic))


async def describe(settings: KafkaSettings) -> list[Described]:
    """Tell how each of our topics is, the missing ones included.

    Raises:
        AwayError: Kafka does not answer.
    """
    topics = Topics(settings.topic_prefix)
    async with _talking(settings) as client:
        existing = await _existing(client, topics)
        present = [spec for spec in specs() if spec.name in existing]
        configs = await _configs(client, topics, present)
    records = await _records(settings, topics, {spec.name: len(existing[spec.name]) for spec in present})
    return [
        _described(topics, spec, existing.get(spec.name, ()), configs.get(spec.name, {}), records.get(spec.name, 0))
        for spec in specs()
    ]


@asynccontextmanager
async def _talking(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    async with admin_client(settings) as client:
        try:
            yield client
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka stopped answering: {error_text(error)}") from error


async def _existing(client: AIOKafkaAdminClient, topics: Topics) -> dict[str, Sequence[Any]]:
    """Tell which of our topics there are, by their own names, with their partitions."""
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
        replication = min(MOST_COPIES, len((await client.describe_cluster())["brokers"]))
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
            raise QuotewireError(f"Kafka refuses topic {name}: {_said(code, message)}")


async def _configs(
    client: AIOKafkaAdminClient, topics: Topics, present: Sequence[TopicSpec]
) -> dict[str, dict[str, tuple[str, bool]]]:
    """Read the settings of topics: value, and whether it was set on the topic itself."""
    if not present:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, topics.named(spec.name)) for spec in present]
    found = {}
    for answer in await client.describe_configs(resources):
        for code, message, _kind, name, entries in answer.resources:
            if code:
                raise QuotewireError(f"Kafka does not tell the settings of {name}: {_said(code, [message])}")
            found[topics.plain(name)] = {entry[0]: (entry[1], entry[3] == TOPIC_OVERRIDE) for entry in entries}
    return found


async def _align(
    client: AIOKafkaAdminClient,
    topics: Topics,
    spec: TopicSpec,
    partitions: Sequence[Any],
    config: Mapping[str, tuple[str, bool]],
) -> Applied:
    name = topics.named(spec.name)
    if len(partitions) != spec.partitions:
        return Applied(name, Action.DIFFERS, _other_partitions(spec, len(partitions)))
    changes = _changes(spec, config)
    if not changes:
        return Applied(name, Action.UNCHANGED, "")
    # Kafka takes the whole set: what an operator has set besides must be given again, or it would be lost.
    kept = {key: value for key, (value, own) in config.items() if own}
    resource = ConfigResource(ConfigResourceType.TOPIC, name, configs=kept | changes)
    for answer in await client.alter_configs([resource]):
        for code, message, *_ in answer.resources:
            if code:
                raise QuotewireError(f"Kafka refuses the settings of {name}: {_said(code, [message])}")
    return Applied(name, Action.CHANGED, ", ".join(f"{key}={value}" for key, value in changes.items()))


def _changes(spec: TopicSpec, config: Mapping[str, tuple[str, bool]]) -> dict[str, str]:
    return {key: str(value) for key, value in spec.config.items() if config.get(key, (None,))[0] != str(value)}


def _other_partitions(spec: TopicSpec, number: int) -> str:
    return f"{number} partitions instead of {spec.partitions}: changing it would break the order per article"


async def _visible(client: AIOKafkaAdminClient, topics: Topics) -> None:
    """Wait until every topic has its leaders, so that what starts next finds it."""
    for _ in range(int(VISIBLE_S / 0.1)):
        existing = await _existing(client, topics)
        led = [all(part["leader"] >= 0 for part in partitions) for partitions in existing.values()]
        if len(led) == len(specs()) and all(led):
            return
        await asyncio.sleep(0.1)
    raise UnavailableError(f"Kafka has not made the topics ready within {VISIBLE_S:.0f} s: look at its log")


async def _records(settings: KafkaSettings, topics: Topics, partitions: Mapping[str, int]) -> dict[str, int]:
    """Count the records that lie on each topic (what retention has left)."""
    tps = {name: [TopicPartition(topics.named(name), n) for n in range(count)] for name, count in partitions.items()}
    every = [tp for some in tps.values() for tp in some]
    if not every:
        return {}
    consumer = new_consumer(settings)
    try:
        await consumer.start()
        first, end = await consumer.beginning_offsets(every), await consumer.end_offsets(every)
    except (KafkaError, OSError) as error:
        raise UnavailableError(f"Kafka does not tell its offsets: {error_text(error)}") from error
    finally:
        await consumer.stop()
    return {name: sum(end[tp] - first[tp] for tp in some) for name, some in tps.items()}


def _described(
    topics: Topics,
    spec: TopicSpec,
    partitions: Sequence[Any],
    config: Mapping[str, tuple[str, bool]],
    records: int,
) -> Described:
    changes = _changes(spec, config)
    problem = ""
    if not partitions:
        problem = "missing: run `quotewire topics apply`"
    elif len(partitions) != spec.partitions:
        problem = _other_partitions(spec, len(partitions))
    elif changes:
        problem = f"{', '.join(changes)} not as it should be: run `quotewire topics apply`"
    retention, largest = (config.get(name, (None,))[0] for name in ("retention.ms", "max.message.bytes"))
    return Described(
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


def _said(code: int, message: Iterable[str | None]) -> str:
    text = next((part for part in message if part), "")
    return text or for_code(code).__name__

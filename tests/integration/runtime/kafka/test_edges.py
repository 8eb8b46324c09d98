"""The oldest and the newest record of each partition are read, whatever their size."""

from __future__ import annotations

import pytest

from kit.probes import ProbeTopics
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.kafka import edges
from quotewire_runtime.kafka.client import new_producer

pytestmark = pytest.mark.integration


async def put(probe_topics: ProbeTopics, partition: int, *values: bytes | None) -> None:
    producer = new_producer(probe_topics.settings)
    await producer.start()
    for value in values:
        await producer.send_and_wait(probe_topics.topics.quote, value, key=b"k", partition=partition)
    await producer.stop()


async def test_the_edges_of_every_partition_are_read(probe_topics: ProbeTopics) -> None:
    topic = probe_topics.topics.quote
    assert await edges.edge_values(probe_topics.settings, topic) == []
    large = bytes(edges.FETCH_BYTES * 4)
    await put(probe_topics, 3, large, b"between", b"last of 3")
    await put(probe_topics, 7, None)
    found = await edges.edge_values(probe_topics.settings, topic)
    assert sorted(found, key=repr) == sorted([large, b"last of 3", None, None], key=repr)


async def test_no_topic_and_no_kafka_are_unavailable(probe_topics: ProbeTopics) -> None:
    with pytest.raises(UnavailableError, match="no topic nowhere"):
        await edges.edge_values(probe_topics.settings, "nowhere")
    nobody = probe_topics.settings.model_copy(update={"bootstrap_servers": "127.0.0.1:1"})
    with pytest.raises(UnavailableError):
        await edges.edge_values(nobody, probe_topics.topics.quote)

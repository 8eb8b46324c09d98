"""Dead letters are shown, and are sent back through their stage once each."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from kit.eventually import eventually
from kit.probes import ProbeStage, ProbeTopics
from quotewire_runtime.errors import UsageError
from quotewire_runtime.kafka import headers, replay
from quotewire_runtime.kafka.client import new_producer
from quotewire_runtime.kafka.dead_letter import dead_letter
from quotewire_runtime.records import Headers, Record
from quotewire_runtime.results import Reject
from quotewire_schemas.dead_letter import Reason

# Kafka's retention uses a record's own timestamp: an old one would be deleted within minutes.
YESTERDAY = round(time.time() * 1000) - 86_400_000
pytestmark = pytest.mark.integration


async def put_dead_letters(probe_topics: ProbeTopics, *values: tuple[bytes, Reason]) -> None:
    """Write dead letters of extract to their topic, in order."""
    producer = new_producer(probe_topics.settings)
    await producer.start()
    for offset, (value, reason) in enumerate(values):
        record = Record(probe_topics.topics.article, 0, offset, b"key", value, (("ce_id", b"a:1"),), YESTERDAY)
        out = dead_letter(record, Reject(reason, "text: broken"), stage="extract", topics=probe_topics.topics)
        assert out is not None
        await producer.send_and_wait(
            out.topic, out.value, key=out.key, partition=0, headers=list(out.headers), timestamp_ms=out.timestamp_ms
        )
    await producer.stop()


def values(letters: list[replay.StoredDeadLetter]) -> list[bytes | None]:
    return [stored.record.value for stored in letters]


async def test_each_is_sent_back_once_with_its_parts(probe_topics: ProbeTopics) -> None:
    await put_dead_letters(probe_topics, (b"one", Reason.CRASH), (b"two", Reason.TIMEOUT))
    done = await replay.replay(probe_topics.settings, "extract", 10)
    assert (values(done.sent), done.remaining) == ([b"one", b"two"], 0)
    first, second = await probe_topics.on("news.article.v1")
    assert (first.key, first.value, second.value) == (b"key", b"one", b"two")
    location = f"{probe_topics.topics.prefix}news.article.v1.extract.dlq/0/0"
    assert first.headers == (("ce_id", b"a:1"), (headers.REPLAYED_FROM, location.encode()))
    again = await replay.replay(probe_topics.settings, "extract", 10)
    assert again.sent == []


async def test_a_reason_leaves_the_others_due_and_the_limit_leaves_the_rest_due(probe_topics: ProbeTopics) -> None:
    await put_dead_letters(
        probe_topics, (b"c1", Reason.CRASH), (b"t1", Reason.TIMEOUT), (b"c2", Reason.CRASH), (b"t2", Reason.TIMEOUT)
    )
    dry = await replay.replay(probe_topics.settings, "extract", 10, "timeout", dry_run=True)
    assert values(dry.sent) == [b"t1", b"t2"]
    some = await replay.replay(probe_topics.settings, "extract", 1, "timeout")
    assert (values(some.sent), some.remaining) == ([b"t1"], 1)
    rest = await replay.replay(probe_topics.settings, "extract", 10)
    assert values(rest.sent) == [b"c1", b"c2", b"t2"]
    assert (await replay.replay(probe_topics.settings, "extract", 10)).sent == []
    await put_dead_letters(probe_topics, (b"c3", Reason.CRASH))
    assert values((await replay.replay(probe_topics.settings, "extract", 10)).sent) == [b"c3"]


async def test_after_the_cause_is_repaired_the_stage_processes_it(
    probe_topics: ProbeTopics, new_stage: Callable[..., ProbeStage]
) -> None:
    await probe_topics.put([(b"k", b"poison")])
    await probe_topics.feed(10)
    stage = new_stage({"reject": "poison"})
    stage.start()
    await eventually(lambda: _counts_are(probe_topics, 10, 1), 30)
    done = await replay.replay(probe_topics.settings, "extract", 10)
    assert len(done.sent) == 1
    await eventually(lambda: _counts_are(probe_topics, 10, 2), 30)
    stage.end()
    stage.behaviour = {}
    stage.start()
    done = await replay.replay(probe_topics.settings, "extract", 10)
    assert len(done.sent) == 1, "the one that failed again"
    await eventually(lambda: _counts_are(probe_topics, 11, 2), 30)


async def _counts_are(probe_topics: ProbeTopics, delivered: int, dead: int) -> bool:
    return await probe_topics.count() == delivered and await probe_topics.count("news.article.v1.extract.dlq") == dead


@pytest.mark.parametrize(
    "damaged",
    [
        (),
        (("ce_id", b"a:1"),),
        ((headers.TOPIC, b"news.article.v1.extract.dlq"), (headers.REASON, b"crash")),
        ((headers.TOPIC, b"news.quote.v1"),),
    ],
    ids=["no headers", "no error headers", "its own topic", "another topic"],
)
async def test_one_with_missing_or_damaged_headers_goes_to_its_stage(
    probe_topics: ProbeTopics, damaged: Headers
) -> None:
    letters = probe_topics.topics.named("news.article.v1.extract.dlq")
    producer = new_producer(probe_topics.settings)
    await producer.start()
    await producer.send_and_wait(letters, b"bare", key=b"key", headers=list(damaged))
    await producer.stop()
    done = await replay.replay(probe_topics.settings, "extract", 10)
    assert values(done.sent) == [b"bare"]
    (sent,) = await probe_topics.on("news.article.v1")
    assert (sent.key, sent.value) == (b"key", b"bare")
    assert await probe_topics.count("news.article.v1.extract.dlq") == 1
    assert await probe_topics.count("news.quote.v1") == 0
    assert (await replay.replay(probe_topics.settings, "extract", 10)).sent == []


async def test_the_newest_are_read_first(probe_topics: ProbeTopics) -> None:
    await put_dead_letters(probe_topics, (b"one", Reason.CRASH), (b"two", Reason.TIMEOUT), (b"three", Reason.CRASH))
    assert values(await replay.read_newest(probe_topics.settings, "extract", 2)) == [b"three", b"two"]
    assert values(await replay.read_newest(probe_topics.settings, "extract", 2, "crash")) == [b"three", b"one"]
    assert await replay.read_newest(probe_topics.settings, "store", 2) == []
    with pytest.raises(UsageError, match="no stage 'ingest' has dead letters; there are: extract, store"):
        await replay.read_newest(probe_topics.settings, "ingest", 2)


def quotewire(probe_topics: ProbeTopics, *arguments: str) -> "subprocess.CompletedProcess[str]":
    env: dict[str, Any] = {
        **os.environ,
        "QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": probe_topics.settings.bootstrap_servers,
        "QUOTEWIRE_KAFKA__TOPIC_PREFIX": probe_topics.topics.prefix,
    }
    return subprocess.run([sys.executable, "-m", "quotewire", *arguments], env=env, capture_output=True, text=True)


async def test_the_verbs_print_a_table_and_json(probe_topics: ProbeTopics) -> None:
    assert quotewire(probe_topics, "dead-letters").stdout == "no dead letters\n"
    await put_dead_letters(probe_topics, (b"one", Reason.CRASH), (b"two", Reason.TIMEOUT))
    table = quotewire(probe_topics, "dead-letters", "--stage", "extract").stdout
    assert "text: broken" in table
    found = json.loads(quotewire(probe_topics, "dead-letters", "--reason", "crash", "--format", "json").stdout)
    assert [(one["reason"], one["value"], one["stage"]) for one in found] == [("crash", "b25l", "extract")]
    dry = quotewire(probe_topics, "replay", "--stage", "extract", "--max", "1", "--dry-run")
    assert "would send 1 dead letter back to extract; 1 more wait for another run" in dry.stdout
    sent = quotewire(probe_topics, "replay", "--stage", "extract", "--max", "10")
    assert sent.stdout == "sent 2 dead letters back to extract\n"
    without_max = quotewire(probe_topics, "replay", "--stage", "extract")
    assert (without_max.returncode, "--max" in without_max.stderr) == (2, True)
    unknown = quotewire(probe_topics, "replay", "--stage", "ingest", "--max", "1")
    assert unknown.returncode == 2
    assert unknown.stderr == "quotewire: no stage 'ingest' has dead letters; there are: extract, store\n"


async def test_topics_are_described(probe_topics: ProbeTopics) -> None:
    assert "unchanged" in quotewire(probe_topics, "topics", "apply").stdout
    described = json.loads(quotewire(probe_topics, "topics", "describe", "--format", "json").stdout)
    assert {one["topic"]: one["problem"] for one in described} == {
        probe_topics.topics.named(name): ""
        for name in (
            "news.article.v1",
            "news.article.enriched.v1",
            "news.quote.v1",
            "news.article.v1.extract.dlq",
            "news.article.enriched.v1.store.dlq",
        )
    }
    unreachable = quotewire(ProbeTopics("127.0.0.1:1", probe_topics.topics.prefix), "topics", "describe")
    assert (unreachable.returncode, unreachable.stderr) == (3, "quotewire: Kafka does not answer at 127.0.0.1:1\n")

"""A stage on real Kafka delivers every record, whatever happens to its process."""

import asyncio
import functools
import json
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from kit.eventually import eventually
from kit.probes import Outage, ProbeStage, ProbeTopics
from quotewire.local.kafka import LocalKafka
from quotewire_runtime.kafka import headers
from quotewire_runtime.kafka.dead_letter import read_dead_letter
from quotewire_schemas.dead_letter import Reason

pytestmark = pytest.mark.integration

NewStage = Callable[..., ProbeStage]
# Kafka's retention uses a record's own timestamp: an old one would be deleted within minutes.
YESTERDAY = round(time.time() * 1000) - 86_400_000
DEAD = "news.article.v1.extract.dlq"


async def test_every_record_is_passed_on_counted_and_logged(probe_topics: ProbeTopics, new_stage: NewStage) -> None:
    await probe_topics.feed(500)
    stage = new_stage()
    stage.start()
    await eventually(lambda: stage.metric('quotewire_articles_total{outcome="annotated",stage="extract"}') == 500, 30)
    assert stage.ready()
    counts = await probe_topics.delivery_counts()
    assert (counts.unique, counts.duplicates, counts.out_of_order) == (500, 0, 0)
    assert stage.get("/live")[0] == 200
    await eventually(lambda: stage.metric('quotewire_assigned_partitions{stage="extract"}') == 12)
    lag = f'quotewire_lag_records{{partition="0",stage="extract",topic="{probe_topics.topics.article}"}}'
    await eventually(lambda: stage.metric(lag) == 0)
    code, seconds = stage.end()
    assert (code, seconds < 10) == (0, True)
    lines = stage.events("article")
    assert len(lines) == 500
    assert {"article_id", "outcome", "duration_ms", "topic", "partition", "offset", "stage", "bytes"} <= lines[0].keys()


@pytest.mark.parametrize("at_once", [1, 3])
async def test_an_exception_with_batches_of_four_loses_nothing(
    probe_topics: ProbeTopics, new_stage: NewStage, at_once: int
) -> None:
    await probe_topics.feed(4000)
    stage = new_stage(
        {"raise_after": 500}, batch_articles=4, batches_at_once=at_once, commit_interval_s=0.2, instance_id="one"
    )
    codes: list[int | None] = []
    while not await probe_topics.has_delivered(4000) and len(codes) < 20:
        process = stage.start()
        await eventually(functools.partial(_ended_or_delivered, process, probe_topics, 4000), 120)
        codes.append(process.poll())
    counts = await probe_topics.delivery_counts()
    assert (counts.unique, counts.out_of_order) == (4000, 0)
    assert codes[:7] == [1] * 7


async def _ended_or_delivered(process: subprocess.Popen[bytes], probe_topics: ProbeTopics, number: int) -> bool:
    return process.poll() is not None or await probe_topics.has_delivered(number)


@pytest.mark.parametrize("at_once", [1, 3])
async def test_sigkill_within_a_batch_loses_nothing(
    probe_topics: ProbeTopics, new_stage: NewStage, at_once: int
) -> None:
    await probe_topics.feed(2000)
    stage = new_stage({"work_s": 0.002}, batches_at_once=at_once, commit_interval_s=0.2, instance_id="one")
    for _ in range(3):
        before = await probe_topics.count()
        stage.start()
        await eventually(functools.partial(probe_topics.has_more_than, before + 100), 30)
        stage.end(signal.SIGKILL)
    stage.start()
    await eventually(lambda: probe_topics.has_delivered(2000), 60)
    assert (await probe_topics.delivery_counts()).out_of_order == 0


@pytest.mark.parametrize("at_once", [1, 3])
async def test_sigterm_within_a_batch_finishes_it_and_exits_with_0(
    probe_topics: ProbeTopics, new_stage: NewStage, at_once: int
) -> None:
    await probe_topics.feed(1000)
    stage = new_stage({"work_s": 0.005}, batches_at_once=at_once, instance_id="one")
    for _ in range(2):
        before = await probe_topics.count()
        stage.start()
        await eventually(functools.partial(probe_topics.has_more_than, before + 100), 30)
        code, seconds = stage.end()
        assert (code, seconds < 10) == (0, True)
    stage.start()
    await eventually(lambda: probe_topics.has_delivered(1000), 60)
    counts = await probe_topics.delivery_counts()
    assert (counts.duplicates, counts.out_of_order) == (0, 0)


async def test_sigterm_within_a_batch_longer_than_the_grace_period_abandons_it_and_exits_with_0(
    probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    stage = new_stage({"work_s": 60}, shutdown_grace_s=10)
    stage.start()
    await eventually(stage.ready, 60)
    await probe_topics.feed(1)
    await eventually(lambda: stage.metric('quotewire_articles_in_progress{stage="extract"}') == 1, 30)
    code, seconds = stage.end()
    assert (code, 6 <= seconds < 10) == (0, True)
    stage.behaviour.clear()
    stage.start()
    await eventually(lambda: probe_topics.has_delivered(1), 60)


async def test_a_rejected_record_becomes_a_dead_letter_with_all_its_parts(
    probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    own = [("ce_id", b"a:1"), ("trace", b"\xff\xfe")]
    await probe_topics.put([(b"k", b"poison \x00\xff")], timestamp_ms=YESTERDAY, headers=own)
    await probe_topics.feed(100)
    stage = new_stage({"reject": "poison"})
    stage.start()
    await eventually(lambda: _delivered_without_poison(probe_topics, 100), 30)
    (record,) = await probe_topics.on(DEAD)
    assert (record.key, record.value, record.timestamp_ms) == (b"k", b"poison \x00\xff", YESTERDAY)
    assert record.headers[:2] == tuple(own)
    letter = read_dead_letter(record)
    assert (letter.stage, letter.reason, letter.message) == ("extract", Reason.INVALID, "text: the probe rejects it")
    assert letter.topic == probe_topics.topics.article
    assert headers.text_of(record.headers, "__connect.errors.offset") == "0"
    assert stage.metric('quotewire_dead_letters_total{reason="invalid",stage="extract"}') == 1


async def _delivered_without_poison(probe_topics: ProbeTopics, number: int) -> bool:
    return await probe_topics.count() == number and await probe_topics.count(DEAD) == 1


async def test_a_record_whose_result_is_too_large_becomes_a_dead_letter(
    probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    await probe_topics.put([(b"k", b"1:1")])
    stage = new_stage({"grow": 5_000_000})
    stage.start()
    await eventually(lambda: _rejected(probe_topics, 1), 30)
    (record,) = await probe_topics.on(DEAD)
    letter = read_dead_letter(record)
    assert letter.reason is Reason.TOO_LARGE
    assert "the topic allows 4194304" in letter.message
    assert await probe_topics.count() == 0


async def _rejected(probe_topics: ProbeTopics, number: int) -> bool:
    return await probe_topics.count(DEAD) == number


async def test_during_an_outage_the_stage_waits_is_not_ready_and_logs_one_line(
    probe_topics: ProbeTopics, new_stage: NewStage, outage: Outage
) -> None:
    await probe_topics.feed(100)
    stage = new_stage({"unavailable": str(outage)})
    stage.start()
    await eventually(lambda: stage.metric('quotewire_retries_total{stage="extract"}') >= 5, 30)
    status, body = stage.get("/ready")
    assert status == 503
    assert json.loads(body)["why"] == "state: waiting: the probe's database is unavailable"
    assert len(stage.events("waiting_for_dependency")) == 1
    assert stage.get("/live")[0] == 200
    outage.end()
    await eventually(lambda: probe_topics.has_delivered(100), 30)
    await eventually(stage.ready)
    assert await probe_topics.count(DEAD) == 0
    assert len(stage.events("dependency_recovered")) == 1


async def test_sigterm_during_an_outage_abandons_the_batch(
    probe_topics: ProbeTopics, new_stage: NewStage, outage: Outage
) -> None:
    await probe_topics.feed(100)
    stage = new_stage({"unavailable": str(outage)})
    stage.start()
    await eventually(lambda: stage.metric('quotewire_retries_total{stage="extract"}') >= 1, 30)
    code, seconds = stage.end()
    assert (code, seconds < 10) == (0, True)
    outage.end()
    stage.start()
    await eventually(lambda: probe_topics.has_delivered(100), 30)
    assert (await probe_topics.delivery_counts()).duplicates == 0


async def test_too_many_dead_letters_pause_the_stage_and_it_stays_alive(
    probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    await probe_topics.put([(b"%d" % n, b"poison") for n in range(60)])
    stage = new_stage({"reject": "poison"}, dead_letters_in_a_row=20, batch_articles=8)
    process = stage.start()
    await eventually(lambda: stage.metric('quotewire_stage_state{stage="extract",state="paused"}') == 1, 30)
    status, body = stage.get("/ready")
    assert status == 503
    assert "dead letters in a row" in json.loads(body)["why"]
    assert "text: the probe rejects it" in json.loads(body)["why"]
    assert await probe_topics.count(DEAD) < 20
    assert process.poll() is None
    (line,) = stage.events("stage_paused")
    assert "restart" in line["what_to_do"]
    stage.end()
    stage.behaviour = {}
    stage.start()
    dead = await probe_topics.count(DEAD)
    await eventually(lambda: _passed_on(probe_topics, 60 - dead), 30)


async def test_a_paused_stage_stays_not_ready_when_the_dependency_of_another_batch_recovers(
    probe_topics: ProbeTopics, new_stage: NewStage, outage: Outage
) -> None:
    await probe_topics.put([(b"k", b"poison"), (b"k", b"poison"), (b"k", b"waits"), (b"k", b"good")])
    behaviour = {"reject": "poison", "work_s": 1, "unavailable": str(outage), "unavailable_for": "waits"}
    stage = new_stage(behaviour, dead_letters_in_a_row=2, batch_articles=1, batches_at_once=4)
    stage.start()
    await eventually(lambda: stage.events("waiting_for_dependency"), 30)
    await eventually(lambda: stage.events("stage_paused"), 30)
    outage.end()
    await asyncio.sleep(1)  # five intervals in which the batch that waits would reach its database
    status, body = stage.get("/ready")
    assert (status, "paused: 2 dead letters in a row" in body) == (503, True)
    assert await probe_topics.count() == 0


async def _passed_on(probe_topics: ProbeTopics, number: int) -> bool:
    return await probe_topics.count() == number


async def test_without_kafka_or_topics_it_waits_and_logs_what_is_missing(
    local_kafka: LocalKafka, kafka: str, topic_prefix: str, new_stage: NewStage
) -> None:
    stage = new_stage()
    stage.kafka = "127.0.0.1:1"
    stage.start()
    line = await eventually(lambda: stage.events("waiting_for_dependency")[0], 20)
    assert line["why"] == "Kafka does not answer at 127.0.0.1:1"
    await eventually(lambda: stage.get("/ready")[0] == 503)
    assert "Kafka does not answer" in json.loads(stage.get("/ready")[1])["why"]
    assert stage.end()[0] == 0
    stage.kafka = kafka
    stage.log.write_text("")
    stage.start()
    line = await eventually(lambda: stage.events("waiting_for_dependency")[0], 20)
    assert f"no topic {topic_prefix}news.article.v1, " in line["why"]
    assert "quotewire topics apply" in line["why"]
    await ProbeTopics(kafka, topic_prefix).make_topics()
    await eventually(stage.ready, 30)


async def test_a_handler_that_cannot_start_ends_the_process_with_one_line(
    probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    stage = new_stage({"start_fails": True})
    assert stage.start().wait(30) == 1
    assert "quotewire: the probe has no model: give it one" in stage.log.read_text()
    assert "Traceback" not in stage.log.read_text()


async def test_a_handler_whose_dependency_is_unavailable_at_start_is_started_again(
    probe_topics: ProbeTopics, new_stage: NewStage, outage: Outage
) -> None:
    stage = new_stage({"start_unavailable": str(outage)})
    stage.start()
    await eventually(lambda: stage.events("waiting_for_dependency"), 20)
    assert (
        json.loads(stage.get("/ready")[1])["checks"]["state"]["detail"]
        == "starting: the probe's database is unavailable"
    )
    outage.end()
    await eventually(stage.ready, 30)

"""Replicas start, stop and die under load: no record is lost or out of order, and no partition stalls for long."""

import asyncio
import functools
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable

import pytest

from kit.eventually import eventually
from kit.probes import Outage, ProbeStage, ProbeTopics
from quotewire.local.kafka import LocalKafka
from quotewire_runtime.stage.watchdog import EXIT_NOT_STOPPED, EXIT_STALLED

pytestmark = pytest.mark.integration

NewStage = Callable[..., ProbeStage]


async def _longest_pause(probe_topics: ProbeTopics) -> float:
    """Seconds of the longest pause in any partition of the output."""
    times: dict[int, list[int]] = defaultdict(list)
    for record in await probe_topics.on():
        times[record.partition].append(record.timestamp_ms)
    pauses = [b - a for stamps in times.values() for a, b in zip(sorted(stamps), sorted(stamps)[1:], strict=False)]
    return max(pauses) / 1000


async def test_a_rolling_restart_of_three_loses_and_reorders_nothing(
    probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    stages = [
        new_stage({"work_s": 0.001}, batch_articles=8, batches_at_once=4, instance_id=f"r{number}")
        for number in range(3)
    ]
    for stage in stages:
        stage.start()
    await asyncio.gather(*(eventually(stage.ready, 40) for stage in stages))
    async with probe_topics.feeding(rate=150):
        for stage in stages:
            before = await probe_topics.count()
            await eventually(functools.partial(probe_topics.has_more_than, before + 300), 30)
            code, seconds = await asyncio.to_thread(stage.end)
            assert (code, seconds < 15) == (0, True)
            stage.start()
            await eventually(stage.ready, 40)
    await eventually(lambda: probe_topics.has_delivered(probe_topics.fed), 60)
    counts = await probe_topics.delivery_counts()
    assert (counts.duplicates, counts.out_of_order) == (0, 0)


async def test_after_a_sigkill_its_partitions_pause_for_less_than_15_s(
    probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    first, second = new_stage(), new_stage()
    first.start()
    second.start()
    await eventually(lambda: _assigned(first) == _assigned(second) == 6, 60)
    async with probe_topics.feeding(rate=150):
        await eventually(lambda: probe_topics.has_more_than(500), 30)
        await asyncio.to_thread(first.end, signal.SIGKILL)
        await eventually(lambda: _assigned(second) == 12, 30)
    await eventually(lambda: probe_topics.has_delivered(probe_topics.fed), 60)
    assert (await probe_topics.delivery_counts()).out_of_order == 0
    assert await _longest_pause(probe_topics) < 15


def _assigned(stage: ProbeStage) -> float:
    return stage.metric('quotewire_assigned_partitions{stage="extract"}')


async def test_replicas_that_join_and_leave_lose_nothing(probe_topics: ProbeTopics, new_stage: NewStage) -> None:
    stages = [new_stage({"work_s": 0.002}, batch_articles=4, batches_at_once=3) for _ in range(3)]
    async with probe_topics.feeding(rate=150):
        stages[0].start()
        await eventually(stages[0].ready, 30)
        for turn in range(4):
            joining, leaving = stages[(turn + 1) % 3], stages[turn % 3]
            joining.start()
            await eventually(joining.ready, 40)
            number = signal.SIGTERM if turn % 2 else signal.SIGKILL
            await asyncio.to_thread(leaving.end, number)
    await eventually(lambda: probe_topics.has_delivered(probe_topics.fed), 90)
    assert (await probe_topics.delivery_counts()).out_of_order == 0


async def test_an_outage_does_not_delay_a_rebalance(
    probe_topics: ProbeTopics, new_stage: NewStage, outage: Outage
) -> None:
    await probe_topics.feed(200)
    waiting, joining = new_stage({"unavailable": str(outage)}), new_stage()
    waiting.start()
    await eventually(lambda: waiting.metric('quotewire_retries_total{stage="extract"}') >= 1, 30)
    joining.start()
    began = time.monotonic()
    await eventually(lambda: _assigned(joining) == 6, 40)
    assert time.monotonic() - began < 30
    await asyncio.to_thread(waiting.end)
    await eventually(lambda: probe_topics.has_delivered(200), 40)


async def test_a_consumer_that_fetches_nothing_more_exits(probe_topics: ProbeTopics, new_stage: NewStage) -> None:
    stage = new_stage({"stops_fetching_after_s": 2}, stall_s=4)
    process = stage.start()
    async with probe_topics.feeding(rate=100):
        await eventually(lambda: process.poll() is not None, 60)
    assert process.returncode == EXIT_STALLED
    (line,) = stage.events("stage_stalled")
    assert line["lag"] > 0


@pytest.mark.parametrize("reports_progress", [True, False])
async def test_the_watchdog_ignores_a_long_batch_that_makes_progress(
    probe_topics: ProbeTopics, new_stage: NewStage, reports_progress: bool
) -> None:
    stage = new_stage(
        {"work_s": 1} | ({"reports_progress": True} if reports_progress else {}), stall_s=4, batch_articles=10
    )
    process = stage.start()
    await eventually(stage.ready, 60)
    await probe_topics.feed(30)
    if reports_progress:
        await eventually(functools.partial(probe_topics.has_more_than, 9), 60)
        assert process.poll() is None
    else:
        assert await asyncio.to_thread(process.wait, 60) == EXIT_STALLED


async def test_the_watchdog_ignores_an_idle_stage(probe_topics: ProbeTopics, new_stage: NewStage) -> None:
    stage = new_stage({}, stall_s=1)
    process = stage.start()
    await eventually(stage.ready, 30)
    began = time.monotonic()
    await eventually(lambda: time.monotonic() - began > 5 or process.poll() is not None, 10)
    assert process.poll() is None
    await probe_topics.feed(100)
    await eventually(lambda: probe_topics.has_delivered(100), 30)


async def test_the_stage_waits_for_a_frozen_broker(
    local_kafka: LocalKafka, probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    await probe_topics.feed(500)
    stage = new_stage({"work_s": 0.01}, instance_id="one")
    stage.start()
    await eventually(lambda: probe_topics.has_more_than(50), 30)
    pid = _pid(local_kafka)
    os.kill(pid, signal.SIGSTOP)
    try:
        await eventually(lambda: json.loads(stage.get("/ready")[1])["ready"] is False, 30)
        assert "Kafka does not confirm" in json.loads(stage.get("/ready")[1])["why"]
        assert stage.get("/live")[0] == 200
    finally:
        os.kill(pid, signal.SIGCONT)
    await eventually(lambda: probe_topics.has_delivered(500), 60)
    await eventually(stage.ready)
    assert (await probe_topics.delivery_counts()).out_of_order == 0


async def test_sigterm_without_a_broker_exits_after_the_grace_period(
    local_kafka: LocalKafka, probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    await probe_topics.feed(2000)
    stage = new_stage({"work_s": 0.01}, shutdown_grace_s=3)
    stage.start()
    await eventually(lambda: probe_topics.has_more_than(50), 30)
    pid = _pid(local_kafka)
    os.kill(pid, signal.SIGSTOP)
    try:
        code, seconds = await asyncio.to_thread(stage.end)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (code, seconds < 8) == (EXIT_NOT_STOPPED, True)
    assert (await probe_topics.delivery_counts()).out_of_order == 0


def _pid(broker: LocalKafka) -> int:
    assert broker.identity is not None
    return broker.identity.pid


async def test_a_frozen_replica_loses_its_partitions_and_rejoins(
    probe_topics: ProbeTopics, new_stage: NewStage
) -> None:
    frozen, other = new_stage({"work_s": 0.002}), new_stage({"work_s": 0.002})
    process = frozen.start()
    other.start()
    await eventually(lambda: _assigned(frozen) == _assigned(other) == 6, 60)
    async with probe_topics.feeding(rate=150):
        await eventually(lambda: probe_topics.has_more_than(300), 30)
        process.send_signal(signal.SIGSTOP)
        try:
            await eventually(lambda: _assigned(other) == 12, 40)
            before = await probe_topics.count()
            await eventually(lambda: probe_topics.has_more_than(before + 200), 30)
        finally:
            process.send_signal(signal.SIGCONT)
        await eventually(lambda: _assigned(frozen) == _assigned(other) == 6, 60)
    await eventually(lambda: probe_topics.has_delivered(probe_topics.fed), 60)
    assert (await probe_topics.delivery_counts()).out_of_order == 0
    assert process.poll() is None

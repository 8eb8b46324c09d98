"""Replicas come, go and die under load: nothing is lost, nothing is out of order, nothing stands still for long."""

import asyncio
import functools
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.eventually import eventually
from kit.probes import ProbeStage, ProbeTopics
from quotewire.local.kafka import LocalKafka
from quotewire_runtime.stage.watchdog import EXIT_NOT_STOPPED, EXIT_STALLED

pytestmark = pytest.mark.integration

NewStage = Callable[..., ProbeStage]


async def _whole(wire: ProbeTopics, number: int) -> bool:
    return await wire.count() >= number and (await wire.delivery_counts()).unique == number


async def _more(wire: ProbeTopics, than: int) -> bool:
    return await wire.count() > than


async def _longest_silence(wire: ProbeTopics) -> float:
    """Seconds of the longest pause in any partition of the output."""
    times: dict[int, list[int]] = defaultdict(list)
    for record in await wire.on():
        times[record.partition].append(record.timestamp_ms)
    pauses = [b - a for stamps in times.values() for a, b in zip(sorted(stamps), sorted(stamps)[1:], strict=False)]
    return max(pauses) / 1000


async def test_a_rolling_restart_of_three_loses_and_reorders_nothing(wire: ProbeTopics, new_stage: NewStage) -> None:
    stages = [
        new_stage({"work_s": 0.001}, batch_articles=8, batches_at_once=4, instance_id=f"r{number}")
        for number in range(3)
    ]
    for stage in stages:
        stage.start()
    await asyncio.gather(*(eventually(stage.ready, 40) for stage in stages))
    async with wire.feeding(rate=150):
        for stage in stages:
            before = await wire.count()
            await eventually(functools.partial(_more, wire, before + 300), 30)
            code, seconds = await asyncio.to_thread(stage.end)
            assert (code, seconds < 15) == (0, True)
            stage.start()
            await eventually(stage.ready, 40)
    await eventually(lambda: _whole(wire, wire.fed), 60)
    delivery_counts = await wire.delivery_counts()
    assert (delivery_counts.duplicates, delivery_counts.out_of_order) == (0, 0)


async def test_after_a_sigkill_its_partitions_stand_still_for_less_than_15_s(
    wire: ProbeTopics, new_stage: NewStage
) -> None:
    first, second = new_stage(), new_stage()
    first.start()
    second.start()
    await eventually(lambda: _assigned(first) == _assigned(second) == 6, 60)
    async with wire.feeding(rate=150):
        await eventually(lambda: _more(wire, 500), 30)
        await asyncio.to_thread(first.end, signal.SIGKILL)
        await eventually(lambda: _assigned(second) == 12, 30)
    await eventually(lambda: _whole(wire, wire.fed), 60)
    assert (await wire.delivery_counts()).out_of_order == 0
    assert await _longest_silence(wire) < 15


def _assigned(stage: ProbeStage) -> float:
    return stage.metric('quotewire_assigned_partitions{stage="extract"}')


async def test_replicas_that_join_and_leave_lose_nothing(wire: ProbeTopics, new_stage: NewStage) -> None:
    stages = [new_stage({"work_s": 0.002}, batch_articles=4, batches_at_once=3) for _ in range(3)]
    async with wire.feeding(rate=150):
        stages[0].start()
        await eventually(stages[0].ready, 30)
        for turn in range(4):
            joining, leaving = stages[(turn + 1) % 3], stages[turn % 3]
            joining.start()
            await eventually(joining.ready, 40)
            number = signal.SIGTERM if turn % 2 else signal.SIGKILL
            await asyncio.to_thread(leaving.end, number)
    await eventually(lambda: _whole(wire, wire.fed), 90)
    assert (await wire.delivery_counts()).out_of_order == 0


async def test_waiting_for_the_outside_does_not_hold_up_a_rebalance(
    wire: ProbeTopics, new_stage: NewStage, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.touch()
    await wire.feed(200)
    waiting, joining = new_stage({"away": str(away)}), new_stage()
    waiting.start()
    await eventually(lambda: waiting.metric('quotewire_retries_total{stage="extract"}') >= 1, 30)
    joining.start()
    began = time.monotonic()
    await eventually(lambda: _assigned(joining) == 6, 40)
    assert time.monotonic() - began < 30
    await asyncio.to_thread(waiting.end)
    await eventually(lambda: _whole(wire, 200), 40)


async def test_a_consumer_that_hears_nothing_more_ends_itself(wire: ProbeTopics, new_stage: NewStage) -> None:
    stage = new_stage({"deaf_after": 2}, stall_s=4)
    process = stage.start()
    async with wire.feeding(rate=100):
        await eventually(lambda: process.poll() is not None, 60)
    assert process.returncode == EXIT_STALLED
    (line,) = stage.events("stage_stalled")
    assert line["lag"] > 0


@pytest.mark.parametrize("tells", [True, False])
async def test_a_batch_that_takes_long_is_left_alone_while_it_gets_on(
    wire: ProbeTopics, new_stage: NewStage, tells: bool
) -> None:
    stage = new_stage({"work_s": 1} | ({"tells": True} if tells else {}), stall_s=4, batch_articles=10)
    process = stage.start()
    await eventually(stage.ready, 60)
    await wire.feed(30)
    if tells:
        await eventually(functools.partial(_more, wire, 9), 60)
        assert process.poll() is None
    else:
        assert await asyncio.to_thread(process.wait, 60) == EXIT_STALLED


async def test_an_idle_stage_is_left_alone(wire: ProbeTopics, new_stage: NewStage) -> None:
    stage = new_stage({}, stall_s=1)
    process = stage.start()
    await eventually(stage.ready, 30)
    began = time.monotonic()
    await eventually(lambda: time.monotonic() - began > 5 or process.poll() is not None, 10)
    assert process.poll() is None
    await wire.feed(100)
    await eventually(lambda: _whole(wire, 100), 30)


async def test_a_frozen_broker_is_waited_for(local_kafka: LocalKafka, wire: ProbeTopics, new_stage: NewStage) -> None:
    await wire.feed(500)
    stage = new_stage({"work_s": 0.01}, instance_id="one")
    stage.start()
    await eventually(lambda: _more(wire, 50), 30)
    pid = _pid(local_kafka)
    os.kill(pid, signal.SIGSTOP)
    try:
        await eventually(lambda: json.loads(stage.get("/ready")[1])["ready"] is False, 30)
        assert "Kafka does not confirm" in json.loads(stage.get("/ready")[1])["why"]
        assert stage.get("/live")[0] == 200
    finally:
        os.kill(pid, signal.SIGCONT)
    await eventually(lambda: _whole(wire, 500), 60)
    await eventually(stage.ready)
    assert (await wire.delivery_counts()).out_of_order == 0


async def test_sigterm_with_the_broker_away_ends_after_the_grace(
    local_kafka: LocalKafka, wire: ProbeTopics, new_stage: NewStage
) -> None:
    await wire.feed(2000)
    stage = new_stage({"work_s": 0.01}, shutdown_grace_s=3)
    stage.start()
    await eventually(lambda: _more(wire, 50), 30)
    pid = _pid(local_kafka)
    os.kill(pid, signal.SIGSTOP)
    try:
        code, seconds = await asyncio.to_thread(stage.end)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (code, seconds < 8) == (EXIT_NOT_STOPPED, True)
    assert (await wire.delivery_counts()).out_of_order == 0


def _pid(broker: LocalKafka) -> int:
    assert broker.identity is not None
    return broker.identity.pid


async def test_a_frozen_replica_loses_its_place_and_comes_back(wire: ProbeTopics, new_stage: NewStage) -> None:
    frozen, other = new_stage({"work_s": 0.002}), new_stage({"work_s": 0.002})
    process = frozen.start()
    other.start()
    await eventually(lambda: _assigned(frozen) == _assigned(other) == 6, 60)
    async with wire.feeding(rate=150):
        await eventually(lambda: _more(wire, 300), 30)
        process.send_signal(signal.SIGSTOP)
        try:
            await eventually(lambda: _assigned(other) == 12, 40)
            before = await wire.count()
            await eventually(lambda: _more(wire, before + 200), 30)
        finally:
            process.send_signal(signal.SIGCONT)
        await eventually(lambda: _assigned(frozen) == _assigned(other) == 6, 60)
    await eventually(lambda: _whole(wire, wire.fed), 60)
    assert (await wire.delivery_counts()).out_of_order == 0
    assert process.poll() is None

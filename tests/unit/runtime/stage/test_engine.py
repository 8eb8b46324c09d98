"""The loop of a stage, with a Kafka client in memory."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest

from kit.eventually import eventually
from kit.fake_client import FakeClient, RecordTooLarge, SendRejected
from quotewire_runtime.config.settings import EngineSettings
from quotewire_runtime.observability import metrics
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.records import Emit, Record
from quotewire_runtime.results import Done, Reject, Retry
from quotewire_runtime.stage.engine import Engine
from quotewire_runtime.stage.state import StageState, State
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import ENRICHED, Topics

DEAD = "p.news.article.v1.extract.dlq"


class Handler:
    """Passes records on, rejects the value ``bad``, and first raises what is in ``errors``."""

    stage = "extract"

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.batches: list[int] = []
        self.results: Callable[[Sequence[Record]], Sequence[Done | Reject]] = self._pass_on

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        self.batches.append(len(records))
        await asyncio.sleep(0)
        if self.errors:
            raise self.errors.pop(0)
        return self.results(records)

    def _pass_on(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        return [
            Reject(Reason.INVALID, "text: bad")
            if record.value == b"bad"
            else Done(Outcome.ANNOTATED, "a", (Emit(ENRICHED, record.key or b"", record.value or b"", ()),))
            for record in records
        ]


class Rig:
    def __init__(self, **settings: Any) -> None:
        self.client = FakeClient()
        self.handler = Handler()
        self.state = StageState("extract")
        values: dict[str, Any] = {"batch_articles": 4, "dead_letters_in_a_row": 5, "dead_letter_window": 10}
        self.engine = Engine(
            self.handler,
            client=self.client,
            settings=EngineSettings(**(values | settings)),
            topics=Topics("p."),
            state=self.state,
        )
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.engine.resume()
        self.task = asyncio.create_task(self.engine.run(self.client.deliveries()))

    def sent(self, topic: str = "p." + ENRICHED) -> list[bytes | None]:
        return [out.value for out in self.client.sent if out.topic == topic]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    made = Rig()
    yield made
    if made.task is not None:
        made.task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await made.task


async def test_records_are_passed_on_in_order_and_then_acknowledged(rig: Rig) -> None:
    values = [b"%d" % number for number in range(10)]
    rig.client.put(values)
    rig.start()
    await eventually(lambda: rig.client.acknowledged == list(range(10)))
    assert rig.sent() == values
    assert rig.handler.batches == [4, 4, 2]
    assert rig.engine.positions["news.article.v1", 0] == (10, 1_700_000_000_000)
    assert rig.state.current.state is State.RUNNING


async def test_one_record_is_rejected_and_the_others_are_delivered(rig: Rig) -> None:
    rig.client.put([b"1", b"bad", b"2"])
    rig.start()
    await eventually(lambda: rig.client.acknowledged == [0, 1, 2])
    assert rig.sent() == [b"1", b"2"]
    assert rig.sent(DEAD) == [b"bad"]


async def test_reject_may_be_raised_for_a_batch_of_one_only(rig: Rig) -> None:
    rig.handler.errors = [Reject(Reason.EMPTY, "no value")]
    rig.client.put([None])
    rig.start()
    await eventually(lambda: rig.client.acknowledged == [0])
    assert rig.sent(DEAD) == [None]
    rig.handler.errors = [Reject(Reason.EMPTY, "no value")]
    rig.client.put([b"1", b"2"])
    assert rig.task is not None
    with pytest.raises(RuntimeError, match="Reject was raised for a batch"):
        await rig.task


async def test_retry_makes_the_stage_wait_and_handle_the_batch_again(rig: Rig) -> None:
    rig.handler.errors = [Retry(0.01, "down"), Retry(0.01, "down"), Retry(60, "still down")]
    rig.client.put([b"1", b"2"])
    rig.start()
    await eventually(lambda: rig.state.current.why == "still down")
    assert rig.state.current.state is State.WAITING
    assert not rig.state.check().ok
    assert rig.client.acknowledged == []
    await rig.engine.drain(1)
    assert rig.client.acknowledged == []
    assert rig.sent() == []


async def test_any_other_exception_ends_the_loop_without_acknowledging(rig: Rig) -> None:
    rig.handler.errors = [ValueError("a defect")]
    rig.client.put([b"1"])
    rig.start()
    assert rig.task is not None
    with pytest.raises(ValueError, match="a defect"):
        await rig.task
    assert rig.client.acknowledged == []


async def test_a_wrong_number_of_results_is_a_crash(rig: Rig) -> None:
    rig.handler.results = lambda records: []
    rig.client.put([b"1"])
    rig.start()
    assert rig.task is not None
    with pytest.raises(RuntimeError, match="returned 0 results for 1 records"):
        await rig.task


@pytest.mark.parametrize("late", [False, True])
async def test_a_batch_that_kafka_rejects_is_produced_again(rig: Rig, late: bool) -> None:
    (rig.client.late_failures if late else rig.client.failures).append(SendRejected("not now"))
    rig.client.put([b"1", b"2"])
    rig.start()
    await eventually(lambda: rig.state.current.state is State.WAITING)
    assert rig.client.acknowledged == []
    await eventually(lambda: rig.client.acknowledged == [0, 1])
    assert rig.sent()[-2:] == [b"1", b"2"]
    assert rig.handler.batches == [2]
    assert rig.state.current.state is State.RUNNING


async def test_a_dead_letter_that_kafka_rejects_is_counted_and_written_again(rig: Rig) -> None:
    failed = metrics.DEAD_LETTERS_FAILED.labels("extract")
    before = failed._value.get()
    rig.client.late_failures.append(SendRejected("not now"))
    rig.client.put([b"bad"])
    rig.start()
    await eventually(lambda: rig.client.acknowledged == [0])
    assert rig.sent(DEAD) == [b"bad", b"bad"]
    assert failed._value.get() == before + 1


async def test_a_record_that_kafka_rejects_for_its_size_becomes_a_dead_letter(rig: Rig) -> None:
    rig.client.late_failures.append(RecordTooLarge("too large for the topic"))
    rig.client.put([b"1", b"2"])
    rig.start()
    await eventually(lambda: rig.client.acknowledged == [0, 1])
    assert rig.sent(DEAD) == [b"1"]
    assert rig.sent()[-1] == b"2"


async def test_a_record_above_the_topics_limit_is_not_sent(rig: Rig) -> None:
    big = bytes(5_000_000)
    rig.handler.results = lambda records: [
        Done(Outcome.ANNOTATED, "a", (Emit(ENRICHED, b"a", b"first", ()), Emit(ENRICHED, b"a", big, ())))
    ]
    rig.client.put([b"1"])
    rig.start()
    await eventually(lambda: rig.client.acknowledged == [0])
    assert rig.sent() == []
    assert rig.sent(DEAD) == [b"1"]


async def test_too_many_dead_letters_pause_before_they_are_written() -> None:
    rig = Rig(batch_articles=3)
    rig.client.put([b"bad"] * 12)
    rig.start()
    await eventually(lambda: rig.state.current.state is State.PAUSED)
    assert rig.client.acknowledged == [0, 1, 2]
    assert rig.sent(DEAD) == [b"bad"] * 3
    assert "6 dead letters in a row, the last one: invalid: text: bad" in rig.state.current.why
    rig.engine.resume()  # a rebalance does not end the pause
    await rig.engine.drain(1)
    rig.engine.resume()
    rig.client.put([b"good"])
    await asyncio.sleep(0.05)  # nothing may happen
    assert rig.state.current.state is State.PAUSED
    assert rig.client.acknowledged == [0, 1, 2]
    assert rig.task is not None
    assert not rig.task.done()
    rig.task.cancel()


async def test_records_of_lost_partitions_are_dropped(rig: Rig) -> None:
    rig.client.put([b"1", b"2", b"3"])
    rig.client.lost = {0, 2}
    rig.start()
    await eventually(lambda: rig.client.acknowledged == [1])
    assert rig.sent() == [b"2"]


async def test_drain_finishes_the_active_batch_and_begins_no_other() -> None:
    rig = Rig()
    may_end = asyncio.Event()

    class Slow(Handler):
        async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
            self.batches.append(len(records))
            await may_end.wait()
            return self.results(records)

    rig.engine._handler = slow = Slow()
    rig.client.put([b"1", b"2", b"3", b"4", b"5"])
    rig.start()
    await eventually(lambda: slow.batches == [4])
    draining = asyncio.create_task(rig.engine.drain(5))
    await asyncio.sleep(0)
    assert not draining.done()
    may_end.set()
    await draining
    assert rig.client.acknowledged == [0, 1, 2, 3]
    await asyncio.sleep(0.05)  # nothing may happen
    assert slow.batches == [4]
    rig.engine.resume()
    await eventually(lambda: rig.client.acknowledged == [0, 1, 2, 3, 4])
    assert rig.task is not None
    rig.task.cancel()


async def test_a_dead_letter_of_a_dead_letter_stays_where_it_is() -> None:
    from kit.fake_client import record
    from quotewire_runtime.kafka.dead_letter import dead_letter

    assert dead_letter(record(b"x", topic=DEAD), Reject(Reason.INVALID, ""), stage="store", topics=Topics("p.")) is None


class Gated(Handler):
    """Handles each batch when its gate is open; gates are named by the first value of the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.gates: dict[bytes | None, asyncio.Event] = {}
        self.waits: dict[bytes | None, list[Retry]] = {}
        """What the batch of a value raises first."""
        self.handled: list[bytes | None] = []

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        gate = self.gates.setdefault(records[0].value, asyncio.Event())
        await gate.wait()
        if waits := self.waits.get(records[0].value):
            raise waits.pop(0)
        if self.errors:
            raise self.errors.pop(0)
        self.handled.append(records[0].value)
        return self.results(records)


@pytest.fixture
async def gated() -> AsyncIterator[tuple[Rig, Gated]]:
    """Batches of one, three at a time."""
    rig, handler = Rig(batch_articles=1, batches_at_once=3), Gated()
    rig.engine._handler = handler
    rig.start()
    yield rig, handler
    assert rig.task is not None
    rig.task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await rig.task


async def test_batches_are_handled_together_and_produced_in_order(gated: tuple[Rig, Gated]) -> None:
    rig, handler = gated
    rig.client.put([b"1", b"2", b"3", b"4", b"5"])
    await eventually(lambda: list(handler.gates) == [b"1", b"2", b"3"])
    handler.gates[b"2"].set()
    handler.gates[b"3"].set()
    await asyncio.sleep(0.05)  # nothing may happen
    assert (rig.sent(), rig.client.acknowledged, list(handler.gates)) == ([], [], [b"1", b"2", b"3"])
    assert metrics.REGISTRY.get_sample_value("quotewire_articles_in_progress", {"stage": "extract"}) == 3
    handler.gates[b"1"].set()
    await eventually(lambda: rig.client.acknowledged == [0, 1, 2])
    assert rig.sent() == [b"1", b"2", b"3"]
    await eventually(lambda: list(handler.gates) == [b"1", b"2", b"3", b"4", b"5"])


async def test_drain_waits_for_all_active_batches(gated: tuple[Rig, Gated]) -> None:
    rig, handler = gated
    rig.client.put([b"1", b"2", b"3", b"4"])
    await eventually(lambda: len(handler.gates) == 3)
    draining = asyncio.create_task(rig.engine.drain(5))
    for value in (b"3", b"1", b"2"):
        assert not draining.done()
        handler.gates[value].set()
        await asyncio.sleep(0)
    await draining
    assert rig.client.acknowledged == [0, 1, 2]
    assert len(handler.gates) == 3


async def test_batches_behind_an_abandoned_one_are_abandoned_too(gated: tuple[Rig, Gated]) -> None:
    rig, handler = gated
    rig.client.put([b"1", b"2"])
    await eventually(lambda: len(handler.gates) == 2)
    handler.errors = [Retry(60, "PostgreSQL is unavailable")]
    handler.gates[b"1"].set()
    await eventually(lambda: rig.state.current.state is State.WAITING)
    handler.gates[b"2"].set()
    await rig.engine.drain(5)  # a rebalance
    assert (rig.sent(), rig.client.acknowledged) == ([], [])
    rig.engine.resume()
    rig.client.put([b"1", b"2"])  # unacknowledged records are delivered again
    await eventually(lambda: rig.client.acknowledged == [2, 3])
    assert rig.sent() == [b"1", b"2"]


async def test_a_pause_stops_the_batches_behind_it(gated: tuple[Rig, Gated]) -> None:
    rig, handler = gated
    rig.client.put([b"bad"] * 4)
    await eventually(lambda: b"bad" in handler.gates)
    handler.gates[b"bad"].set()
    await eventually(lambda: len(rig.client.acknowledged) == 4)
    handler.gates[b"bad"].clear()
    rig.client.put([b"bad", b"good", b"more"])
    await eventually(lambda: {b"good", b"more"} <= set(handler.gates))
    for gate in handler.gates.values():
        gate.set()
    await eventually(lambda: rig.state.current.state is State.PAUSED)
    await rig.engine.drain(5)
    assert rig.client.acknowledged == [0, 1, 2, 3]
    assert rig.sent() == []


async def test_an_exception_in_a_later_batch_lets_the_first_be_produced(gated: tuple[Rig, Gated]) -> None:
    rig, handler = gated
    rig.client.put([b"1", b"2", b"3"])
    await eventually(lambda: len(handler.gates) == 3)
    handler.errors = [ValueError("a fault of ours")]
    handler.gates[b"2"].set()
    await eventually(lambda: not handler.errors)
    handler.gates[b"1"].set()
    assert rig.task is not None
    with pytest.raises(ValueError, match="a fault of ours"):
        await rig.task
    assert rig.client.acknowledged == [0]
    rig.task = asyncio.create_task(asyncio.sleep(0))


@pytest.mark.parametrize("unavailable", ["before the pause", "after the pause"])
async def test_a_paused_stage_stays_paused_when_the_dependency_of_another_batch_recovers(
    gated: tuple[Rig, Gated], unavailable: str
) -> None:
    rig, handler = gated
    handler.results = lambda records: [Reject(Reason.INVALID, "text: bad") for _ in records]
    handler.gates[b"bad"] = asyncio.Event()
    handler.gates[b"bad"].set()
    rig.client.put([b"bad"] * 4)
    await eventually(lambda: len(rig.client.acknowledged) == 4)
    rig.client.put([b"last", b"waits"])
    await eventually(lambda: {b"last", b"waits"} <= set(handler.gates))
    opened = (b"last", b"waits") if unavailable == "after the pause" else (b"waits", b"last")
    handler.waits[b"waits"] = [Retry(0.01, "PostgreSQL is unavailable")] * 3
    for value in opened:
        handler.gates[value].set()
        await asyncio.sleep(0.02)
    await eventually(lambda: rig.state.current.state is State.PAUSED)
    await asyncio.sleep(0.1)  # nothing may happen
    assert rig.state.current.state is State.PAUSED
    assert not rig.state.check().ok
    await rig.engine.drain(5)
    rig.engine.resume()  # a rebalance
    assert rig.state.current.state is State.PAUSED
    assert rig.client.acknowledged == [0, 1, 2, 3]


async def test_a_stage_is_not_ready_while_one_of_its_batches_waits(gated: tuple[Rig, Gated]) -> None:
    rig, handler = gated
    rig.client.put([b"1", b"2"])
    await eventually(lambda: len(handler.gates) == 2)
    handler.waits[b"1"] = [Retry(0.05, "PostgreSQL is unavailable")] * 4
    handler.gates[b"1"].set()
    await eventually(lambda: rig.state.current.state is State.WAITING)
    handler.gates[b"2"].set()
    await eventually(lambda: handler.handled == [b"2"])
    assert not rig.state.check().ok
    await eventually(lambda: rig.client.acknowledged == [0, 1])
    assert rig.state.check().ok

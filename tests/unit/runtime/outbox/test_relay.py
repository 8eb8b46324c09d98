"""The relay sends in order, deletes what Kafka confirmed, and says why it cannot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaError

from kit.eventually import eventually
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.outbox.relay import PeriodicTask, Relay
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.records import Emit

from .fakes import FakeDatabase, FakeTable

LOCKED, NOT_LOCKED = (True,), (False,)


class FakeProducer:
    """Confirms at once, or fails, or keeps its caller waiting."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bytes, list[tuple[str, bytes]]]] = []
        self.error: Exception | None = None
        self.silent = False
        self.running = 0

    async def start(self) -> None:
        self.running += 1

    async def stop(self) -> None:
        self.running -= 1

    async def send(self, topic: str, value: bytes, key: bytes, headers: Any) -> asyncio.Future[None]:
        if self.error is not None:
            raise self.error
        self.sent.append((topic, value, key, headers))
        confirmation: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if not self.silent:
            confirmation.set_result(None)
        return confirmation


class Kafka:
    """What the relay asks of Kafka."""

    def __init__(self) -> None:
        self.producer = FakeProducer()
        self.missing: list[str] = []


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    kafka = Kafka()

    async def missing_topics(settings: KafkaSettings, topics: list[str]) -> list[str]:
        assert topics == ["test.orders"]
        return kafka.missing

    module = "quotewire_runtime.outbox.relay"
    monkeypatch.setattr(f"{module}.missing_topics", missing_topics)
    monkeypatch.setattr(f"{module}.new_producer", lambda settings, client_id: kafka.producer)
    monkeypatch.setattr(f"{module}._RETRY_INTERVAL_S", 0.001)
    monkeypatch.setattr(f"{module}._SLOW_S", 0.01)
    return kafka


@asynccontextmanager
async def relaying(
    table: FakeTable, database: FakeDatabase, periodic: PeriodicTask | None = None
) -> AsyncIterator[Relay]:
    relay = Relay(
        KafkaSettings(topic_prefix="test."), cast(Database, database), table,
        stage="probe", topics=["orders"], lock="the lock", periodic=periodic,
    )  # fmt: skip
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_records_are_sent_in_order_and_deleted(kafka: Kafka) -> None:
    table = FakeTable(b"1", b"2", b"3")
    async with relaying(table, FakeDatabase(LOCKED)) as relay:
        await eventually(lambda: not table.records)
        assert relay.problem is None
    headers = [("n", b"1")]
    assert kafka.producer.sent == [("test.orders", value, b"k", headers) for value in (b"1", b"2", b"3")]
    assert kafka.producer.running == 0


async def test_another_holder_of_the_lock_does_the_work(kafka: Kafka) -> None:
    table, database = FakeTable(b"1"), FakeDatabase(NOT_LOCKED)
    async with relaying(table, database) as relay:
        await eventually(lambda: len(database.connected.statements) > 3)
        assert (kafka.producer.sent, len(table.records), relay.problem) == ([], 1, None)
        database.connected.row = LOCKED
        await eventually(lambda: not table.records)


async def test_what_kafka_does_not_confirm_stays(kafka: Kafka) -> None:
    kafka.producer.silent = True
    table = FakeTable(b"1")
    async with relaying(table, FakeDatabase(LOCKED)) as relay:
        await eventually(lambda: "does not confirm" in (relay.problem or ""))
    assert len(table.records) == 1


async def test_without_kafka_the_lock_is_released(kafka: Kafka) -> None:
    kafka.producer.error = KafkaError("refused")
    table, database = FakeTable(b"1"), FakeDatabase(LOCKED)
    async with relaying(table, database) as relay:
        await eventually(lambda: database.closed > 0 and "is unavailable" in (relay.problem or ""))
        kafka.producer.error = None
        await eventually(lambda: not table.records and relay.problem is None)


async def test_missing_topics_and_an_unavailable_database_are_waited_for(kafka: Kafka) -> None:
    kafka.missing = ["test.orders"]
    table, database = FakeTable(b"1"), FakeDatabase(LOCKED)
    database.error = DatabaseUnavailable("PostgreSQL: refused")
    async with relaying(table, database) as relay:
        await eventually(lambda: relay.problem == "no topic test.orders: run `quotewire topics apply`")
        kafka.missing = []
        await eventually(lambda: relay.problem == "PostgreSQL: refused")
        database.error = None
        await eventually(lambda: not table.records)


async def test_the_holder_of_the_lock_runs_the_periodic_task(kafka: Kafka) -> None:
    table = FakeTable()

    async def put(connection: Connection) -> None:
        await table.put(connection, Emit("orders", b"h", b"heartbeat", ()))

    async with relaying(table, FakeDatabase(LOCKED), PeriodicTask(0.005, put)):
        await eventually(lambda: len(kafka.producer.sent) > 2)

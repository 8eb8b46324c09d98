"""Full at the limit, with capacity again below four fifths of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

import pytest

from kit.eventually import eventually
from quotewire_runtime.observability import metrics
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable

from .fakes import OLDEST, FakeDatabase, FakeTable


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quotewire_runtime.outbox.backpressure._INTERVAL_S", 0.001)


@asynccontextmanager
async def measured(
    table: FakeTable, database: FakeDatabase | None = None, **limits: int
) -> AsyncIterator[Backpressure]:
    limits = {"max_records": 10, "max_bytes": 10 * 2**20} | limits
    backpressure = Backpressure(cast(Database, database or FakeDatabase()), table, stage="probe", **limits)
    task = asyncio.create_task(backpressure.run())
    try:
        yield backpressure
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def gauge(name: str) -> float | None:
    return metrics.REGISTRY.get_sample_value(f"quotewire_outbox_{name}", {"stage": "probe"})


async def test_full_at_the_limit_of_records() -> None:
    table = FakeTable(*[b"x"] * 10)
    async with measured(table) as backpressure:
        await eventually(lambda: backpressure.full)
        assert backpressure.problem == (
            "the outbox is full: 10 records of 10, 0 MiB of 10 wait for Kafka; nothing more is taken in"
        )
        waiting = asyncio.create_task(backpressure.wait_for_capacity())
        table.records = table.records[:8]
        await eventually(lambda: "8 records" in (backpressure.problem or ""))
        assert not waiting.done()
        table.records = table.records[:7]
        await asyncio.wait_for(waiting, 5)
        assert not backpressure.full


async def test_full_at_the_limit_of_bytes() -> None:
    async with measured(FakeTable(b"x" * 50, b"x" * 50), max_bytes=100) as backpressure:
        await eventually(lambda: backpressure.full)


async def test_below_the_limit_nobody_waits() -> None:
    async with measured(FakeTable(*[b"x"] * 9)) as backpressure:
        await eventually(lambda: gauge("records") == 9)
        await asyncio.wait_for(backpressure.wait_for_capacity(), 5)


async def test_what_waits_is_shown_by_metrics() -> None:
    async with measured(FakeTable(b"abc", b"d"), max_records=2):
        await eventually(lambda: gauge("full") == 1)
    assert (gauge("records"), gauge("bytes")) == (2, 4)
    assert gauge("oldest_timestamp_seconds") == OLDEST.timestamp()


async def test_an_unavailable_database_changes_nothing() -> None:
    database = FakeDatabase()
    async with measured(FakeTable(*[b"x"] * 10), database) as backpressure:
        await eventually(lambda: backpressure.full)
        database.error = DatabaseUnavailable("refused")
        await asyncio.sleep(0.02)
        assert backpressure.full

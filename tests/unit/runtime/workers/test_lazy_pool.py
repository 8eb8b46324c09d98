"""A lazy pool starts a worker only when an item finds none free. The processes are fakes."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest

from kit.eventually import eventually
from quotewire_runtime.observability import metrics
from quotewire_runtime.workers import pool as pool_module
from quotewire_runtime.workers.pool import Completed, WorkerPool, WorkersBroken
from quotewire_runtime.workers.process import ChunkAnswer


class FakeProcess:
    """Stands for ``WorkerProcess``; the item "wait" runs until ``release`` is set."""

    started: ClassVar[list["FakeProcess"]]
    release: ClassVar[threading.Event]
    problem: ClassVar[str | None]

    def __init__(self, initializer: str, config: dict[str, Any], *, memory_mib: int) -> None:
        self.alive = self.killed_loading = self.used = False
        self.progress_at = 0.0

    def start(self) -> str | None:
        self.alive = self.problem is None
        self.started.append(self)
        return self.problem

    def run_chunk(self, items: list[str], deadline_s: float) -> ChunkAnswer:
        if "wait" in items:
            self.release.wait(10)
        return ChunkAnswer([(self.started.index(self), 0.0) for _ in items])

    def shut_down(self) -> None:
        self.release.set()

    def kill(self) -> None:
        self.alive = False


@pytest.fixture
async def pool(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WorkerPool]:
    FakeProcess.started, FakeProcess.release, FakeProcess.problem = [], threading.Event(), None
    monkeypatch.setattr(pool_module, "WorkerProcess", FakeProcess)
    async with WorkerPool("no:module", processes=2, deadline_s=1, memory_mib=1, max_chunk=1, lazy=True) as pool:
        yield pool


async def run(pool: WorkerPool, item: str) -> int:
    """Run one item; return the number of the process that ran it, counted from 0 in the order of starts."""
    [result] = await pool.run([item])
    assert isinstance(result, Completed)
    return int(result.value)


async def test_no_worker_starts_before_an_item_comes(pool: WorkerPool) -> None:
    assert FakeProcess.started == []
    assert pool.check().ok


async def test_a_free_worker_is_reused(pool: WorkerPool) -> None:
    assert [await run(pool, "work") for _ in range(5)] == [0] * 5
    assert len(FakeProcess.started) == 1


async def test_an_item_that_finds_no_worker_free_starts_one_up_to_the_limit(pool: WorkerPool) -> None:
    long = [asyncio.create_task(run(pool, "wait"))]
    await eventually(lambda: len(FakeProcess.started) == 1)
    assert await run(pool, "work") == 1
    long.append(asyncio.create_task(run(pool, "wait")))
    waiting = asyncio.create_task(run(pool, "work"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    FakeProcess.release.set()
    assert await asyncio.gather(*long) == [0, 1]
    assert await waiting in (0, 1)
    assert len(FakeProcess.started) == 2


async def test_a_failed_start_is_tried_again_by_the_next_item(pool: WorkerPool) -> None:
    FakeProcess.problem = "ModuleNotFoundError: no module"
    for _ in range(3):
        with pytest.raises(WorkersBroken, match="no module"):
            await pool.run(["work"])
    FakeProcess.problem = None
    assert isinstance((await pool.run(["work"]))[0], Completed)


async def test_the_gauge_counts_the_workers_of_all_pools(pool: WorkerPool) -> None:
    def up() -> float:
        return metrics.REGISTRY.get_sample_value("quotewire_workers", {"stage": "extract"}) or 0

    before = up()
    async with WorkerPool("no:module", processes=3, deadline_s=1, memory_mib=1) as other:
        assert other.check().detail == "3 of 3 workers up"
        await run(pool, "work")
        assert up() == before + 4
    assert up() == before + 1

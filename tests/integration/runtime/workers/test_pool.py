"""Workers crash, hang and exhaust memory; the other items still get their results."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kit.eventually import eventually, soon
from quotewire_runtime.observability import metrics
from quotewire_runtime.workers.pool import Completed, Failed, WorkerPool, WorkersBroken
from quotewire_schemas.dead_letter import Reason

NewPool = Callable[..., Awaitable[WorkerPool]]
TESTS = Path(__file__).parents[3]


@pytest.fixture
async def new_pool(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[NewPool]:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))  # the workers import kit.worker_functions
    pools: list[WorkerPool] = []

    async def make(initializer: str = "kit.worker_functions:one_by_one", **more: Any) -> WorkerPool:
        arguments: dict[str, Any] = {"processes": 2, "deadline_s": 1.0, "memory_mib": 300, "max_chunk": 8}
        pools.append(WorkerPool(initializer, **(arguments | more)))
        await pools[-1].start()
        return pools[-1]

    yield make
    for pool in pools:
        await pool.stop()


def plain(count: int) -> list[str]:
    return [f"work {number}" for number in range(count)]


async def test_results_are_in_the_order_of_the_items(new_pool: NewPool) -> None:
    pool = await new_pool(config={"greeting": "done"})
    results = await pool.run(plain(50))
    assert [result.value for result in results if isinstance(result, Completed)] == [
        f"done {item}" for item in plain(50)
    ]
    assert await pool.run([]) == []
    assert pool.check().ok


@pytest.mark.parametrize(
    ("deed", "reason", "word"),
    [
        ("die", Reason.CRASH, "SIGSEGV"),
        ("leave", Reason.CRASH, "exit code 3"),
        ("hang", Reason.TIMEOUT, "no result within 1 s"),
        ("eat", Reason.MEMORY, "MiB of memory"),
        ("gulp", Reason.MEMORY, "MiB of memory"),
        ("raise", Reason.CRASH, "ValueError: no such word in the text"),
    ],
)
@pytest.mark.parametrize("initializer", ["kit.worker_functions:one_by_one", "kit.worker_functions:all_at_once"])
async def test_only_the_item_at_fault_fails(
    new_pool: NewPool, initializer: str, deed: str, reason: Reason, word: str
) -> None:
    pool = await new_pool(initializer, deadline_s=1.0 if deed == "hang" else 30.0)
    items = [*plain(10), deed, *plain(10)]
    results = await pool.run(items)
    failed = results[10]
    assert isinstance(failed, Failed)
    assert (failed.reason, word in failed.message) == (reason, True), failed
    assert [result.value for result in results if isinstance(result, Completed)] == [
        f"did {item}" for item in items if item != deed
    ]
    assert [type(result) for result in await pool.run(plain(20))] == [Completed] * 20


async def test_several_items_at_fault_in_one_chunk(new_pool: NewPool) -> None:
    pool = await new_pool("kit.worker_functions:all_at_once", deadline_s=4.0)
    results = await pool.run(["die", "work a", "hang", "raise", "work b", "eat"] + plain(30))
    assert [str(result.reason) for result in results if isinstance(result, Failed)] == [
        "crash", "timeout", "crash", "memory",
    ]  # fmt: skip
    assert sum(isinstance(result, Completed) for result in results) == 32


@pytest.mark.parametrize("before", [["hold 120", "hold 120"], ["hold 120", "work", "work", "hold 120"]])
async def test_memory_of_earlier_items_fails_no_item(new_pool: NewPool, before: list[str]) -> None:
    pool = await new_pool("kit.worker_functions:keeps_memory", processes=1, max_chunk=4, deadline_s=30)
    for item in before:
        await _value(pool, item)
    pid, held = (await _value(pool, "hold 120")).split()
    assert held == "1", "it got a worker of its own"
    results = await pool.run(["hold 120", "hold 120", "hold 120", "work"])
    assert [type(result) for result in results] == [Completed] * 4
    (failed,) = await pool.run(["hold 400"])
    assert isinstance(failed, Failed)
    assert failed.reason is Reason.MEMORY
    assert (await _value(pool, "work")).split()[0] != pid


async def test_no_worker_is_idle_while_another_call_waits(new_pool: NewPool) -> None:
    pool = await new_pool(deadline_s=30)
    ended: list[str] = []

    async def call(name: str, items: list[str]) -> None:
        results = await pool.run(items)
        assert [type(result) for result in results] == [Completed] * len(items)
        ended.append(name)

    await asyncio.gather(call("long", ["work", "slow 1"]), call("short", plain(9)), call("later", plain(9)))
    assert ended == ["short", "later", "long"]


async def test_a_worker_whose_call_was_cancelled_works_for_the_next(new_pool: NewPool) -> None:
    pool = await new_pool(processes=1, deadline_s=30)
    cancelled = asyncio.create_task(pool.run(["slow 0.5"]))
    await eventually(lambda: pool._free.empty())
    cancelled.cancel()
    (result,) = await pool.run(["work"])
    assert isinstance(result, Completed)


async def test_an_item_survives_one_unexplained_crash(new_pool: NewPool, tmp_path: Path) -> None:
    pool = await new_pool()
    item = f"die_once {tmp_path / 'died'}"
    (result,) = await pool.run([item])
    assert isinstance(result, Completed)


async def test_a_worker_killed_between_two_batches_is_restarted(new_pool: NewPool) -> None:
    pool = await new_pool(processes=1)
    (first,) = await pool.run(["pid"])
    assert isinstance(first, Completed)
    os.kill(int(first.value), signal.SIGKILL)
    await eventually(lambda: not pool.check().ok)
    (second,) = await pool.run(["pid"])
    assert isinstance(second, Completed)
    assert second.value != first.value


async def test_no_item_fails_that_takes_less_than_the_deadline(new_pool: NewPool) -> None:
    pool = await new_pool("kit.worker_functions:all_at_once", deadline_s=2.0, max_chunk=4, processes=1)
    results = await pool.run(["slow 0.8"] * 4)
    assert [type(result) for result in results] == [Completed] * 4


async def test_timings_are_returned_and_counted_in_this_process(new_pool: NewPool) -> None:
    pool = await new_pool(stage="ingest")
    series = {"stage": "ingest"}
    before = metrics.REGISTRY.get_sample_value("quotewire_worker_seconds_count", series) or 0
    (result,) = await pool.run(["slow 0.2"])
    assert isinstance(result, Completed)
    assert 0.2 <= result.seconds < 5
    assert metrics.REGISTRY.get_sample_value("quotewire_worker_seconds_count", series) == before + 1
    assert metrics.REGISTRY.get_sample_value("quotewire_workers", series) == 2


async def test_each_result_is_progress(new_pool: NewPool) -> None:
    pool = await new_pool(processes=1, deadline_s=30)
    seen: set[float] = set()
    batch = asyncio.create_task(pool.run(["slow 0.4"] * 16))  # in chunks of 8, 4, 2, 1 and 1
    while not batch.done():
        seen.add(pool.progress_at)
        await asyncio.sleep(0.05)
    assert len(seen) >= 16


async def test_the_error_of_workers_that_cannot_load_is_reported(new_pool: NewPool) -> None:
    with pytest.raises(WorkersBroken, match="FileNotFoundError: no model en_wire: pip install it"):
        await new_pool("kit.worker_functions:fails_to_load")
    with pytest.raises(WorkersBroken, match="allow more"):
        await new_pool(memory_mib=5)


async def test_a_worker_that_is_killed_while_loading_is_started_again(new_pool: NewPool, tmp_path: Path) -> None:
    pool = await new_pool(
        "kit.worker_functions:killed_while_loading", processes=1, config={"folder": str(tmp_path), "times": 5}
    )
    (result,) = await pool.run(["work"])
    assert isinstance(result, Completed)
    assert result.value == "did work"
    with pytest.raises(WorkersBroken, match="SIGKILL"):
        await new_pool(
            "kit.worker_functions:killed_while_loading", processes=1, config={"folder": str(tmp_path), "times": 99}
        )


async def test_stopping_kills_what_hangs(new_pool: NewPool) -> None:
    pool = await new_pool(deadline_s=60)
    (result,) = await pool.run(["pid"])
    assert isinstance(result, Completed)
    began = time.monotonic()
    await pool.stop()
    assert time.monotonic() - began < 5
    await eventually(lambda: not Path(f"/proc/{result.value}").exists())


async def test_a_lazy_pool_starts_processes_one_by_one_and_restarts_them(new_pool: NewPool) -> None:
    pool = await new_pool(lazy=True, max_chunk=1, processes=2, deadline_s=2.0)
    assert pool.check().detail == "0 of 2 workers up"
    pids = {await _value(pool, "pid") for _ in range(3)}
    assert len(pids) == 1
    hanging = asyncio.create_task(pool.run(["hang"]))
    await eventually(lambda: pool._free.qsize() == 1)
    assert await _value(pool, "pid") not in pids
    assert pool.check().detail == "2 of 2 workers up"
    (failed,) = await hanging
    assert isinstance(failed, Failed)
    assert failed.reason is Reason.TIMEOUT
    replaced = await asyncio.gather(*(pool.run(["slow 0.2"]) for _ in range(2)))
    assert [type(result) for (result,) in replaced] == [Completed] * 2
    (failed,) = await pool.run(["die"])
    assert isinstance(failed, Failed)
    assert await _value(pool, "pid") not in pids


async def _value(pool: WorkerPool, item: str) -> str:
    (result,) = await pool.run([item])
    assert isinstance(result, Completed)
    return str(result.value)


PARENT = """
import asyncio, sys
from quotewire_runtime.workers.pool import WorkerPool
async def main():
    pool = WorkerPool("kit.worker_functions:one_by_one", processes=1, deadline_s=60, memory_mib=300)
    await pool.start()
    (result,) = await pool.run(["pid"])
    print(result.value, flush=True)
    await pool.run(["hang"])
asyncio.run(main())
"""


def test_workers_end_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], env={**os.environ, "PYTHONPATH": str(TESTS)}, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    worker = parent.stdout.readline().decode().strip()
    parent.kill()
    parent.communicate()
    soon(lambda: _gone(worker))


def _gone(pid: str) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"

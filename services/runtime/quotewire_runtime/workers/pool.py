"""A pool of worker processes that can be killed: for work on input that may crash, hang or exhaust memory.

It is not a ``ProcessPoolExecutor``: there, an item that kills a worker breaks the whole pool, and a call that timed out
keeps running. Here each worker is a process of its own (``worker.py``), started afresh and not forked from the threaded
parent. It loads its function once. A worker that dies, gives no result for ``deadline_s`` or exceeds ``memory_mib`` is
killed and restarted, and the items of its chunk that have no result yet are run one by one: the item at fault is then
alone in its worker and becomes ``Failed``; the others get their results. (Bisecting the chunk would find the same item
after more kills, each of which costs a start and a deadline.) Memory that a worker holds may be left over from earlier
items, so an item fails for memory only in a worker that was started for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from quotewire_runtime.errors import QuotewireError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.health import Check
from quotewire_runtime.workers.chunking import WorkQueue
from quotewire_runtime.workers.process import WorkerExit, WorkerProcess
from quotewire_schemas.dead_letter import Reason

MAX_CRASHES = 2
"""Unexplained crashes of a worker on a single item before the item is rejected: one crash may be the work of the
operating system's OOM killer or of an operator."""
MAX_START_ATTEMPTS = 3
"""A worker that failed to load this many times in a row will not load at all."""
MAX_KILLS_WHILE_LOADING = 20
"""The same for a worker that is killed from outside while it loads: whoever kills workers also hits loading ones."""

Returned = TypeVar("Returned")


class WorkersBroken(QuotewireError):
    """The workers cannot be started; the message is the error that the initializer raised."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The result of an item."""

    value: Any
    seconds: float
    """Time the worker took for it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An item that raised, or on which its worker was killed."""

    reason: Reason
    """``timeout``, ``crash`` or ``memory``."""
    message: str


@dataclass(slots=True)
class _Batch:
    """The items of one call of ``WorkerPool.run``."""

    items: Sequence[Any]
    queue: WorkQueue
    results: list[Completed | Failed | None]
    crashes: dict[int, int] = field(default_factory=dict)
    """Unexplained crashes of workers that had this item alone, by index."""
    grew: set[int] = field(default_factory=set)
    """Items that ran when a worker exceeded its memory: each gets a worker of its own, started afresh."""


class WorkerPool:
    """Run one function over items in several processes.

    Args:
        initializer: ``module:function``, called once in each worker with ``config``. It returns the function that does
            the work: this takes a list of items and returns or yields one result per item, in order. Yielding is
            better: each result resets the deadline. Items and results are pickled.
        config: keyword arguments of the initializer.
        processes: number of workers.
        lazy: start a worker only when an item finds none free, instead of all of them in ``start``.
        deadline_s: longest time without a result while a worker has items. An item that is alone in its worker gets
            all of it, so no item that takes less fails; several items share it until the first result.
        memory_mib: largest resident memory of a worker.
        max_chunk: most items sent to a worker together.
        stage: label of the metrics.
    """

    def __init__(
        self,
        initializer: str,
        *,
        processes: int,
        deadline_s: float,
        memory_mib: int,
        config: Mapping[str, Any] | None = None,
        lazy: bool = False,
        max_chunk: int = 8,
        stage: str = "extract",
    ) -> None:
        self._deadline_s = deadline_s
        self._lazy = lazy
        self._max_chunk = max_chunk
        self._stage = stage
        self._workers = [WorkerProcess(initializer, config or {}, memory_mib=memory_mib) for _ in range(processes)]
        # Last in, first out: a worker that has just finished is reused before one that was never started.
        self._free: asyncio.LifoQueue[WorkerProcess] = asyncio.LifoQueue()
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="worker")
        self._progress_at = 0.0
        self._reported_up = 0
        self._log = logs.get_logger("quotewire.workers")

    @property
    def progress_at(self) -> float:
        """Monotonic time at which a worker last returned a result, was killed or was loaded. Thread-safe."""
        return max([self._progress_at, *(worker.progress_at for worker in self._workers)])

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start all workers and wait until each has loaded its function; a lazy pool starts none.

        Raises:
            WorkersBroken: a worker could not be started.
        """
        if not self._lazy:
            await asyncio.gather(*(self._start(worker) for worker in self._workers))
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def stop(self) -> None:
        """Kill all workers, busy or not."""
        for worker in self._workers:
            worker.shut_down()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.kill()
        self._report_up()

    async def run(self, items: Sequence[Any]) -> list[Completed | Failed]:
        """Run all items; return one result per item, in their order.

        Several calls may run at a time: a worker that has no more to do for one call goes to the next that waits, so
        no worker is idle while the last item of a call runs.

        Raises:
            WorkersBroken: a worker could not be started or restarted.
        """
        queue = WorkQueue(len(items), max_chunk=self._max_chunk, workers=len(self._workers))
        batch = _Batch(items, queue, [None] * len(items))
        tasks = [asyncio.create_task(self._work_on(batch)) for _ in self._workers[: len(items)]]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        return [result if result is not None else _missing() for result in batch.results]

    def check(self) -> Check:
        """Return the pool's part of readiness: at least one worker is up, or can be started by the next item."""
        up = self._count_up()
        return Check(up > 0 or self._lazy, f"{up} of {len(self._workers)} workers up")

    async def _work_on(self, batch: _Batch) -> None:
        """Take a free worker, run chunks of the batch in it until none is left, and free it."""
        worker = await self._free.get()
        try:
            await self._run_chunks(worker, batch)
        except asyncio.CancelledError:
            raise  # a thread still uses the worker and frees it afterwards
        except BaseException:
            self._free.put_nowait(worker)
            raise
        self._free.put_nowait(worker)

    async def _run_chunks(self, worker: WorkerProcess, batch: _Batch) -> None:
        while indexes := batch.queue.next_chunk():
            # Never started (lazy), died while it was idle, or may hold memory of earlier items.
            if not worker.alive or (worker.used and indexes[0] in batch.grew):
                await self._start(worker)
            own_worker = len(indexes) == 1 and not worker.used
            chunk = [batch.items[index] for index in indexes]
            answer = await self._in_thread(worker, worker.run_chunk, chunk, self._deadline_s)
            self._progress_at = time.monotonic()
            for index, (value, seconds) in zip(indexes, answer.results, strict=False):
                batch.results[index] = Completed(value, seconds)
                metrics.WORKER_SECONDS.labels(self._stage).observe(seconds)
            unfinished = indexes[len(answer.results) :]
            if answer.exit is not None:
                self._handle_worker_exit(answer.exit, unfinished, batch, own_worker=own_worker)
            if not worker.alive:
                self._report_restart(answer.exit, len(unfinished))
                await self._start(worker)

    def _handle_worker_exit(
        self, worker_exit: WorkerExit, unfinished: range, batch: _Batch, *, own_worker: bool
    ) -> None:
        """Queue the unfinished items of a chunk one by one, or fail the item that was alone.

        Args:
            worker_exit: what ended the chunk.
            unfinished: the indexes of the items without a result.
            batch: the batch of the chunk.
            own_worker: whether the chunk was one item and the first of its worker.
        """
        if worker_exit.reason is Reason.MEMORY and not own_worker:
            batch.grew.update(unfinished[:1])  # the one that ran; its neighbours had not begun
        elif len(unfinished) == 1:
            index = unfinished[0]
            batch.crashes[index] = batch.crashes.get(index, 0) + 1
            if not worker_exit.unexplained or batch.crashes[index] >= MAX_CRASHES:
                batch.results[index] = Failed(worker_exit.reason, worker_exit.message)
                return
        batch.queue.put_back(unfinished)

    async def _start(self, worker: WorkerProcess) -> None:
        failed = killed = 0
        while failed < MAX_START_ATTEMPTS and killed < MAX_KILLS_WHILE_LOADING:
            problem = await self._in_thread(worker, worker.start)
            self._progress_at = time.monotonic()
            self._report_up()
            if problem is None:
                return
            killed += worker.killed_loading
            failed += not worker.killed_loading
            self._log.warning("worker_start_failed", attempt=failed + killed, why=problem)
        raise WorkersBroken(f"the workers do not start: {problem}")

    async def _in_thread(self, worker: WorkerProcess, call: Callable[..., Returned], *arguments: Any) -> Returned:
        """Run a blocking call of a worker in a thread. If cancelled, the worker is freed when the call has ended."""
        loop = asyncio.get_running_loop()
        running = self._threads.submit(call, *arguments)

        def free(_: object) -> None:
            with suppress(RuntimeError):  # the loop is closed: nothing waits for a worker any more
                loop.call_soon_threadsafe(self._free.put_nowait, worker)

        try:
            return await asyncio.wrap_future(running)
        except asyncio.CancelledError:
            running.add_done_callback(free)
            raise

    def _count_up(self) -> int:
        return sum(worker.alive for worker in self._workers)

    def _report_up(self) -> None:
        """Add the change in running workers to the gauge, which all pools of a stage share."""
        up = self._count_up()
        metrics.WORKERS.labels(self._stage).inc(up - self._reported_up)
        self._reported_up = up

    def _report_restart(self, worker_exit: WorkerExit | None, unfinished: int) -> None:
        reason = worker_exit.reason if worker_exit is not None else Reason.CRASH
        metrics.WORKER_KILLS.labels(self._stage, reason).inc()
        self._log.warning(
            "worker_restarted",
            reason=str(reason),
            why=worker_exit.message if worker_exit is not None else "",
            unfinished_items=unfinished,
        )


def _missing() -> Failed:
    return Failed(Reason.CRASH, "the worker gave no result")

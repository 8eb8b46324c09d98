"""Worker processes that can be killed: for work on texts that may crash, hang or eat memory.

Not a ``ProcessPoolExecutor``: a text that kills a worker breaks the whole pool, and what has timed out goes on running.
Here each worker is a process of its own (``worker.py``), started afresh, never forked from the threaded parent. It
loads its function once. When it dies, says nothing for ``deadline_s``, or outgrows ``memory_mib``, it is killed and
replaced, and the items of its chunk that had no result yet are given out one by one: the culprit is then alone with
its worker and becomes ``Failed``, its neighbours get their results. (Halving the chunk again and again would find the
same culprit after more kills, each of which costs a start and a deadline.)
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from quotewire_runtime.errors import QuotewireError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.health import Check
from quotewire_runtime.workers.chunking import WorkQueue
from quotewire_runtime.workers.process import Answer, WorkerExit, WorkerProcess
from quotewire_schemas.dead_letter import Reason

MAX_CRASHES = 2
"""Times a worker may die by itself over an item alone before the item is the culprit: once may have been the
operating system's killer, or an operator's."""
MAX_START_ATTEMPTS = 3
"""A worker that cannot start so many times in a row will not start at all."""
MAX_KILLS_WHILE_LOADING = 20
"""Likewise one that is killed from outside while it loads: whoever kills workers meets loading ones, too."""


class WorkersBroken(QuotewireError):
    """The workers cannot be started: the message is what the function's own loading said."""


@dataclass(frozen=True, slots=True)
class Completed:
    """An item's result."""

    value: Any
    seconds: float
    """What the worker took for it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An item that its worker did not survive, or that raised."""

    reason: Reason
    """``timeout``, ``crash`` or ``memory``."""
    message: str


class WorkerPool:
    """Runs one function over items in several processes.

    Args:
        initializer: ``module:function``, called once in each worker with ``config``; it returns the work: a function
            that takes a list of items and returns or yields one result per item, in order. Yielding each result when
            it is there is better: it resets the deadline. Items and results are pickled.
        config: keyword arguments of the initializer.
        processes: how many workers.
        deadline_s: longest silence of a worker while it has work. An item alone gets all of it, so no item is given
            up that takes less; several items together get it only until their first result.
        memory_mib: largest resident memory of a worker.
        chunk: most items given to a worker at once.
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
        chunk: int = 8,
        stage: str = "extract",
    ) -> None:
        self._initializer = initializer
        self._config = dict(config or {})
        self._processes = processes
        self._deadline_s = deadline_s
        self._memory_mib = memory_mib
        self._chunk = chunk
        self._stage = stage
        self._workers: list[WorkerProcess] = []
        self._progress_at = 0.0
        self._free: asyncio.Queue[WorkerProcess] = asyncio.Queue()
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="worker")
        self._log = logs.get("quotewire.workers")

    @property
    def progress_at(self) -> float:
        """When a worker last gave a result, was given up or had loaded, on the monotonic clock; from any thread."""
        return max([self._progress_at, *(worker.progress_at for worker in self._workers)])

    async def start(self) -> None:
        """Start all workers and wait until each has loaded its function.

        Raises:
            WorkersBroken: one could not.
        """
        self._workers = [
            WorkerProcess(self._initializer, self._config, memory_mib=self._memory_mib) for _ in range(self._processes)
        ]
        await asyncio.gather(*(self._start(worker) for worker in self._workers))
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def stop(self) -> None:
        """Kill all workers, busy or not."""
        for worker in self._workers:
            worker.end()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.kill()
        metrics.WORKERS.labels(self._stage).set(0)

    async def run(self, items: Sequence[Any]) -> list[Completed | Failed]:
        """Work all items; one result per item, in their order.

        Several calls may be under way: a worker that has nothing more to do for one goes to the next that waits, so
        none stands idle while the last item of a call is worked.

        Raises:
            WorkersBroken: a worker died and no new one could be started.
        """
        results: list[Completed | Failed | None] = [None] * len(items)
        shares = WorkQueue(len(items), most=self._chunk, workers=self._processes)
        deaths: dict[int, int] = {}
        tasks = [asyncio.create_task(self._serve(shares, items, results, deaths)) for _ in self._workers[: len(items)]]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        return [result if result is not None else _missing() for result in results]

    def check(self) -> Check:
        """Part of readiness: the workers are up."""
        up = sum(worker.alive for worker in self._workers)
        return Check(up > 0, f"{up} of {self._processes} workers up")

    async def _serve(
        self,
        shares: WorkQueue,
        items: Sequence[Any],
        results: list[Completed | Failed | None],
        deaths: dict[int, int],
    ) -> None:
        worker = await self._free.get()
        try:
            await self._serve_by(worker, shares, items, results, deaths)
        except asyncio.CancelledError:
            raise  # a thread is still at it: the worker comes free with it
        except BaseException:
            self._free.put_nowait(worker)
            raise
        self._free.put_nowait(worker)

    async def _serve_by(
        self,
        worker: WorkerProcess,
        shares: WorkQueue,
        items: Sequence[Any],
        results: list[Completed | Failed | None],
        deaths: dict[int, int],
    ) -> None:
        while indexes := shares.take():
            if not worker.alive:  # it died between two batches, of nothing that we know
                await self._start(worker)
            chunk = [items[index] for index in indexes]
            answer: Answer = await self._in_thread(worker, worker.work, chunk, self._deadline_s)
            self._progress_at = time.monotonic()
            for index, (value, seconds) in zip(indexes, answer.results, strict=False):
                results[index] = Completed(value, seconds)
                metrics.WORKER_SECONDS.labels(self._stage).observe(seconds)
            again = indexes[len(answer.results) :]
            if answer.death is not None:
                self._sort_out(answer.death, again, shares, results, deaths)
            if not worker.alive:
                self._tell_of(answer.death, len(again))
                await self._start(worker)

    def _sort_out(
        self,
        death: WorkerExit,
        unfinished: range,
        shares: WorkQueue,
        results: list[Completed | Failed | None],
        deaths: dict[int, int],
    ) -> None:
        """Give a broken chunk's items out one by one, or name the culprit where it was alone."""
        if len(unfinished) == 1:
            index = unfinished[0]
            deaths[index] = deaths.get(index, 0) + 1
            if not death.by_itself or deaths[index] >= MAX_CRASHES:
                results[index] = Failed(death.reason, death.message)
                return
        shares.give_back(unfinished)

    async def _start(self, worker: WorkerProcess) -> None:
        failed = killed = 0
        while failed < MAX_START_ATTEMPTS and killed < MAX_KILLS_WHILE_LOADING:
            problem = await self._in_thread(worker, worker.start)
            self._progress_at = time.monotonic()
            metrics.WORKERS.labels(self._stage).set(sum(one.alive for one in self._workers))
            if problem is None:
                return
            killed += worker.killed_loading
            failed += not worker.killed_loading
            self._log.warning("a worker did not start", attempt=failed + killed, why=problem)
        raise WorkersBroken(f"the workers do not start: {problem}")

    async def _in_thread(self, worker: WorkerProcess, function: Any, *arguments: Any) -> Any:
        """Call a blocking method of a worker. Cancelled meanwhile, the worker is free when the call has ended."""
        loop = asyncio.get_running_loop()
        call = self._threads.submit(function, *arguments)

        def free(_: object) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._free.put_nowait, worker)

        try:
            return await asyncio.wrap_future(call)
        except asyncio.CancelledError:
            call.add_done_callback(free)
            raise

    def _tell_of(self, death: WorkerExit | None, open_items: int) -> None:
        reason = death.reason if death is not None else Reason.CRASH
        metrics.WORKER_KILLS.labels(self._stage, reason).inc()
        self._log.warning(
            "worker replaced", reason=str(reason), why=death.message if death else "", items_again=open_items
        )


def _missing() -> Failed:
    return Failed(Reason.CRASH, "the worker gave no result")

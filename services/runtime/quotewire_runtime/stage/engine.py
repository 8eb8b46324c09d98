"""The loop of a stage: batch → handle → produce → confirm → acknowledge → report. It does not know Faust or news."""

from __future__ import annotations

import asyncio
import functools
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from quotewire_runtime.config.settings import EngineSettings
from quotewire_runtime.kafka.dead_letter import dead_letter
from quotewire_runtime.kafka.delivery import BatchHandler, Delivery, Result, StreamClient
from quotewire_runtime.kafka.publisher import Publisher, RecordTooLarge
from quotewire_runtime.observability import logs
from quotewire_runtime.records import Outgoing, Record
from quotewire_runtime.results import Done, Reject
from quotewire_runtime.stage.batching import Batches
from quotewire_runtime.stage.dead_letter_limit import DeadLetterLimit
from quotewire_runtime.stage.dependency_waits import DependencyWaits
from quotewire_runtime.stage.reporting import StageReporter
from quotewire_runtime.stage.state import StageState, State
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import Topics


@dataclass(frozen=True, slots=True)
class _ActiveBatch:
    """A batch that was begun and has not ended."""

    deliveries: Sequence[Delivery]
    records: Sequence[Record]
    epoch: int
    """The epoch in which it began; ``resume`` begins a new one."""
    handling: asyncio.Task[tuple[list[Result], float] | None]


class Engine:
    """Runs the batches of one stage: several may be handled at a time; they are produced and acknowledged in order.

    Only a fatal error ends ``run``. ``progress_at`` is the monotonic time of the last progress.
    """

    def __init__(
        self,
        handler: BatchHandler,
        *,
        client: StreamClient,
        settings: EngineSettings,
        topics: Topics,
        state: StageState,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._handler = handler
        self._stage = handler.stage
        self._client = client
        self._settings = settings
        self._topics = topics
        self._state = state
        self._monotonic = monotonic
        self._log = logs.get_logger("quotewire.stage")
        self._reporter = StageReporter(self._stage)
        self._waits = DependencyWaits(self._stage, state, self._log)
        self._publisher = Publisher(self._stage, topics, client, report_waiting=self._waits.report)
        self._limit = DeadLetterLimit(
            in_a_row=settings.dead_letters_in_a_row,
            ratio=settings.dead_letter_ratio,
            window=settings.dead_letter_window,
        )
        self._idle = asyncio.Event()
        self._idle.set()
        self._may_begin = asyncio.Event()
        self._may_begin.set()
        self._abandoned = asyncio.Event()
        self._active = 0
        self._epoch = 1
        self._abandoned_epoch = 0
        """Batches of this epoch and those before are not acknowledged any more."""
        self.progress_at = monotonic()
        self.positions: dict[tuple[str, int], tuple[int, int]] = {}
        """Next offset and timestamp (ms) of the last acknowledged record, by topic and partition."""

    async def run(self, deliveries: AsyncIterator[Delivery]) -> None:
        """Process deliveries until cancelled. Raises when the process should exit."""
        batches = Batches(
            deliveries,
            size=lambda delivery: delivery.record.size,
            max_items=self._settings.batch_articles,
            max_bytes=self._settings.batch_bytes,
            wait_s=self._settings.batch_wait_s,
        )
        active: deque[_ActiveBatch] = deque()
        next_batch: asyncio.Task[_ActiveBatch | None] | None = None
        ended = False
        try:
            while not ended or active:
                if next_batch is None and not ended and len(active) < self._settings.batches_at_once:
                    next_batch = asyncio.create_task(self._begin_next(batches))
                waits: list[asyncio.Task[Any]] = [batch.handling for batch in list(active)[:1]]
                await asyncio.wait([*waits, *([next_batch] if next_batch else [])], return_when=asyncio.FIRST_COMPLETED)
                if next_batch is not None and next_batch.done():
                    begun, next_batch = next_batch.result(), None
                    ended = begun is None
                    active += [begun] if begun is not None else []
                if active and active[0].handling.done():
                    await self._end(active.popleft())
        except Exception:
            self._log.exception("stage_failed")
            raise
        finally:
            tasks = [batch.handling for batch in active] + ([next_batch] if next_batch else [])
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, _ActiveBatch):  # it began just now
                    result.handling.cancel()
            await batches.close()

    async def drain(self, within_s: float) -> None:
        """Finish the active batches, abandon one that waits for a dependency, and begin no other until ``resume``.

        Called when partitions are revoked and when the process stops. Abandoned records are not acknowledged: they are
        delivered again, to this replica or another.
        """
        self._may_begin.clear()
        self._waits.interrupt()
        waits = [asyncio.create_task(event.wait()) for event in (self._idle, self._abandoned)]
        began = self._monotonic()
        await asyncio.wait(waits, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if not self._idle.is_set():
            waited_s = round(self._monotonic() - began, 1)
            self._log.warning("batch_still_active", waited_s=waited_s)

    def abandon(self) -> None:
        """End the waiting in ``drain``: the process must exit. Call from the event loop's thread."""
        self._abandoned.set()

    def resume(self) -> None:
        """Begin batches again: partitions were assigned. A paused stage stays paused."""
        self.progress_at = self._monotonic()
        if self._state.current.state is State.PAUSED:
            return
        self._state.enter(State.RUNNING, "")
        self._waits.allow()
        self._may_begin.set()
        self._epoch += 1

    async def _begin_next(self, batches: Batches[Delivery]) -> _ActiveBatch | None:
        """Wait for a batch and for permission to begin it; None when the stream has ended."""
        while batch := await batches.next():
            while not self._may_begin.is_set():
                await self._may_begin.wait()
            batch = [delivery for delivery in batch if self._client.owns(delivery.message)]
            if batch:
                return self._begin(batch)
        return None

    def _begin(self, batch: Sequence[Delivery]) -> _ActiveBatch:
        self._active += 1
        self._idle.clear()
        records = [delivery.record for delivery in batch]
        self._reporter.record_batch_start(records)
        return _ActiveBatch(batch, records, self._epoch, asyncio.create_task(self._handle_until_available(records)))

    async def _handle_until_available(self, records: Sequence[Record]) -> tuple[list[Result], float] | None:
        """Handle a batch; return its results and the seconds it took, or None if it was abandoned."""
        began = self._monotonic()
        results = await self._waits.retry_until_available(functools.partial(self._handle, records))
        return None if results is None else (results, self._monotonic() - began)

    async def _end(self, batch: _ActiveBatch) -> None:
        """Produce, confirm, acknowledge and report the oldest active batch.

        If it is abandoned, so are those behind it that began in the same epoch: acknowledging them would also
        acknowledge its records.
        """
        try:
            handled = await batch.handling
            if batch.epoch > self._abandoned_epoch and handled is not None and await self._complete(batch, *handled):
                return
            self._abandoned_epoch = max(self._abandoned_epoch, batch.epoch)
        finally:
            self._reporter.record_batch_end(len(batch.records))
            self._active -= 1
            if not self._active:
                self._idle.set()

    async def _complete(self, batch: _ActiveBatch, results: list[Result], handled_s: float) -> bool:
        self._reporter.record_handling_time(handled_s)
        products = self._products(batch.records, results)
        if not await self._publish(batch.records, results, products):
            return False
        self._acknowledge(batch.deliveries, results, handled_s)
        return True

    async def _handle(self, records: Sequence[Record]) -> list[Result]:
        try:
            results = list(await self._handler.handle(records))
        except Reject as reject:
            if len(records) > 1:
                raise RuntimeError("Reject was raised for a batch: return it in its record's place") from reject
            results = [reject]
        if len(results) != len(records):
            raise RuntimeError(f"the handler returned {len(results)} results for {len(records)} records")
        return results

    def _products(self, records: Sequence[Record], results: list[Result]) -> list[list[Outgoing]]:
        """Build the records to produce for each record read; if one is too large, its source becomes a dead letter."""
        products = []
        for index, record in enumerate(records):
            outgoing = self._outgoing(record, results[index])
            problem = self._publisher.find_too_large(outgoing)
            if problem is not None and isinstance(results[index], Done):
                results[index] = Reject(Reason.TOO_LARGE, problem)
                outgoing = self._outgoing(record, results[index])
            products.append(outgoing)
        return products

    def _outgoing(self, record: Record, result: Result) -> list[Outgoing]:
        if isinstance(result, Reject):
            letter = dead_letter(record, result, stage=self._stage, topics=self._topics)
            return [] if letter is None else [letter]
        return [Outgoing(self._topics.named(emit.topic), emit.key, emit.value, emit.headers) for emit in result.emits]

    async def _publish(self, records: Sequence[Record], results: list[Result], products: list[list[Outgoing]]) -> bool:
        """Produce until Kafka has confirmed everything; False if the batch must be abandoned."""
        while True:
            problem = self._limit.check([isinstance(result, Reject) for result in results])
            if problem is not None:
                self._pause(problem, results)
                return False
            owners = [index for index, outgoing in enumerate(products) for _ in outgoing]
            flat = [out for outgoing in products for out in outgoing]
            try:
                return await self._waits.retry_until_available(functools.partial(self._produce, flat)) is not None
            except RecordTooLarge as error:
                owner = owners[error.index]
                if isinstance(results[owner], Reject):
                    raise  # the dead letter itself does not fit: its topic has a wrong setting
                results[owner] = Reject(Reason.TOO_LARGE, str(error))
                products[owner] = self._outgoing(records[owner], results[owner])

    async def _produce(self, flat: Sequence[Outgoing]) -> bool:
        await self._publisher.publish(flat)
        return True

    def _pause(self, problem: str, results: Sequence[Result]) -> None:
        """Begin no other batch and stay alive: exiting would only restart into the same failure."""
        last = next(result for result in reversed(results) if isinstance(result, Reject))
        why = f"{problem}, the last one: {last.reason}: {last.message}"
        if self._state.enter(State.PAUSED, why):
            self._log.error(
                "stage_paused", why=why, what_to_do="find the cause, then restart the stage: it resumes there"
            )
        self._may_begin.clear()
        self._waits.interrupt()  # batches that wait for a dependency need not wait on: they are not produced either
        self._abandoned_epoch = self._epoch

    def _acknowledge(self, batch: Sequence[Delivery], results: Sequence[Result], handled_s: float) -> None:
        """Acknowledge and report each record, in order."""
        self._limit.record([isinstance(result, Reject) for result in results])
        now = self._monotonic()
        each_ms = handled_s * 1000 / len(batch)
        for delivery, result in zip(batch, results, strict=True):
            record = delivery.record
            self._client.acknowledge(delivery.message)
            self.positions[record.topic, record.partition] = (record.offset + 1, record.timestamp_ms)
            self._reporter.record_outcome(record, result, handled_ms=each_ms, total_s=now - delivery.received_at)
        self.progress_at = now

"""The loop of a stage: batch → handler → produce → confirm → acknowledge → tell. It knows neither Faust nor news."""

from __future__ import annotations

import asyncio
import functools
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from quotewire_runtime.config.settings import EngineSettings
from quotewire_runtime.kafka.dead_letter import dead_letter
from quotewire_runtime.kafka.delivery import Client, Delivery, Handles, Result
from quotewire_runtime.kafka.publisher import Publisher, TooLarge
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.records import Done, Outgoing, Record
from quotewire_runtime.results import Reject, Retry
from quotewire_runtime.stage.batching import Batches
from quotewire_runtime.stage.dead_letter_limit import DeadLetterLimit
from quotewire_runtime.stage.reporting import StageReporter
from quotewire_runtime.stage.state import StageState, State
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import Topics


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A batch that the handler has."""

    deliveries: Sequence[Delivery]
    records: Sequence[Record]
    resumes: int
    """How often work had been resumed when it began."""
    handling: asyncio.Task[tuple[list[Result], float] | None]


class Engine:
    """Runs one stage's batches: several may be handled at a time, each is produced and acknowledged in its turn.

    Nothing but a fatal error leaves ``run``. The state says what it is doing; ``progress_at`` when it last got on.
    """

    def __init__(
        self,
        handler: Handles,
        *,
        client: Client,
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
        self._teller = StageReporter(self._stage)
        self._wait = OutageLog(self._log)
        self._publisher = Publisher(self._stage, topics, client, waiting=self._tell_waiting)
        self._limit = DeadLetterLimit(
            in_a_row=settings.dead_letters_in_a_row,
            ratio=settings.dead_letter_ratio,
            window=settings.dead_letter_window,
        )
        self._idle = asyncio.Event()
        self._idle.set()
        self._may_work = asyncio.Event()
        self._may_work.set()
        self._interrupted = asyncio.Event()
        self._given_up = asyncio.Event()
        self._in_work = 0
        self._resumes = 1
        self._given_up_until = 0
        self.progress_at = monotonic()
        self.positions: dict[tuple[str, int], tuple[int, int]] = {}
        """Next offset and timestamp (ms) of the last acknowledged record, by topic and partition."""

    async def run(self, deliveries: AsyncIterator[Delivery]) -> None:
        """Process what comes until cancelled. Leaves by an exception when the process should end."""
        batches = Batches(
            deliveries,
            size=lambda delivery: delivery.record.size,
            most_items=self._settings.batch_articles,
            most_bytes=self._settings.batch_bytes,
            wait_s=self._settings.batch_wait_s,
        )
        under_way: deque[_UnderWay] = deque()
        coming: asyncio.Task[_UnderWay | None] | None = None
        ended = False
        try:
            while not ended or under_way:
                if coming is None and not ended and len(under_way) < self._settings.batches_at_once:
                    coming = asyncio.create_task(self._begin_next(batches))
                waits: list[asyncio.Task[Any]] = [batch.handling for batch in list(under_way)[:1]]
                await asyncio.wait([*waits, *([coming] if coming else [])], return_when=asyncio.FIRST_COMPLETED)
                if coming is not None and coming.done():
                    begun, coming = coming.result(), None
                    ended = begun is None
                    under_way += [begun] if begun is not None else []
                if under_way and under_way[0].handling.done():
                    await self._end(under_way.popleft())
        except Exception:
            self._log.exception("the stage cannot go on and leaves, to be started again")
            raise
        finally:
            tasks = [batch.handling for batch in under_way] + ([coming] if coming else [])
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, _UnderWay):  # it had just begun
                    result.handling.cancel()
            await batches.close()

    async def quiesce(self, within_s: float) -> None:
        """Finish the batches in work, give up one that waits for the outside, and begin no other until ``resume``.

        Called when partitions are taken away and when the process stops. What is given up was not acknowledged: it
        comes again, here or elsewhere.
        """
        self._may_work.clear()
        self._interrupted.set()
        waits = [asyncio.create_task(event.wait()) for event in (self._idle, self._given_up)]
        began = self._monotonic()
        await asyncio.wait(waits, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if not self._idle.is_set():
            waited_s = round(self._monotonic() - began, 1)
            self._log.warning("a batch is still in work; its partitions go on without it", waited_s=waited_s)

    def give_up(self) -> None:
        """Wait for no batch any more: the process must end. Call from the event loop's thread."""
        self._given_up.set()

    def resume(self) -> None:
        """Work again: partitions were assigned. A stage that was paused stays so."""
        self.progress_at = self._monotonic()
        if self._state.now.state is State.PAUSED:
            return
        self._state.enter(State.RUNNING, "")
        self._interrupted.clear()
        self._may_work.set()
        self._resumes += 1

    async def _begin_next(self, batches: Batches[Delivery]) -> _UnderWay | None:
        """Wait for a batch, and for the permission to work, and begin it; None when the stream has ended."""
        while batch := await batches.next():
            while not self._may_work.is_set():
                await self._may_work.wait()
            batch = [delivery for delivery in batch if self._client.owns(delivery.handle)]
            if batch:
                return self._begin(batch)
        return None

    def _begin(self, batch: Sequence[Delivery]) -> _UnderWay:
        self._in_work += 1
        self._idle.clear()
        records = [delivery.record for delivery in batch]
        self._teller.batch_begins(records)
        return _UnderWay(batch, records, self._resumes, asyncio.create_task(self._timed(records)))

    async def _timed(self, records: Sequence[Record]) -> tuple[list[Result], float] | None:
        """Handle a batch: the results and the seconds it took; None where it was given up."""
        began = self._monotonic()
        results = await self._unless_away(functools.partial(self._handle, records))
        return None if results is None else (results, self._monotonic() - began)

    async def _end(self, batch: _UnderWay) -> None:
        """Produce, confirm, acknowledge and tell the oldest batch under way.

        Where it is given up, so are those behind it that began before the same interruption: acknowledging them
        would count its records as done.
        """
        try:
            handled = await batch.handling
            if batch.resumes > self._given_up_until and handled is not None and await self._delivered(batch, *handled):
                return
            self._given_up_until = max(self._given_up_until, batch.resumes)
        finally:
            self._teller.batch_ends(len(batch.records))
            self._in_work -= 1
            if not self._in_work:
                self._idle.set()

    async def _delivered(self, batch: _UnderWay, results: list[Result], handled_s: float) -> bool:
        self._teller.batch_handled(handled_s)
        products = self._products(batch.records, results)
        if not await self._publish(batch.records, results, products):
            return False
        self._finish(batch.deliveries, results, handled_s)
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
        """Build what is to be produced for each record; one that would be too large becomes a dead letter."""
        products = []
        for index, record in enumerate(records):
            outgoing = self._outgoing(record, results[index])
            problem = self._publisher.too_large(outgoing)
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
        """Produce until Kafka has everything; False where the batch is to be given up."""
        while True:
            problem = self._limit.exceeded([isinstance(result, Reject) for result in results])
            if problem is not None:
                self._pause(problem, results)
                return False
            owners = [index for index, outgoing in enumerate(products) for _ in outgoing]
            flat = [out for outgoing in products for out in outgoing]
            try:
                return await self._unless_away(functools.partial(self._published, flat)) is not None
            except TooLarge as error:
                owner = owners[error.index]
                if isinstance(results[owner], Reject):
                    raise  # the dead letter itself does not fit: the topic is not as it should be
                results[owner] = Reject(Reason.TOO_LARGE, str(error))
                products[owner] = self._outgoing(records[owner], results[owner])

    async def _published(self, flat: Sequence[Outgoing]) -> bool:
        await self._publisher.publish(flat)
        return True

    async def _unless_away(self, attempt: Callable[[], Awaitable[Any]]) -> Any:
        """Attempt until the outside is there; None where a rebalance or the end came first."""
        while True:
            try:
                result = await attempt()
            except Retry as retry:
                metrics.RETRIES.labels(self._stage).inc()
                self._tell_waiting(retry.message)
                if await self._interrupted_within(retry.after):
                    return None
            else:
                self._wait.recovered()
                if self._state.now.state is State.WAITING:
                    self._state.enter(State.RUNNING, "")
                return result

    def _pause(self, problem: str, results: Sequence[Result]) -> None:
        """Begin no other batch and stay alive: leaving would only mean to be restarted into the same wall."""
        last = next(result for result in reversed(results) if isinstance(result, Reject))
        why = f"{problem}, the last one: {last.reason}: {last.message}"
        if self._state.enter(State.PAUSED, why):
            self._log.error("paused", why=why, what_to_do="find the cause, then restart the stage: it goes on there")
        self._may_work.clear()
        self._given_up_until = self._resumes  # what is under way behind it goes nowhere either

    def _tell_waiting(self, why: str) -> None:
        self._state.enter(State.WAITING, why)
        self._wait.report(why)

    async def _interrupted_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._interrupted.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _finish(self, batch: Sequence[Delivery], results: Sequence[Result], handled_s: float) -> None:
        """Acknowledge and tell each record, in order."""
        self._limit.note([isinstance(result, Reject) for result in results])
        now = self._monotonic()
        each_ms = handled_s * 1000 / len(batch)
        for delivery, result in zip(batch, results, strict=True):
            record = delivery.record
            self._client.acknowledge(delivery.handle)
            self.positions[record.topic, record.partition] = (record.offset + 1, record.timestamp_ms)
            self._teller.article(record, result, handled_ms=each_ms, whole_s=now - delivery.at)
        self.progress_at = now

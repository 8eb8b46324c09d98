"""Lease inputs, load and parse them, and commit revisions, outbox and outcomes in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from quotewire_ingest.archive.appending import appending
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.crash import CrashSite, crashes_rejected, rejection_of, report_crash
from quotewire_ingest.decision import STAGE, Decision
from quotewire_ingest.model import Document
from quotewire_ingest.parse.page_pool import ParserPool, parse_or_reject
from quotewire_ingest.queue import host_leases, inputs, lost_leases
from quotewire_ingest.queue.abandoned import free_abandoned
from quotewire_ingest.queue.apply import Processed, apply, retry_delay
from quotewire_ingest.queue.expansion import Expander
from quotewire_ingest.queue.host_leases import HostLease
from quotewire_ingest.queue.kinds import (
    FileInput,
    InputKind,
    LeasedInput,
    LiftInput,
    ReparseInput,
    UnreadableInput,
    UrlInput,
    WarcRecordInput,
    WithdrawInput,
)
from quotewire_ingest.queue.lease_renewal import Held
from quotewire_ingest.queue.loader import Loader
from quotewire_ingest.rejection import Rejected, RejectedInput, RejectionReason
from quotewire_ingest.settings import WorkSettings
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable, ValuesRejected
from quotewire_runtime.postgres.retry import retry_until_available
from quotewire_runtime.workers.pool import WorkersBroken

# Seconds between two polls of the queue where no notification comes.
_POLL_INTERVAL_S = 1.0
# The same for URLs: the end of a host's pause notifies nobody.
_HOST_POLL_INTERVAL_S = 0.25
# Seconds between two counts of what waits: a count reads all of it.
_COUNT_INTERVAL_S = 10.0

T = TypeVar("T")


class Worker:
    """Works the queue until cancelled; waits for PostgreSQL, the outbox and the disk for as long as it takes."""

    def __init__(
        self,
        database: Database,
        kinds: Sequence[InputKind],
        batch: int,
        settings: WorkSettings,
        loader: Loader,
        parsers: ParserPool,
        expander: Expander,
        archive: Archive | None,
        backpressure: Backpressure,
        outage: OutageLog,
    ) -> None:
        """Lease as the holder of ``database``; ``outage`` is shared, so that an outage is logged once."""
        self._database, self._kinds, self._batch, self._settings = database, kinds, batch, settings
        self._loader, self._parsers, self._expander, self._archive = loader, parsers, expander, archive
        self._backpressure, self._outage = backpressure, outage
        self._holder = database.holder or ""
        self._log = logs.get_logger("ingest")
        self._checked_holders_at = self._counted_at = -math.inf
        self._fetches = tuple(kinds) == (InputKind.URL,)
        self._last_host = ""
        self._host_lease: HostLease | None = None
        self._leased: Sequence[LeasedInput] = ()
        self.problem: str | None = "starting"
        """Why nothing can be worked now, or None."""

    def held(self) -> Held:
        """Return what is worked now, for the renewal of its leases."""
        hosts = [self._host_lease] if self._host_lease else []
        return Held(self._holder, [one.input_id for one in self._leased], hosts=hosts)

    async def run(self) -> None:
        """Lease, process, commit, until cancelled."""
        while True:
            await self._backpressure.wait_for_capacity()
            leased = self._leased = await self._until_available(self._lease)
            if not leased:
                await self._until_available(self._wait_for_inputs)
                continue
            began = time.monotonic()
            try:
                processed = await self._process_all(leased)
                await self._until_available(partial(self._commit, processed, began))
            except WorkersBroken as error:
                await self._give_back(leased)
                self._set_problem(str(error))
                self._outage.report(str(error))
                await asyncio.sleep(_POLL_INTERVAL_S)
            except BaseException:
                await self._give_back(leased)
                raise

    async def _give_back(self, leased: Sequence[LeasedInput]) -> None:
        self._leased = ()
        with contextlib.suppress(DatabaseUnavailable):  # the leases end by themselves
            async with self._database.transaction() as connection:
                await inputs.give_back(connection, [one.input_id for one in leased])

    async def _until_available(self, attempt: Callable[[], Awaitable[T]]) -> T:
        return await retry_until_available(attempt, outage=self._outage, report=self._set_problem)

    def _set_problem(self, problem: str | None) -> None:
        self.problem = problem

    async def _lease(self) -> list[LeasedInput]:
        lease_s = self._settings.lease_s
        async with self._database.transaction() as connection:
            if time.monotonic() - self._checked_holders_at > _POLL_INTERVAL_S:
                await free_abandoned(connection, self._holder)
                self._checked_holders_at = time.monotonic()
            if not self._fetches:
                if time.monotonic() - self._counted_at > _COUNT_INTERVAL_S:
                    metrics.INPUTS_WAITING.labels(STAGE).set(await inputs.count_waiting(connection))
                    self._counted_at = time.monotonic()
                leased = await inputs.lease(connection, self._holder, self._kinds, self._batch, lease_s)
                together = lost_leases.first_to_process(leased)
                await inputs.give_back(connection, [one.input_id for one in leased[len(together) :]])
                return together
            found = await host_leases.lease_next_url(connection, self._holder, lease_s, after=self._last_host)
            self._host_lease = found[1] if found else None
            self._last_host = self._host_lease.host if self._host_lease else ""
            return [found[0]] if found else []

    async def _wait_for_inputs(self) -> None:
        interval_s = _HOST_POLL_INTERVAL_S if self._fetches else _POLL_INTERVAL_S
        async with self._database.connection() as connection:
            await connection.execute(f"LISTEN {inputs.CHANNEL}")
            async for _ in connection.notifies(timeout=interval_s, stop_after=1):
                break

    async def _process_all(self, leased: Sequence[LeasedInput]) -> list[Processed]:
        """Process inputs side by side. Raises ``WorkersBroken`` after all of them have ended."""
        found = await asyncio.gather(*(self._process(one) for one in leased), return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException):
                raise one
        return [one for one in found if isinstance(one, Processed)]

    async def _process(self, leased: LeasedInput) -> Processed:
        """Load and parse one input; whatever goes wrong is its outcome."""
        try:
            with crashes_rejected(CrashSite.INPUT, leased.item.name):
                return await self._load_and_parse(leased)
        except Rejected as rejected:
            return Processed(leased, None, RejectedInput.of(leased.item.name, rejected))

    async def _load_and_parse(self, leased: LeasedInput) -> Processed:
        item = leased.item
        if (problem := lost_leases.problem_of(leased, self._settings.attempts)) is not None:
            await self._release_host(None, 0, None)
            raise report_crash(CrashSite.INPUT, item.name, problem)
        if isinstance(item, WithdrawInput | LiftInput):
            return Processed(leased)
        assert not isinstance(item, FileInput | UnreadableInput), "files are the splitter's, the others have a problem"
        document = await self._load(item)
        if isinstance(item, UrlInput) and self._expander.recognises(document.body):
            return Processed(leased, document, await self._expander.expand(item, document))
        return Processed(leased, document, await parse_or_reject(document, self._parsers))

    async def _load(self, item: Document | UrlInput | WarcRecordInput | ReparseInput) -> Document:
        if not isinstance(item, UrlInput):
            return await self._loader.load(item)
        began = time.monotonic()
        retry_after_s: float | None = None
        try:
            return await self._loader.load(item)
        except Rejected as rejected:
            retry_after_s = rejected.retry_after_s if rejected.transient else None
            raise
        finally:
            await self._release_host(self._loader.crawl_delay(item), time.monotonic() - began, retry_after_s)

    async def _release_host(self, crawl_delay_s: float | None, took_s: float, retry_after_s: float | None) -> None:
        lease, self._host_lease = self._host_lease, None
        if lease is None:
            return
        pause_s = host_leases.pause_after(self._settings.host_pause_s, crawl_delay_s, took_s, retry_after_s)
        with contextlib.suppress(DatabaseUnavailable):  # the lease then runs out by itself
            async with self._database.transaction() as connection:
                await host_leases.release(connection, lease, pause_s)

    async def _commit(self, batch: Sequence[Processed], began: float) -> None:
        """Commit a whole batch; where the database rejects a value in it, each input by itself."""
        try:
            try:
                await self._commit_together(batch, began)
            except (UnavailableError, OSError):
                raise
            except Exception:  # each is then tried alone, and reported
                for one in batch:
                    await self._commit_alone(one, began)
        except OSError as error:
            raise UnavailableError(f"the archive cannot be written: {error.strerror or error}") from error

    async def _commit_alone(self, processed: Processed, began: float) -> None:
        try:
            await self._commit_together([processed], began)
            return
        except (UnavailableError, OSError):
            raise
        except ValuesRejected as error:
            rejected = Rejected(RejectionReason.INVALID, f"the database refuses it: {str(error)[:200]}")
        except Exception as error:
            rejected = rejection_of(error, CrashSite.INPUT, processed.leased.item.name)
        result = RejectedInput.of(processed.leased.item.name, rejected)
        await self._commit_together([Processed(processed.leased, None, result)], began)

    async def _commit_together(self, batch: Sequence[Processed], began: float) -> None:
        finished: list[tuple[LeasedInput, Decision]] = []
        async with self._database.transaction() as connection, appending(self._archive) as archive:
            for one in batch:
                if (after_s := retry_delay(one, self._settings.attempts)) is not None:
                    await inputs.postpone(connection, one.leased.input_id, after_s)
                    continue
                decision = await apply(connection, one, archive)
                if await inputs.finish(connection, one.leased.input_id, decision):
                    finished.append((one.leased, decision))
        duration_s = (time.monotonic() - began) / max(1, len(batch))
        for leased, decision in finished:
            self._record_outcome(leased, decision, duration_s)

    def _record_outcome(self, leased: LeasedInput, decision: Decision, seconds: float) -> None:
        """Count an input and log its canonical line; once per input."""
        metrics.ARTICLES.labels(STAGE, decision.outcome).inc()
        metrics.DURATION.labels(STAGE).observe(seconds)
        metrics.LAST_PROCESSED.labels(STAGE).set(time.time())
        facts = {"reason": decision.reason and str(decision.reason), "message": decision.message}
        self._log.info(
            "article", outcome=str(decision.outcome), article_id=decision.article_id, revision=decision.revision,
            duration_ms=round(seconds * 1000, 1), input=leased.item.name, source_id=leased.item.source_id,
            **{name: value for name, value in facts.items() if value},
        )  # fmt: skip

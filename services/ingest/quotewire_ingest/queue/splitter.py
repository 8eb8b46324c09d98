"""Queue the inputs of a file slice by slice.

A file is one input. Whichever replica leases it queues the next slice and writes down the progress in one transaction;
so a crash loses and doubles nothing, and what is queued is worked by all replicas at once.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial

from quotewire_ingest.crash import CrashSite, crashes_rejected, rejection_of, report_crash
from quotewire_ingest.decision import STAGE, Decision
from quotewire_ingest.queue import inputs, lost_leases
from quotewire_ingest.queue.kinds import FileInput, InputKind, LeasedInput, SplitProgress
from quotewire_ingest.queue.slices import Slice, next_slice
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.postgres.retry import retry_until_available

# Inputs of one file that may wait: more would only fill the database.
_MAX_WAITING = 2000
# Seconds between two polls for a file, and before one whose inputs wait is tried again.
_POLL_INTERVAL_S = 1.0


class Splitter:
    """Splits the files in the queue until cancelled; waits for PostgreSQL and the outbox for as long as it takes."""

    def __init__(
        self, database: Database, lease_s: float, max_page_bytes: int, backpressure: Backpressure, outage: OutageLog
    ) -> None:
        """Lease as the holder of ``database``."""
        self._database, self._lease_s, self._max_page_bytes = database, lease_s, max_page_bytes
        self._backpressure, self._outage = backpressure, outage
        self._holder = database.holder or ""
        self._log = logs.get_logger("files")

    async def run(self) -> None:
        """Lease a file, queue its next slice, until cancelled."""
        while True:
            await self._backpressure.wait_for_capacity()
            leased = await retry_until_available(self.lease, outage=self._outage)
            if leased is None:
                await asyncio.sleep(_POLL_INTERVAL_S)
                continue
            try:
                await retry_until_available(partial(self.split, leased), outage=self._outage)
            except asyncio.CancelledError:
                with contextlib.suppress(DatabaseUnavailable):  # the lease ends with our session anyway
                    async with self._database.transaction() as connection:
                        await inputs.give_back(connection, [leased.input_id])
                raise

    async def lease(self) -> LeasedInput | None:
        """Lease the oldest file that waits."""
        async with self._database.transaction() as connection:
            found = await inputs.lease(connection, self._holder, [InputKind.FILE], 1, self._lease_s)
        return found[0] if found else None

    async def split(self, leased: LeasedInput) -> None:
        """Queue the next slice of a file, and end the lease or, after the last slice, the input."""
        file = leased.item
        if not isinstance(file, FileInput):  # a row that cannot be read
            problem = lost_leases.problem_of(leased, 0) or "not a file"
            rejected = report_crash(CrashSite.FILE, file.name, problem)
            await self._save(leased, Slice(SplitProgress()), _crash(rejected))
            return
        async with self._database.transaction() as connection:
            if await inputs.count_waiting_of_job(connection, leased.job, _MAX_WAITING) >= _MAX_WAITING:
                await inputs.postpone(connection, leased.input_id, _POLL_INTERVAL_S, attempted=False)
                return
        part, decision = await self._slice(leased, file)
        try:
            held = await self._save(leased, part, decision)
        except UnavailableError:
            raise
        except Exception as error:
            part, decision = Slice(file.progress), _crash(rejection_of(error, CrashSite.FILE, file.name))
            held = await self._save(leased, part, decision)
        if held and decision is not None:
            metrics.ARTICLES.labels(STAGE, decision.outcome).inc()
            self._log.info(
                "file_split", input=file.name, source_id=file.source_id, outcome=str(decision.outcome),
                message=decision.message, queued=part.progress.queued,
            )  # fmt: skip

    async def _slice(self, leased: LeasedInput, file: FileInput) -> tuple[Slice, Decision | None]:
        """Read the next slice of a file; with its outcome, where it is the last or cannot be read."""
        try:
            with crashes_rejected(CrashSite.FILE, file.name):
                if (problem := lost_leases.problem_of(leased, 0)) is not None:
                    raise report_crash(CrashSite.FILE, file.name, problem)
                try:
                    part = await asyncio.to_thread(next_slice, file, self._max_page_bytes)
                except OSError as error:
                    return Slice(file.progress), _rejection(error)
        except Rejected as rejected:
            return Slice(file.progress), _crash(rejected)
        return part, _decision(part.progress) if part.last else None

    async def _save(self, leased: LeasedInput, part: Slice, decision: Decision | None) -> bool:
        """Queue a slice and write down the progress or the outcome; False where the lease is another's by now."""
        async with self._database.transaction() as connection:
            if not await inputs.is_held(connection, leased, self._holder):
                return False
            await inputs.enqueue(connection, leased.job, part.items, leased.origin)
            if decision is None:
                await inputs.save_progress(connection, leased.input_id, part.progress)
            else:
                await inputs.finish(connection, leased.input_id, decision)
        return True


def _decision(progress: SplitProgress) -> Decision:
    passed = f", {progress.passed} records are no pages" if progress.passed else ""
    return Decision(Outcome.UNCHANGED, None, None, None, f"{progress.queued} inputs found in it{passed}")


def _crash(rejected: Rejected) -> Decision:
    return Decision(Outcome.REJECTED, None, None, rejected.reason, rejected.message)


def _rejection(error: OSError) -> Decision:
    if isinstance(error, FileNotFoundError):
        return Decision(Outcome.REJECTED, None, None, RejectionReason.MISSING, "no such file where ingest runs")
    message = (error.strerror or type(error).__name__).lower()
    return Decision(Outcome.REJECTED, None, None, RejectionReason.UNREADABLE_FILE, message)

"""Submit inputs to a running service through its queue, and wait for the outcome of each.

The queue is in PostgreSQL, so a service that is restarted in between is only a pause.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from quotewire_ingest.database import ingest_database
from quotewire_ingest.model import Document
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.inputs import FinishedInput
from quotewire_ingest.queue.targets import Item
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.retry import retry_until_available
from quotewire_schemas.article import Origin

# Inputs put into the queue in one transaction: at most so many, and so many bytes of them.
_BATCH_SIZE = 200
_BATCH_BYTES = 8 * 2**20
_POLL_INTERVAL_S = 0.1
# Seconds for which PostgreSQL may be unavailable before the command gives up: longer than a restart takes.
_GIVE_UP_AFTER_S = 60.0
_RETRY_INTERVAL_S = 0.5

T = TypeVar("T")


@dataclass(slots=True)
class JobCounts:
    """The state of a job: inputs in all, and how many ended in each outcome."""

    queued: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Inputs that have their outcome."""
        return sum(self.outcomes.values())

    @property
    def rejected(self) -> int:
        """Inputs that gave no article."""
        return self.outcomes.get(Outcome.REJECTED, 0)

    def describe(self) -> str:
        """Describe the counts: `7 inputs: 5 published, 1 unchanged, 1 rejected`."""
        parts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        return f"{self.queued} input{'' if self.queued == 1 else 's'}" + (f": {parts}" if parts else "")


@dataclass(frozen=True, slots=True)
class JobListener:
    """Receives the progress of a job and its finished inputs; both are called in the loop that submits."""

    on_progress: Callable[[JobCounts], None] = lambda counts: None
    on_finished: Callable[[FinishedInput], None] = lambda finished: None


def submit(
    conninfo: str, items: Iterable[Item], listener: JobListener | None = None, origin: Origin = Origin.LIVE
) -> JobCounts:
    """Put items into the queue and wait until each has its outcome; blocking.

    Raises ``DatabaseUnavailable`` when PostgreSQL does not come back within a minute.
    """
    return asyncio.run(submit_async(conninfo, items, listener, origin))


async def submit_async(
    conninfo: str, items: Iterable[Item], listener: JobListener | None = None, origin: Origin = Origin.LIVE
) -> JobCounts:
    """Do the same in a loop that runs already; may be cancelled, and what is in the queue stays there."""
    listener = listener or JobListener()
    database = ingest_database(conninfo)
    job = uuid.uuid4()
    counts = JobCounts()
    reported: set[int] = set()
    try:
        for batch in _batches(items):
            await _until_available(partial(_enqueue, database, job, batch, origin))
            counts.queued += len(batch)
            listener.on_progress(counts)
        while counts.queued:
            began = time.monotonic()
            if await _until_available(partial(_poll, database, job, counts, reported, listener)):
                break
            # A poll reads all of the job: polling may take a tenth of the time, whatever the job's size.
            await asyncio.sleep(max(_POLL_INTERVAL_S, 9 * (time.monotonic() - began)))
    finally:
        await database.close()
    return counts


async def _enqueue(database: Database, job: uuid.UUID, batch: Sequence[Item], origin: Origin) -> None:
    async with database.transaction() as connection:
        await inputs.enqueue(connection, job, batch, origin)


async def _poll(
    database: Database, job: uuid.UUID, counts: JobCounts, reported: set[int], listener: JobListener
) -> bool:
    """Bring the counts up to date; True when every input has its outcome."""
    async with database.transaction() as connection:
        before = counts.done
        counts.queued, counts.outcomes = await inputs.count_outcomes(connection, job)
        if counts.done != before:
            for finished in await inputs.finished_with_message(connection, job):
                if finished.input_id not in reported:
                    reported.add(finished.input_id)
                    listener.on_finished(finished)
    listener.on_progress(counts)
    return counts.done >= counts.queued


async def _until_available(attempt: Callable[[], Awaitable[T]]) -> T:
    return await retry_until_available(attempt, interval_s=_RETRY_INTERVAL_S, give_up_after_s=_GIVE_UP_AFTER_S)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.body) if isinstance(item, Document) else 0
        if len(batch) >= _BATCH_SIZE or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

"""Feeds a running service from outside: puts inputs into its queue and waits for the outcome of each.

The queue is in PostgreSQL, so a service that is restarted in between is only a pause.
"""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from quotewire_ingest.archive.warc import is_warc
from quotewire_ingest.database import ingest_database
from quotewire_ingest.files import iter_documents
from quotewire_ingest.model import Document
from quotewire_ingest.offline import OfflineSettings
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.inputs import ADDRESS, FILE, Finished, Order
from quotewire_ingest.rejection import RejectedInput, RejectionReason
from quotewire_ingest.urls import is_url
from quotewire_runtime.config.settings import load
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.retry import retry_until_available
from quotewire_schemas.article import Origin

# Inputs put into the queue in one transaction: at most so many, and so many bytes of them.
_AT_ONCE = 200
_BYTES_AT_ONCE = 8 * 2**20
_LOOK_EVERY_S = 0.1
# Seconds for which PostgreSQL may be unavailable before the command gives up: longer than a restart takes.
_GIVE_UP_AFTER_S = 60.0
_RETRY_INTERVAL_S = 0.5

Item = Document | Order | RejectedInput
T = TypeVar("T")


@dataclass(slots=True)
class JobCounts:
    """How a job stands: inputs in all, and how many ended in each outcome."""

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

    def words(self) -> str:
        """`7 inputs: 5 published, 1 unchanged, 1 rejected`."""
        parts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        return f"{self.queued} input{'' if self.queued == 1 else 's'}" + (f": {parts}" if parts else "")


@dataclass(frozen=True, slots=True)
class Listener:
    """Where a job tells how it goes; both are called in the loop that feeds."""

    progress: Callable[[JobCounts], None] = lambda tally: None
    ended: Callable[[Finished], None] = lambda finished: None


def items_of(
    targets: Iterable[str | Path], source_id: str | None = None, url: str | None = None, most_bytes: int | None = None
) -> Iterator[Item]:
    """What paths and addresses stand for in the queue."""
    most = most_bytes or load(OfflineSettings).fetch.max_bytes
    for target in targets:
        if is_url(target):
            yield Order(ADDRESS, str(target), source_id)
        else:
            yield from _of_path(Path(target), source_id, url, most)


def _of_path(path: Path, source_id: str | None, url: str | None, most: int) -> Iterator[Item]:
    """Documents by value; WARC files, which may be huge, by their place: ingest reads them where they lie.

    Of a list of addresses (``.urls``) each by itself.
    """
    if path.suffix.lower() == ".urls" and path.is_file():
        yield from _of_list(path, source_id)
    elif path.is_file() and is_warc(path):
        yield Order(FILE, str(path.absolute()), source_id)
    elif path.is_dir():
        found = False
        for one in sorted(path.rglob("*")):
            if is_warc(one) and one.is_file() and not any(part.startswith(".") for part in one.parts):
                found = True
                yield Order(FILE, str(one.absolute()), source_id)
        for item in iter_documents(path, source_id, url, most, warcs=False):
            if not (found and isinstance(item, RejectedInput) and item.reason is RejectionReason.NOTHING_TO_READ):
                yield item
    else:
        yield from iter_documents(path, source_id, url, most)


def _of_list(path: Path, source_id: str | None) -> Iterator[Item]:
    """One address a line; blank lines and those that begin with # are passed over."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            address = line.strip()
            if is_url(address):
                yield Order(ADDRESS, address, source_id)
            elif address and not address.startswith("#"):
                yield RejectedInput(f"{path}:{number}", RejectionReason.BAD_ADDRESS, f"no address: {address[:80]}")


def feed(
    conninfo: str, items: Iterable[Item], listener: Listener | None = None, origin: Origin = Origin.LIVE
) -> JobCounts:
    """Put items into the queue and wait until each has its outcome; blocking.

    Raises ``DatabaseUnavailable`` when PostgreSQL does not come back within a minute.
    """
    return asyncio.run(fed(conninfo, items, listener, origin))


async def fed(
    conninfo: str, items: Iterable[Item], listener: Listener | None = None, origin: Origin = Origin.LIVE
) -> JobCounts:
    """Do the same in a loop that runs already; may be cancelled, and what is in the queue stays there."""
    listener = listener or Listener()
    database = ingest_database(conninfo)
    job = uuid.uuid4()
    tally = JobCounts()
    told: set[int] = set()
    try:
        for batch in _batches(items):
            await _retry(partial(_enqueue, database, job, batch, origin))
            tally.queued += len(batch)
            listener.progress(tally)
        while tally.queued:
            began = time.monotonic()
            if await _retry(partial(_look, database, job, tally, told, listener)):
                break
            # A look reads all of the job: looking may take a tenth of the time, whatever the job's size.
            await asyncio.sleep(max(_LOOK_EVERY_S, 9 * (time.monotonic() - began)))
    finally:
        await database.close()
    return tally


def feed_and_tell(
    conninfo: str,
    targets: Sequence[str],
    *,
    source_id: str | None = None,
    url: str | None = None,
    backfill: bool = False,
) -> int:
    """Feed paths and addresses, tell on stderr how it goes, and return the exit code: 2 where one was rejected."""
    items = items_of(targets, source_id, url)
    return told(conninfo, items, Origin.BACKFILL if backfill else Origin.LIVE)


def order_and_tell(conninfo: str, kind: str, articles: Sequence[str], why: str) -> int:
    """Withdraw articles (by id or address) or lift them, tell how it ends, and return the exit code."""
    return told(conninfo, [Order(kind, article, why=why) for article in articles], Origin.LIVE)


def told(conninfo: str, items: Iterable[Item], origin: Origin) -> int:
    """Feed items, tell on stderr how it goes, and return the exit code: 2 where one was rejected."""
    shown = _Shown()
    try:
        tally = feed(conninfo, items, Listener(shown.progress, shown.ended), origin)
    except KeyboardInterrupt:
        shown.left()
        raise
    shown.over(tally)
    return 2 if tally.rejected else 0


class _Shown:
    """One line of progress that is written over on a terminal; one a few seconds elsewhere."""

    _EVERY_S = 5.0

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._said_at = time.monotonic()
        self._width = 0
        self._tally = JobCounts()

    def progress(self, tally: JobCounts) -> None:
        """Show how the job stands."""
        self._tally = tally
        if self._terminal:
            line = f"{tally.done} of {tally.words()}"
            sys.stderr.write("\r" + line.ljust(self._width))
            sys.stderr.flush()
            self._width = len(line)
        elif time.monotonic() - self._said_at > self._EVERY_S:
            self._said_at = time.monotonic()
            self._line(f"{tally.done} of {tally.words()}")

    def ended(self, finished: Finished) -> None:
        """Show an input that gave no article, or had something to say."""
        self._line(f"quotewire: {finished.name}: {finished.message or finished.outcome}")

    def over(self, tally: JobCounts) -> None:
        """Show the end."""
        self._line(tally.words())

    def left(self) -> None:
        """Show what goes on without us: what was queued is worked all the same."""
        waiting = self._tally.queued - self._tally.done
        if waiting:
            self._line(f"{waiting} of {self._tally.words()}; those that wait are worked all the same")

    def _line(self, text: str) -> None:
        sys.stderr.write(("\r" + " " * self._width + "\r" if self._width else "") + text + "\n")
        sys.stderr.flush()
        self._width = 0


async def _enqueue(database: Database, job: uuid.UUID, batch: Sequence[Item], origin: Origin) -> None:
    async with database.transaction() as connection:
        await inputs.enqueue(connection, job, batch, origin)


async def _look(database: Database, job: uuid.UUID, tally: JobCounts, told: set[int], listener: Listener) -> bool:
    """Bring the tally up to date; True when every input has its outcome."""
    async with database.transaction() as connection:
        before = tally.done
        tally.queued, tally.outcomes = await inputs.standing(connection, job)
        if tally.done != before:
            for finished in await inputs.remarkable(connection, job):
                if finished.input_id not in told:
                    told.add(finished.input_id)
                    listener.ended(finished)
    listener.progress(tally)
    return tally.done >= tally.queued


async def _retry(attempt: Callable[[], Awaitable[T]]) -> T:
    return await retry_until_available(attempt, interval_s=_RETRY_INTERVAL_S, give_up_after_s=_GIVE_UP_AFTER_S)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.body) if isinstance(item, Document) else 0
        if len(batch) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

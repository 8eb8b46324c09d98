"""Cuts a file into inputs, slice by slice: records of a WARC file by their places, lines of JSON Lines by value.

A file is one input. Whichever replica leases it queues the next slice and writes down how far it came in one
transaction; so a crash loses and doubles nothing, and what was queued is read by all replicas at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from psycopg.types.json import Jsonb

from quotewire_ingest.archive.warc import Damaged, is_warc, places
from quotewire_ingest.files import KIND_BY_SUFFIX, MAX_LINE_BYTES, iter_documents
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.outcome import STAGE, Decision
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.inputs import FILE, WARC_RECORD, LeasedInput, Order
from quotewire_ingest.rejection import RejectedInput, RejectionReason
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.postgres.retry import retry_until_available

# One slice: so many inputs, bytes read of a WARC file, bytes of lines, or seconds; well below the lease.
_MOST_INPUTS = 200
_MOST_SCANNED = 64 * 2**20
_MOST_BY_VALUE = 8 * 2**20
_MOST_S = 5.0
# Inputs of one file that may wait: more would only fill the database.
_MOST_WAITING = 2000
_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file was cut: ``position`` in bytes, inputs queued, records passed over, number of the last line."""

    position: int = 0
    queued: int = 0
    passed: int = 0
    line: int = 0


@dataclass(slots=True)
class Slice:
    """What the next stretch of a file gives. ``over``: there is nothing behind it."""

    progress: Progress
    items: list[Document | Order | RejectedInput] = field(default_factory=list)
    over: bool = False


def next_slice(item: LeasedInput, progress: Progress, most_page_bytes: int) -> Slice:
    """Cut on from where a file was left; blocking, in flat memory. Raises ``OSError``."""
    path = Path(item.name)
    if is_warc(path):
        return _of_warc(path, item, progress)
    if KIND_BY_SUFFIX.get(path.suffix.lower()) is DocumentKind.RECORD:
        return _of_lines(path, item, progress)
    found = list(iter_documents(path, item.source_id, item.url, most_page_bytes, item.external_id))
    return Slice(Progress(path.stat().st_size, len(found)), [*found], over=True)


def _of_warc(path: Path, item: LeasedInput, progress: Progress) -> Slice:
    began = time.monotonic()
    position, passed = progress.position, progress.passed
    items: list[Document | Order | RejectedInput] = []
    over = True
    with path.open("rb") as file:
        try:
            for place in places(file, position):
                position = place.start + place.length
                if place.readable:
                    facts = {"file": str(path), "start": place.start, "length": place.length}
                    items.append(Order(WARC_RECORD, f"{path}@{place.start}", item.source_id, facts=facts))
                else:
                    passed += 1
                scanned = position - progress.position
                if len(items) == _MOST_INPUTS or scanned > _MOST_SCANNED or time.monotonic() - began > _MOST_S:
                    over = False
                    break
        except Damaged as damaged:
            words = f"{damaged.message}; pages before it that are read: {progress.queued + len(items)}"
            items.append(RejectedInput(f"{path}@{damaged.position}", damaged.reason, words))
    queued = progress.queued + sum(isinstance(one, Order) for one in items)
    return Slice(Progress(position, queued, passed), items, over)


def _of_lines(path: Path, item: LeasedInput, progress: Progress) -> Slice:
    items: list[Document | Order | RejectedInput] = []
    size, number = 0, progress.line
    source_id = item.source_id or path.parent.name or "files"
    with path.open("rb") as file:
        file.seek(progress.position)
        while len(items) < _MOST_INPUTS and size < _MOST_BY_VALUE:
            line = file.readline(MAX_LINE_BYTES + 1)
            if not line:
                return Slice(Progress(file.tell(), progress.queued + len(items), 0, number), items, over=True)
            number += 1
            here = f"{path}:{number}"
            if len(line) > MAX_LINE_BYTES:
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE_BYTES)
                items.append(
                    RejectedInput(here, RejectionReason.TOO_LARGE, f"a line of more than {MAX_LINE_BYTES // 1024} KiB")
                )
            elif line.strip():
                size += len(line)
                items.append(Document(here, line.strip(), DocumentKind.RECORD, source_id, None, datetime.now(UTC)))
        return Slice(Progress(file.tell(), progress.queued + len(items), 0, number), items)


class Splitter:
    """Cuts the files in the queue until cancelled; waits for PostgreSQL and for room as long as it takes."""

    def __init__(
        self, database: Database, lease_s: float, most_page_bytes: int, room: Backpressure, wait: OutageLog
    ) -> None:
        """Take part in the queue as the holder of ``database``."""
        self._database, self._lease_s, self._most, self._room = database, lease_s, most_page_bytes, room
        self._holder = database.holder or ""
        self._wait = wait
        self._log = logs.get_logger("files")

    async def run(self) -> None:
        """Lease a file, queue its next slice, for ever."""
        while True:
            await self._room.wait_for_capacity()
            leased = await retry_until_available(self._lease, outage=self._wait)
            if leased is None:
                await asyncio.sleep(_AGAIN_S)
                continue
            try:
                await retry_until_available(partial(self._cut, leased), outage=self._wait)
            except asyncio.CancelledError:
                with contextlib.suppress(DatabaseUnavailable):  # it comes free with our session anyway
                    async with self._database.transaction() as connection:
                        await inputs.give_back(connection, [leased.input_id])
                raise

    async def _lease(self) -> LeasedInput | None:
        async with self._database.transaction() as connection:
            found = await inputs.lease(connection, self._holder, [FILE], 1, self._lease_s)
        return found[0] if found else None

    async def _cut(self, item: LeasedInput) -> None:
        progress = Progress(**item.stated.get("progress", {}))
        async with self._database.transaction() as connection:
            if await _waiting(connection, item) >= _MOST_WAITING:
                await inputs.postpone(connection, item.input_id, _AGAIN_S)
                return
        decision: Decision | None = None
        try:
            cut = await asyncio.to_thread(next_slice, item, progress, self._most)
        except OSError as error:
            cut = Slice(progress, over=True)
            missing = isinstance(error, FileNotFoundError)
            words = "no such file where ingest runs" if missing else (error.strerror or type(error).__name__).lower()
            reason = RejectionReason.MISSING if missing else RejectionReason.UNREADABLE_FILE
            decision = Decision(Outcome.REJECTED, None, None, reason, words)
        if cut.over and decision is None:
            decision = _judged(cut.progress)
        async with self._database.transaction() as connection:
            if not await self._still_ours(connection, item):
                return
            await inputs.enqueue(connection, item.job, cut.items, item.origin)
            if decision is not None:
                await inputs.finish(connection, item.input_id, decision)
            else:
                await self._write_down(connection, item, cut.progress)
        if decision is not None:
            metrics.ARTICLES.labels(STAGE, decision.outcome).inc()
            self._log.info(
                "file", input=item.name, source_id=item.source_id, outcome=str(decision.outcome),
                message=decision.message, queued=cut.progress.queued,
            )  # fmt: skip

    async def _still_ours(self, connection: Connection, item: LeasedInput) -> bool:
        """Whether nobody took the file over meanwhile: who was too slow changes nothing any more."""
        cursor = await connection.execute(
            "SELECT leased_by FROM ingest.inputs WHERE input_id = %s AND outcome IS NULL AND attempts = %s FOR UPDATE",
            (item.input_id, item.attempts),
        )
        return await cursor.fetchone() == (self._holder,)

    async def _write_down(self, connection: Connection, item: LeasedInput, progress: Progress) -> None:
        facts = {name: getattr(progress, name) for name in ("position", "queued", "passed", "line")}
        await connection.execute(
            "UPDATE ingest.inputs SET stated = coalesce(stated, '{}') || %s, leased_until = NULL, leased_by = NULL"
            " WHERE input_id = %s",
            (Jsonb({"progress": facts}), item.input_id),
        )


def _judged(progress: Progress) -> Decision:
    passed = f", {progress.passed} records are no pages" if progress.passed else ""
    return Decision(Outcome.UNCHANGED, None, None, None, f"{progress.queued} inputs found in it{passed}")


async def _waiting(connection: Connection, item: LeasedInput) -> int:
    """How many inputs of the file wait, as far as it matters."""
    cursor = await connection.execute(
        "SELECT count(*) FROM (SELECT FROM ingest.inputs WHERE job = %s AND outcome IS NULL LIMIT %s) AS waiting",
        (item.job, _MOST_WAITING),
    )
    return int((await cursor.fetchone() or (0,))[0])

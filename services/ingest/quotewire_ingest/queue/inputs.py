"""The queue of inputs in PostgreSQL: who puts them in, who leases them, and the one outcome of each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from psycopg.types.json import Jsonb

from quotewire_ingest.hints import NO_HINTS, Hints
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.outcome import Decision
from quotewire_ingest.rejection import RejectedInput
from quotewire_ingest.urls import registrable_domain
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.text import to_storable
from quotewire_schemas.article import Origin

CHANNEL = "ingest_inputs"
ADDRESS, WITHDRAW, LIFT = "address", "withdraw", "lift"
FILE, WARC_RECORD, REREAD = "file", "warc_record", "reread"
KEPT = (WARC_RECORD, REREAD)
"""Kinds that are read where they lie. They come by the million, and what is handed over does not wait behind them."""
NO_HOST = "-"
"""The host of an address that names none: it waits for nobody's turn, to be refused."""


@dataclass(frozen=True, slots=True)
class Order:
    """An input that is no document.

    An address to ask, a file to cut, a record to read where it lies, an article to take back, let in or read again.
    """

    kind: str
    name: str
    source_id: str | None = None
    hints: Hints = NO_HINTS
    why: str = ""
    external_id: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    """What else must be known to work it; becomes ``LeasedInput.stated``."""


@dataclass(frozen=True, slots=True)
class LeasedInput:
    """An input in work."""

    input_id: int
    job: uuid.UUID
    kind: str
    name: str
    url: str | None
    source_id: str | None
    external_id: str | None
    body: bytes | None
    stated: dict[str, Any]
    origin: Origin
    attempts: int
    queued_at: datetime

    def document(self) -> Document:
        """The document that was handed over."""
        return Document(
            self.name,
            self.body or b"",
            DocumentKind(self.kind),
            self.source_id or "files",
            self.external_id,
            self.queued_at,
            url=self.url,
            hints=Hints.from_json(self.stated),
        )


@dataclass(frozen=True, slots=True)
class Finished:
    """An input with its outcome."""

    input_id: int
    name: str
    outcome: str
    reason: str | None
    message: str | None
    article_id: str | None
    revision: int | None


_COLUMNS = "job, kind, name, url, source_id, external_id, body, stated, origin, outcome, reason, message, done_at, host"


async def enqueue(
    connection: Connection,
    job: uuid.UUID,
    items: Iterable[Document | Order | RejectedInput],
    origin: Origin = Origin.LIVE,
) -> int:
    """Put inputs into the queue, inside the caller's transaction; what failed already gets its outcome.

    Returns how many.
    """
    count = 0
    async with connection.cursor() as cursor, cursor.copy(f"COPY ingest.inputs ({_COLUMNS}) FROM STDIN") as copy:
        for item in items:
            count += 1
            await copy.write_row(_row(job, item, origin))
    if count:
        await connection.execute(f"NOTIFY {CHANNEL}")
    return count


# Each way has its index; one condition for both would be planned for neither.
_LEASE, _WAITS, _TAKEN = (
    "UPDATE ingest.inputs SET leased_by = %(holder)s, leased_until = now() + make_interval(secs => %(seconds)s),"
    " attempts = attempts + 1 WHERE input_id IN (SELECT input_id FROM ingest.inputs WHERE outcome IS NULL AND ",
    " AND kind = ANY(%(kinds)s) AND due_at <= now() AND (leased_until IS NULL OR leased_until < now())"
    " ORDER BY input_id LIMIT %(most)s FOR UPDATE SKIP LOCKED)",
    " RETURNING input_id, job, kind, name, url, source_id, external_id, body, stated, origin, attempts, queued_at",
)
_LEASE_OF_HOST = f"{_LEASE}host = %(host)s{_WAITS}{_TAKEN}"
_LEASE_HANDED_OVER = f"{_LEASE}kind NOT IN ('address', 'warc_record', 'reread'){_WAITS}{_TAKEN}"
_LEASE_KEPT = f"{_LEASE}kind IN ('warc_record', 'reread'){_WAITS}{_TAKEN}"


async def lease(
    connection: Connection, holder: str, kinds: Sequence[str], most: int, seconds: float, host: str | None = None
) -> list[LeasedInput]:
    """Take up to ``most`` waiting inputs, oldest first: with a ``host`` its addresses, else what was handed over.

    Nobody else gets them for ``seconds``, unless the holder's session with the database ends, see :func:`recover`.
    """
    statement = _LEASE_OF_HOST if host is not None else _LEASE_KEPT if set(kinds) <= set(KEPT) else _LEASE_HANDED_OVER
    cursor = await connection.execute(
        statement, {"holder": holder, "seconds": seconds, "host": host, "kinds": list(kinds), "most": most}
    )
    rows = await cursor.fetchall()
    found = [_leased(row) for row in rows]
    return sorted(found, key=lambda item: item.input_id)


def _leased(row: Any) -> LeasedInput:
    input_id, job, kind, name, url, source_id, external_id, body, stated, origin, attempts, queued_at = row
    return LeasedInput(
        input_id, job, kind, name, url, source_id, external_id, body, stated or {}, Origin(origin), attempts, queued_at
    )


async def recover(connection: Connection, holder: str) -> None:
    """Free what holders took that are no more: their lock, held by their session, is gone with it."""
    cursor = await connection.execute(
        "SELECT DISTINCT leased_by FROM ingest.inputs"
        " WHERE outcome IS NULL AND leased_by IS NOT NULL AND leased_until > now() AND leased_by <> %s",
        (holder,),
    )
    for (other,) in await cursor.fetchall():
        cursor = await connection.execute(
            "UPDATE ingest.inputs SET leased_until = NULL, leased_by = NULL WHERE outcome IS NULL AND leased_by = %s"
            " AND pg_try_advisory_xact_lock(hashtextextended(%s, 2))",
            (other, other),
        )
        if cursor.rowcount:
            # The host may have been asked just now: it is left alone a little.
            await connection.execute(
                "UPDATE ingest.hosts SET holder = NULL, free_at = now() + interval '1 second' WHERE holder = %s",
                (other,),
            )


async def finish(connection: Connection, input_id: int, decision: Decision) -> bool:
    """Write the outcome of an input and delete its body. False where another replica has written one already."""
    cursor = await connection.execute(
        "UPDATE ingest.inputs SET outcome = %s, reason = %s, message = %s, article_id = %s, revision = %s,"
        " body = NULL, leased_until = NULL, done_at = now() WHERE input_id = %s AND outcome IS NULL",
        (
            str(decision.outcome), decision.reason and str(decision.reason), decision.message, decision.article_id,
            decision.revision, input_id,
        ),
    )  # fmt: skip
    return cursor.rowcount == 1


async def postpone(connection: Connection, input_id: int, seconds: float) -> None:
    """Give an input back, to be tried again after ``seconds``."""
    await connection.execute(
        "UPDATE ingest.inputs SET leased_until = NULL, leased_by = NULL, due_at = now() + make_interval(secs => %s)"
        " WHERE input_id = %s AND outcome IS NULL",
        (seconds, input_id),
    )


async def give_back(connection: Connection, input_ids: Sequence[int]) -> None:
    """Give inputs back untouched, at the end of the process."""
    await connection.execute(
        "UPDATE ingest.inputs SET leased_until = NULL, leased_by = NULL, attempts = greatest(attempts - 1, 0)"
        " WHERE input_id = ANY(%s) AND outcome IS NULL",
        (list(input_ids),),
    )


async def waiting(connection: Connection) -> int:
    """How many inputs have no outcome yet: reads them all, about a second for a million."""
    cursor = await connection.execute("SELECT count(*) FROM ingest.inputs WHERE outcome IS NULL")
    return int((await cursor.fetchone() or (0,))[0])


async def standing(connection: Connection, job: uuid.UUID) -> tuple[int, dict[str, int]]:
    """How many inputs a job has, and how many ended in each outcome."""
    cursor = await connection.execute(
        "SELECT outcome, count(*) FROM ingest.inputs WHERE job = %s GROUP BY outcome", (job,)
    )
    counts = {row[0]: int(row[1]) for row in await cursor.fetchall()}
    return sum(counts.values()), {outcome: count for outcome, count in counts.items() if outcome is not None}


async def remarkable(connection: Connection, job: uuid.UUID) -> list[Finished]:
    """The inputs of a job that gave no article, and those with something to say."""
    cursor = await connection.execute(
        "SELECT input_id, name, outcome, reason, message, article_id, revision FROM ingest.inputs"
        " WHERE job = %s AND outcome IS NOT NULL AND message IS NOT NULL ORDER BY input_id",
        (job,),
    )
    return [Finished(*row) for row in await cursor.fetchall()]


async def forget(connection: Connection, days: float) -> None:
    """Delete outcomes older than ``days``."""
    await connection.execute(
        "DELETE FROM ingest.inputs WHERE outcome IS NOT NULL AND done_at < now() - make_interval(secs => %s)",
        (days * 86400,),
    )


def host_of(url: str) -> str | None:
    """The host under which an address takes its turn: the registrable domain; None for what is no address."""
    try:
        name = urlsplit(url).hostname
    except ValueError:
        return None
    return to_storable(registrable_domain(name)) if name else None


def _row(job: uuid.UUID, item: Document | Order | RejectedInput, origin: Origin) -> tuple[Any, ...]:
    if isinstance(item, RejectedInput):
        now = datetime.now(UTC)
        return (
            job, "text", to_storable(item.name), None, None, None, None, None, str(origin), str(Outcome.REJECTED),
            str(item.reason), to_storable(item.message), now, None,
        )  # fmt: skip
    if isinstance(item, Order):
        stated = Jsonb({"why": item.why}) if item.why else _jsonb(item.hints.to_json())
        if item.facts:
            stated = Jsonb(dict(item.facts))
        host = host_of(item.name) or NO_HOST if item.kind == ADDRESS else None
        name = to_storable(item.name)
        external = item.external_id and to_storable(item.external_id)
        return (job, item.kind, name, None, item.source_id, external, None, stated, str(origin), *[None] * 4, host)
    return (
        job, str(item.kind), to_storable(item.name), item.url, to_storable(item.source_id),
        item.external_id and to_storable(item.external_id),
        item.body, _jsonb(item.hints.to_json()), str(origin), *[None] * 5,
    )  # fmt: skip


def _jsonb(value: Mapping[str, Any] | None) -> Jsonb | None:
    return None if value is None else Jsonb(value)

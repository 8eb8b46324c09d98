"""SQL over the queue of inputs, ``ingest.inputs``: enqueue, lease, give back, finish."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from psycopg.types.json import Jsonb

from quotewire_ingest.decision import Decision
from quotewire_ingest.queue.kinds import STORED, Input, InputKind, LeasedInput, SplitProgress
from quotewire_ingest.queue.rows import COLUMNS, LEASED_COLUMNS, from_row, to_row
from quotewire_ingest.rejection import RejectedInput
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.text import to_storable
from quotewire_schemas.article import Origin

CHANNEL = "ingest_inputs"
_MAX_LEASED_BYTES = 8 * 2**20


@dataclass(frozen=True, slots=True)
class FinishedInput:
    """An input with its outcome."""

    input_id: int
    name: str
    outcome: str
    reason: str | None
    message: str | None
    article_id: str | None
    revision: int | None


async def enqueue(
    connection: Connection, job: uuid.UUID, items: Iterable[Input | RejectedInput], origin: Origin = Origin.LIVE
) -> int:
    """Put inputs into the queue, inside the caller's transaction; what is rejected already gets its outcome.

    Returns how many.
    """
    count = 0
    async with connection.cursor() as cursor, cursor.copy(f"COPY ingest.inputs ({COLUMNS}) FROM STDIN") as copy:
        for item in items:
            count += 1
            await copy.write_row(to_row(job, item, origin))
    if count:
        await connection.execute(f"NOTIFY {CHANNEL}")
    return count


# One statement per partial index (URLs by host, stored, submitted): with one condition for all of them PostgreSQL
# would use none.
_LEASE, _FREE, _RETURNING = (
    "WITH waiting AS (SELECT input_id, octet_length(body) AS size FROM ingest.inputs WHERE outcome IS NULL AND ",
    " AND kind = ANY(%(kinds)s) AND due_at <= now() AND (leased_until IS NULL OR leased_until < now())"
    " ORDER BY input_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED),"
    " summed AS (SELECT input_id, size, sum(size) OVER (ORDER BY input_id) AS total FROM waiting)"
    " UPDATE ingest.inputs SET leased_by = %(holder)s, leased_until = now() + make_interval(secs => %(seconds)s),"
    " attempts = attempts + 1 WHERE input_id IN"
    " (SELECT input_id FROM summed WHERE coalesce(total - size, 0) < %(bytes)s)",
    f" RETURNING {LEASED_COLUMNS}",
)
_LEASE_OF_HOST = f"{_LEASE}host = %(host)s{_FREE}{_RETURNING}"
_LEASE_SUBMITTED = f"{_LEASE}kind NOT IN ('address', 'warc_record', 'reread'){_FREE}{_RETURNING}"
_LEASE_STORED = f"{_LEASE}kind IN ('warc_record', 'reread'){_FREE}{_RETURNING}"


async def lease(
    connection: Connection, holder: str, kinds: Sequence[InputKind], limit: int, seconds: float, host: str | None = None
) -> list[LeasedInput]:
    """Lease up to ``limit`` waiting inputs, oldest first: of ``kinds``, or with a ``host`` the URLs of that host.

    Their bodies together have some MiB at most, or it is one alone: receiving them holds up everything else.

    Nobody else gets them for ``seconds``, unless the lease is renewed (``lease_renewal``) or the holder dies
    (``abandoned``). ``kinds`` are of one group: URLs, stored, or any others.
    """
    statement = _LEASE_OF_HOST if host is not None else _LEASE_STORED if set(kinds) <= set(STORED) else _LEASE_SUBMITTED
    cursor = await connection.execute(
        statement,
        {
            "holder": holder,
            "seconds": seconds,
            "host": host,
            "kinds": [str(kind) for kind in kinds],
            "limit": limit,
            "bytes": _MAX_LEASED_BYTES,
        },
        binary=True,  # a body of 8 MiB in hexadecimal digits takes ten times as long
    )
    found = [from_row(row) for row in await cursor.fetchall()]
    return sorted(found, key=lambda leased: leased.input_id)


async def is_held(connection: Connection, leased: LeasedInput, holder: str) -> bool:
    """Return whether a lease is still the holder's, and lock its row; one that ran out may have gone to another."""
    cursor = await connection.execute(
        "SELECT leased_by FROM ingest.inputs WHERE input_id = %s AND outcome IS NULL AND attempts = %s FOR UPDATE",
        (leased.input_id, leased.attempts),
    )
    return await cursor.fetchone() == (holder,)


async def finish(connection: Connection, input_id: int, decision: Decision) -> bool:
    """Write the outcome of an input and delete its body. Returns False where it has one already."""
    cursor = await connection.execute(
        "UPDATE ingest.inputs SET outcome = %s, reason = %s, message = %s, article_id = %s, revision = %s,"
        " body = NULL, leased_until = NULL, done_at = now() WHERE input_id = %s AND outcome IS NULL",
        (
            str(decision.outcome), decision.reason and str(decision.reason),
            decision.message and to_storable(decision.message), decision.article_id, decision.revision, input_id,
        ),
    )  # fmt: skip
    return cursor.rowcount == 1


async def postpone(connection: Connection, input_id: int, seconds: float, attempted: bool = True) -> None:
    """End a lease; the input may be leased again after ``seconds``. ``attempted``: the attempt counts."""
    await connection.execute(
        "UPDATE ingest.inputs SET leased_until = NULL, leased_by = NULL, due_at = now() + make_interval(secs => %s),"
        " attempts = greatest(attempts - %s, 0) WHERE input_id = %s AND outcome IS NULL",
        (seconds, 0 if attempted else 1, input_id),
    )


async def save_progress(connection: Connection, input_id: int, progress: SplitProgress) -> None:
    """End the lease of a file, and write down how far it was split: its attempts are counted from there."""
    await connection.execute(
        "UPDATE ingest.inputs SET stated = coalesce(stated, '{}') || %s, leased_until = NULL, leased_by = NULL,"
        " attempts = 0"
        " WHERE input_id = %s",
        (Jsonb({"progress": asdict(progress)}), input_id),
    )


async def give_back(connection: Connection, input_ids: Sequence[int]) -> None:
    """End leases as if they had not been, at the end of the process: the attempt does not count."""
    await connection.execute(
        "UPDATE ingest.inputs SET leased_until = NULL, leased_by = NULL, attempts = greatest(attempts - 1, 0)"
        " WHERE input_id = ANY(%s) AND outcome IS NULL",
        (list(input_ids),),
    )


async def count_waiting(connection: Connection) -> int:
    """Count the inputs without an outcome: reads them all, about a second for a million."""
    cursor = await connection.execute("SELECT count(*) FROM ingest.inputs WHERE outcome IS NULL")
    return int((await cursor.fetchone() or (0,))[0])


async def count_waiting_of_job(connection: Connection, job: uuid.UUID, limit: int) -> int:
    """Count the inputs of a job without an outcome, up to ``limit``."""
    cursor = await connection.execute(
        "SELECT count(*) FROM (SELECT FROM ingest.inputs WHERE job = %s AND outcome IS NULL LIMIT %s) AS waiting",
        (job, limit),
    )
    return int((await cursor.fetchone() or (0,))[0])


async def names_in_job(connection: Connection, job: uuid.UUID, names: Sequence[str]) -> set[str]:
    """Return those of ``names`` that a job has inputs of."""
    cursor = await connection.execute(
        "SELECT name FROM ingest.inputs WHERE job = %s AND name = ANY(%s)", (job, list(names))
    )
    return {row[0] for row in await cursor.fetchall()}


async def count_outcomes(connection: Connection, job: uuid.UUID) -> tuple[int, dict[str, int]]:
    """Count the inputs of a job: all, and those that ended in each outcome."""
    cursor = await connection.execute(
        "SELECT outcome, count(*) FROM ingest.inputs WHERE job = %s GROUP BY outcome", (job,)
    )
    counts = {row[0]: int(row[1]) for row in await cursor.fetchall()}
    return sum(counts.values()), {outcome: count for outcome, count in counts.items() if outcome is not None}


async def finished_with_message(connection: Connection, job: uuid.UUID) -> list[FinishedInput]:
    """Return the finished inputs of a job that have a message, as all have that were rejected."""
    cursor = await connection.execute(
        "SELECT input_id, name, outcome, reason, message, article_id, revision FROM ingest.inputs"
        " WHERE job = %s AND outcome IS NOT NULL AND message IS NOT NULL ORDER BY input_id",
        (job,),
    )
    return [FinishedInput(*row) for row in await cursor.fetchall()]


async def count_in_job_of_source(connection: Connection, job: uuid.UUID, source_id: str) -> int:
    """Count the inputs of a job that belong to a source."""
    cursor = await connection.execute(
        "SELECT count(*) FROM ingest.inputs WHERE job = %s AND source_id = %s", (job, source_id)
    )
    return int((await cursor.fetchone() or (0,))[0])


async def delete_outcomes(connection: Connection, days: float, limit: int) -> int:
    """Delete outcomes older than ``days``, ``limit`` of them at most; return how many."""
    cursor = await connection.execute(
        "DELETE FROM ingest.inputs WHERE input_id IN (SELECT input_id FROM ingest.inputs WHERE outcome IS NOT NULL"
        " AND done_at < now() - make_interval(secs => %s) ORDER BY done_at LIMIT %s FOR UPDATE SKIP LOCKED)",
        (days * 86400, limit),
    )
    return cursor.rowcount

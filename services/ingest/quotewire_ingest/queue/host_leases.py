"""Whose turn it is to be asked: one request at a time per host, and a pause after it, whatever number of replicas.

A turn is a row of ``ingest.hosts`` held until a time; taking and ending one are short transactions. A holder that was
too slow finds that its epoch is over and changes nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.inputs import ADDRESS, NO_HOST, LeasedInput
from quotewire_runtime.postgres.connection import Connection

# Seconds for which a host is held at most: longer than an answer with its robots.txt and redirects may take.
_HELD_S = 300.0
# A host that answers slowly is left alone as long as it took, up to this.
_MOST_PATIENCE_S = 10.0
# Hosts looked at in one go: when so many are all taken by others in the same moment, the next look comes soon enough.
_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class HostLease:
    """The right to ask a host, until it is ended."""

    host: str
    epoch: int


def pause_after(least_s: float, crawl_delay_s: float | None, took_s: float) -> float:
    """Seconds to leave a host alone: ours, what its robots.txt asks for, or as long as it took to answer."""
    return max(least_s, crawl_delay_s or 0.0, min(took_s, _MOST_PATIENCE_S) if least_s else 0.0)


async def hold(connection: Connection, host: str, holder: str) -> HostLease | None:
    """Take the turn of a host; None where another holds it or its pause is not over."""
    cursor = await connection.execute(
        "INSERT INTO ingest.hosts AS h (host, free_at, holder) VALUES (%s, now() + make_interval(secs => %s), %s)"
        " ON CONFLICT (host) DO UPDATE SET free_at = excluded.free_at, holder = excluded.holder, epoch = h.epoch + 1"
        " WHERE h.free_at <= clock_timestamp() RETURNING epoch",
        (host, _HELD_S, holder),
    )
    row = await cursor.fetchone()
    return HostLease(host, row[0]) if row else None


async def end(connection: Connection, turn: HostLease, pause_s: float) -> None:
    """End a turn; nobody asks the host for ``pause_s`` seconds. Without effect where the turn was over already."""
    await connection.execute(
        "UPDATE ingest.hosts SET free_at = clock_timestamp() + make_interval(secs => %s), holder = NULL,"
        " asked = asked + 1 WHERE host = %s AND epoch = %s",
        (pause_s, turn.host, turn.epoch),
    )


async def take(
    connection: Connection, holder: str, seconds: float, after: str = ""
) -> tuple[LeasedInput, HostLease | None] | None:
    """Lease the oldest waiting address of a host whose turn can be had; None where there is none.

    Hosts come in turn, in the order of their names, beginning behind ``after``. Addresses without a host are no
    addresses: they need no turn to be refused.
    """
    for host in [*await _free(connection, after), *(await _free(connection, "") if after else [])]:
        turn = await hold(connection, host, holder) if host != NO_HOST else None
        if turn is None and host != NO_HOST:
            continue
        leased = await inputs.lease(connection, holder, [ADDRESS], 1, seconds, host=host)
        if leased:
            return leased[0], turn
        if turn is not None:
            await end(connection, turn, 0)
    return None


async def _free(connection: Connection, after: str) -> list[str]:
    """Hosts behind ``after`` that have an address waiting and may be asked now, ``_CANDIDATES`` at most.

    Goes from host to host in the index, whatever number of addresses waits under each: with 500,000 of them under 5,000
    hosts a plain GROUP BY read them all, four times a second in every fetcher.
    """
    cursor = await connection.execute(
        "WITH RECURSIVE waiting(host) AS ("
        " (SELECT host FROM ingest.inputs WHERE outcome IS NULL AND host > %(after)s ORDER BY host LIMIT 1)"
        " UNION ALL SELECT (SELECT i.host FROM ingest.inputs i WHERE i.outcome IS NULL AND i.host > w.host"
        " ORDER BY i.host LIMIT 1) FROM waiting w WHERE w.host IS NOT NULL)"
        " SELECT w.host FROM waiting w WHERE w.host IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM ingest.hosts h WHERE h.host = w.host AND h.free_at > clock_timestamp())"
        " AND EXISTS (SELECT FROM ingest.inputs i WHERE i.host = w.host AND i.outcome IS NULL AND i.due_at <= now()"
        " AND (i.leased_until IS NULL OR i.leased_until < now())) LIMIT %(most)s",
        {"after": after, "most": _CANDIDATES},
    )
    return [row[0] for row in await cursor.fetchall()]

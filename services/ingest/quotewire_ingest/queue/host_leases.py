"""Lease hosts: one request at a time per host, and a pause after it, whatever the number of replicas.

A lease is a row of ``ingest.hosts`` that is not free before a time; acquiring and releasing are short transactions.
Each acquisition raises the row's ``epoch``, the fencing token: a holder that was so slow that another has acquired the
host since changes nothing when it releases.
"""

from __future__ import annotations

from dataclasses import dataclass

from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.kinds import NO_HOST, InputKind, LeasedInput
from quotewire_runtime.postgres.connection import Connection

# A host that answers slowly gets a pause as long as its response took, up to this.
_MAX_SLOWNESS_PAUSE_S = 10.0
# A host that says Retry-After gets a pause up to this; the URL for which it said so waits all of it.
_MAX_BUSY_PAUSE_S = 60.0
# Hosts tried in one go: when others acquire so many in the same moment, the next poll comes soon enough.
_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class HostLease:
    """The right to send a request to a host; ``epoch`` is the fencing token."""

    host: str
    epoch: int


def pause_after(min_s: float, crawl_delay_s: float | None, took_s: float, retry_after_s: float | None = None) -> float:
    """Return the seconds without a request to a host: ours, its crawl delay, or as long as its response took.

    A host that asks to wait (``retry_after_s``) gets a longer pause for all its URLs.
    """
    slowness_s = min(took_s, _MAX_SLOWNESS_PAUSE_S) if min_s else 0.0
    return max(min_s, crawl_delay_s or 0.0, slowness_s, min(retry_after_s or 0.0, _MAX_BUSY_PAUSE_S))


async def acquire(connection: Connection, host: str, holder: str, seconds: float) -> HostLease | None:
    """Acquire the lease of a host; None where another holds it or its pause is not over.

    The host is free after ``seconds`` though nobody released it, unless the lease is renewed (``lease_renewal``).
    """
    cursor = await connection.execute(
        "INSERT INTO ingest.hosts AS h (host, free_at, holder) VALUES (%s, now() + make_interval(secs => %s), %s)"
        " ON CONFLICT (host) DO UPDATE SET free_at = excluded.free_at, holder = excluded.holder, epoch = h.epoch + 1"
        " WHERE h.free_at <= clock_timestamp() RETURNING epoch",
        (host, seconds, holder),
    )
    row = await cursor.fetchone()
    return HostLease(host, row[0]) if row else None


async def release(connection: Connection, lease: HostLease, pause_s: float) -> None:
    """Release a lease; nobody acquires the host for ``pause_s`` seconds. Without effect where another acquired it."""
    await connection.execute(
        "UPDATE ingest.hosts SET free_at = clock_timestamp() + make_interval(secs => %s), holder = NULL,"
        " asked = asked + 1 WHERE host = %s AND epoch = %s",
        (pause_s, lease.host, lease.epoch),
    )


async def lease_next_url(
    connection: Connection, holder: str, seconds: float, after: str = ""
) -> tuple[LeasedInput, HostLease | None] | None:
    """Lease the oldest waiting URL of a host that can be acquired; None where there is none.

    Hosts take turns in the order of their names, beginning behind ``after``. A URL without a host needs no host lease:
    it is only leased to be rejected.
    """
    for host in [*await _free_hosts(connection, after), *(await _free_hosts(connection, "") if after else [])]:
        lease = await acquire(connection, host, holder, seconds) if host != NO_HOST else None
        if lease is None and host != NO_HOST:
            continue
        leased = await inputs.lease(connection, holder, [InputKind.URL], 1, seconds, host=host)
        if leased:
            return leased[0], lease
        if lease is not None:
            await release(connection, lease, 0)
    return None


async def _free_hosts(connection: Connection, after: str) -> list[str]:
    """Find hosts behind ``after`` that are free and have a URL waiting, ``_CANDIDATES`` at most.

    The statement goes from host to host in the index, whatever the number of URLs of each: with 500,000 of them under
    5,000 hosts a plain GROUP BY read them all, four times a second in every fetching worker.
    """
    cursor = await connection.execute(
        "WITH RECURSIVE waiting(host) AS ("
        " (SELECT host FROM ingest.inputs WHERE outcome IS NULL AND host > %(after)s ORDER BY host LIMIT 1)"
        " UNION ALL SELECT (SELECT i.host FROM ingest.inputs i WHERE i.outcome IS NULL AND i.host > w.host"
        " ORDER BY i.host LIMIT 1) FROM waiting w WHERE w.host IS NOT NULL)"
        " SELECT w.host FROM waiting w WHERE w.host IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM ingest.hosts h WHERE h.host = w.host AND h.free_at > clock_timestamp())"
        " AND EXISTS (SELECT FROM ingest.inputs i WHERE i.host = w.host AND i.outcome IS NULL AND i.due_at <= now()"
        " AND (i.leased_until IS NULL OR i.leased_until < now())) LIMIT %(limit)s",
        {"after": after, "limit": _CANDIDATES},
    )
    return [row[0] for row in await cursor.fetchall()]

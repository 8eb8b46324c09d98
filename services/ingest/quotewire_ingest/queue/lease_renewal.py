"""Renew what this process has leased and still works on, however long that takes.

A lease ends by itself, for a holder that is frozen or cut off. A page that waits behind slow pages for its parser, or
a redirect that leads through six slow servers, would outlast it: another replica would send the same request meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quotewire_ingest.queue.host_leases import HostLease
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.retry import retry_until_available

# Renewals in the time for which a lease lasts: two may fail.
_RENEWALS_PER_LEASE = 4

# Rows that somebody is just changing are left out: their lease ends with that change.
_RENEW_INPUTS = (
    "UPDATE ingest.inputs SET leased_until = now() + make_interval(secs => %(seconds)s)"
    " WHERE input_id IN (SELECT input_id FROM ingest.inputs WHERE input_id = ANY(%(ids)s) AND outcome IS NULL"
    " AND leased_by = %(holder)s FOR UPDATE SKIP LOCKED)"
)
_RENEW_FEEDS = (
    "UPDATE ingest.feeds SET next_poll = now() + make_interval(secs => %(seconds)s)"
    " WHERE url IN (SELECT url FROM ingest.feeds WHERE url = ANY(%(urls)s)"
    " AND leased_by = %(holder)s FOR UPDATE SKIP LOCKED)"
)
_RENEW_HOST = (
    "UPDATE ingest.hosts SET free_at = now() + make_interval(secs => %(seconds)s)"
    " WHERE host IN (SELECT host FROM ingest.hosts WHERE host = %(host)s AND epoch = %(epoch)s"
    " AND holder = %(holder)s FOR UPDATE SKIP LOCKED)"
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a holder works on now."""

    holder: str
    input_ids: Sequence[int] = ()
    feeds: Sequence[str] = ()
    hosts: Sequence[HostLease] = ()


async def renew(connection: Connection, held: Held, seconds: float) -> None:
    """Let what is held be the holder's for ``seconds`` from now on; without effect where it is not its own any more."""
    common = {"seconds": seconds, "holder": held.holder}
    if held.input_ids:
        await connection.execute(_RENEW_INPUTS, {**common, "ids": list(held.input_ids)})
    if held.feeds:
        await connection.execute(_RENEW_FEEDS, {**common, "urls": list(held.feeds)})
    for lease in held.hosts:
        await connection.execute(_RENEW_HOST, {**common, "host": lease.host, "epoch": lease.epoch})


class LeaseRenewal:
    """Renews the leases of this process until cancelled; where the process hangs as a whole, nothing is renewed."""

    def __init__(
        self, database: Database, holders: Sequence[Callable[[], Held]], lease_s: float, outage: OutageLog
    ) -> None:
        """``holders`` say what they hold when they are called; ``database`` is for the renewals alone."""
        self._database, self._holders, self._lease_s, self._outage = database, holders, lease_s, outage

    async def run(self) -> None:
        """Renew a few times in the time for which leases last."""
        while True:
            await asyncio.sleep(self._lease_s / _RENEWALS_PER_LEASE)
            await retry_until_available(self._renew, outage=self._outage)

    async def _renew(self) -> None:
        async with self._database.transaction() as connection:
            for holder in self._holders:
                await renew(connection, holder(), self._lease_s)

"""SQL over the state of each source, ``ingest.feeds``: what is due, and what a poll, a folder or a push changes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from quotewire_ingest.queue import host_leases
from quotewire_ingest.queue.kinds import host_of
from quotewire_ingest.source import Source
from quotewire_ingest.sources import schedule
from quotewire_ingest.sources.schedule import FeedFailure
from quotewire_ingest.sources.sitemaps import Child
from quotewire_ingest.sources.state import MAX_DEPTH, FeedState, FeedSuccess
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.text import is_storable, to_storable

# Some servers give changed content an old ETag: once a day a feed is fetched without conditions.
_UNCONDITIONAL_INTERVAL = "1 day"
FOLDER, PUSH = "folder", "push"
_LEASE = (
    "UPDATE ingest.feeds SET next_poll = now() + make_interval(secs => %s), leased_by = %s"
    " WHERE url = %s AND wanted AND next_poll <= now()"
    " RETURNING url, source_id, outlet, kind, coalesce(root, url), depth, lastmod,"
    " CASE WHEN whole_at > now() - %s::interval THEN etag END,"
    " CASE WHEN whole_at > now() - %s::interval THEN last_modified END, interval_s, failures, hardship, per_day,"
    " extract(epoch FROM now() - coalesce(last_success, added_at))::float8,"
    " last_success IS NOT NULL, disabled_at IS NOT NULL"
)


async def apply_sources(connection: Connection, sources: Sequence[Source], interval_s: float) -> None:
    """Bring `sources.yaml` into the table: what it names is wanted, nothing else is."""
    named = [(feed, "feed", source, host_of(feed)) for source in sources for feed in source.feeds]
    named += [(str(folder), FOLDER, source, None) for source in sources for folder in source.folders]
    named += [(f"push:{source.id}", PUSH, source, None) for source in sources if source.push or source.push_sha256]
    await connection.execute(
        "UPDATE ingest.feeds SET wanted = false WHERE wanted AND NOT root = ANY(%s)", ([url for url, *_ in named],)
    )
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO ingest.feeds (url, source_id, outlet, interval_s, host, kind, root, verify_tls)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (url) DO UPDATE SET source_id = excluded.source_id, outlet = excluded.outlet, wanted = true,"
            " host = excluded.host, root = excluded.root, parent = NULL, depth = 0, verify_tls = excluded.verify_tls",
            [
                (url, source.id, source.outlet, interval_s, host, kind, url, source.verify_tls)
                for url, kind, source, host in named
            ],
        )
    await connection.execute(
        "UPDATE ingest.feeds c SET source_id = r.source_id, outlet = r.outlet, verify_tls = r.verify_tls"
        " FROM ingest.feeds r WHERE c.root = r.url AND c.parent IS NOT NULL"
        " AND (c.source_id, c.outlet, c.verify_tls) IS DISTINCT FROM (r.source_id, r.outlet, r.verify_tls)"
    )


async def update_hosts(connection: Connection) -> None:
    """Bring the hosts of the feeds in line with the public suffix list, which may be newer than the rows."""
    cursor = await connection.execute("SELECT url, host FROM ingest.feeds WHERE wanted AND host IS NOT NULL")
    rows = await cursor.fetchall()
    changed = await asyncio.to_thread(lambda: [(url, now) for url, host in rows if (now := host_of(url)) != host])
    await connection.execute(
        "UPDATE ingest.feeds f SET host = changed.host FROM unnest(%s::text[], %s::text[]) AS changed(url, host)"
        " WHERE f.url = changed.url",
        ([url for url, _ in changed], [host for _, host in changed]),
    )


async def lease_due(connection: Connection, holder: str, limit: int, seconds: float) -> list[FeedState]:
    """Lease feeds that are due, one of each host that could be acquired.

    They are due again after ``seconds`` though no result was saved, unless that is renewed (``queue.lease_renewal``).
    """
    cursor = await connection.execute(
        "SELECT host, url FROM (SELECT DISTINCT ON (host) host, url, next_poll FROM ingest.feeds f"
        " WHERE wanted AND host IS NOT NULL AND next_poll <= now() AND NOT EXISTS"
        " (SELECT FROM ingest.hosts h WHERE h.host = f.host AND h.free_at > clock_timestamp())"
        " ORDER BY host, next_poll) AS first_of_host ORDER BY next_poll LIMIT %s",
        (limit,),
    )
    found: list[FeedState] = []
    for host, url in await cursor.fetchall():
        host_lease = await host_leases.acquire(connection, host, holder, seconds)
        if host_lease is None:
            continue
        cursor = await connection.execute(
            _LEASE, (seconds, holder, url, _UNCONDITIONAL_INTERVAL, _UNCONDITIONAL_INTERVAL)
        )
        row = await cursor.fetchone()
        if row is None:
            await host_leases.release(connection, host_lease, 0)
            continue
        cells: list[Any] = [*row, host_lease]
        found.append(FeedState(*cells))
    return found


async def save_success(connection: Connection, url: str, success: FeedSuccess) -> None:
    """Write down a successful poll. Validators are kept as they came, also without new entries: servers change them."""
    await connection.execute(
        "UPDATE ingest.feeds SET kind = %(kind)s, leased_by = NULL,"
        " etag = coalesce(%(etag)s, CASE WHEN %(same)s THEN etag END),"
        " last_modified = coalesce(%(last_modified)s, CASE WHEN %(same)s THEN last_modified END),"
        " whole_at = CASE WHEN %(same)s THEN whole_at ELSE now() END,"
        " entries = CASE WHEN %(same)s THEN entries ELSE %(entries)s END,"
        " interval_s = %(interval_s)s, next_poll = now() + make_interval(secs => %(pause_s)s), per_day = %(rate)s,"
        " polls = polls + 1, failures = 0, hardship = 0, trouble = NULL, disabled_at = NULL, last_error = NULL,"
        " yielded = yielded + %(new)s, last_poll = now(), last_success = now(),"
        " last_yield = CASE WHEN %(new)s > 0 THEN now() ELSE last_yield END WHERE url = %(url)s",
        {
            "kind": success.kind, "same": success.not_modified, "etag": success.etag,
            "last_modified": success.last_modified, "entries": success.entries, "interval_s": success.interval_s,
            "pause_s": success.pause_s, "rate": success.per_day, "new": success.new, "url": url,
        },
    )  # fmt: skip


async def save_failure(connection: Connection, url: str, failure: FeedFailure, message: str) -> None:
    """Write down a failed poll; a disabled feed is still polled, only seldom."""
    await connection.execute(
        "UPDATE ingest.feeds SET next_poll = now() + make_interval(secs => %s), leased_by = NULL, polls = polls + 1,"
        " failures = failures + 1, hardship = %s, trouble = %s, last_poll = now(), last_error = %s,"
        " disabled_at = CASE WHEN %s THEN coalesce(disabled_at, now()) ELSE disabled_at END WHERE url = %s",
        (
            failure.pause_s,
            failure.failure_score,
            str(failure.failure_class),
            to_storable(message),
            failure.disabled,
            url,
        ),
    )


async def save_children(connection: Connection, parent: FeedState, children: Sequence[Child], interval_s: float) -> int:
    """Bring what an index or a page names into the table: polled when it is new or its date changes.

    Returns how many are to be polled now. What is no longer named is no longer wanted; what `sources.yaml` names itself
    is left as it is.
    """
    if parent.depth >= MAX_DEPTH:
        return 0
    hosts = {child.url: host_of(child.url) for child in children if is_storable(child.url)}
    changed = 0
    for child in children:
        host = hosts.get(child.url)
        if host is None:
            continue
        cursor = await connection.execute(
            "INSERT INTO ingest.feeds AS f"
            " (url, source_id, outlet, interval_s, host, kind, root, parent, depth, lastmod, verify_tls)"
            " VALUES (%(url)s, %(source)s, %(outlet)s, %(interval)s, %(host)s, 'feed', %(root)s, %(parent)s, %(depth)s,"
            " %(lastmod)s, coalesce((SELECT r.verify_tls FROM ingest.feeds r WHERE r.url = %(root)s), true))"
            " ON CONFLICT (url) DO UPDATE SET lastmod = excluded.lastmod, wanted = true, root = excluded.root,"
            " next_poll = CASE WHEN f.wanted AND f.lastmod IS NOT DISTINCT FROM excluded.lastmod"
            " THEN f.next_poll ELSE now() END WHERE f.parent = excluded.parent"
            " AND (NOT f.wanted OR f.lastmod IS DISTINCT FROM excluded.lastmod) RETURNING url",
            {
                "url": child.url, "source": parent.source_id, "outlet": parent.outlet, "interval": interval_s,
                "host": host, "root": parent.root, "parent": parent.url, "depth": parent.depth + 1,
                "lastmod": to_storable(child.lastmod[:100]) or None,
            },
        )  # fmt: skip
        changed += len(await cursor.fetchall())
    await connection.execute(
        "UPDATE ingest.feeds SET wanted = false WHERE wanted AND parent = %s AND NOT url = ANY(%s)",
        (parent.url, list(hosts)),
    )
    return changed


async def save_yield(connection: Connection, url: str, new: int, now: datetime) -> None:
    """Write down what a watched folder or a push brought."""
    cursor = await connection.execute(
        "SELECT per_day, extract(epoch FROM %s - coalesce(last_yield, added_at)) FROM ingest.feeds WHERE url = %s",
        (now, url),
    )
    for per_day, elapsed_s in await cursor.fetchall():
        rate = schedule.rate_after(per_day, new, max(float(elapsed_s), 3600.0))
        await connection.execute(
            "UPDATE ingest.feeds SET yielded = yielded + %s, last_yield = %s, last_success = %s, last_poll = %s,"
            " per_day = %s, failures = 0, last_error = NULL WHERE url = %s",
            (new, now, now, now, rate, url),
        )


async def save_folder_scan(connection: Connection, folder: str) -> None:
    """Write down that a folder was scanned and held nothing new."""
    await connection.execute(
        "UPDATE ingest.feeds SET failures = 0, last_error = NULL, last_poll = now(), last_success = now(),"
        " polls = polls + 1 WHERE url = %s",
        (folder,),
    )


async def save_folder_failure(connection: Connection, folder: str, message: str) -> None:
    """Write down that a folder could not be scanned."""
    await connection.execute(
        "UPDATE ingest.feeds SET failures = failures + 1, last_error = %s, last_poll = now(), polls = polls + 1"
        " WHERE url = %s",
        (message, folder),
    )

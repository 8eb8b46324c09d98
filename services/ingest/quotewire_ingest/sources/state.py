"""How each source stands, in the database: what is due, and what an answer, a failure or a page's links change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quotewire_ingest.queue import host_leases, inputs
from quotewire_ingest.queue.host_leases import HostLease
from quotewire_ingest.source import Source
from quotewire_ingest.sources import schedule
from quotewire_ingest.sources.schedule import Failing
from quotewire_ingest.sources.sitemaps import Child
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.text import is_storable

# Seconds within which another replica leaves a feed alone that this one is polling; longer than any answer may take.
_LEASE_S = 300
# A page leads to an index, an index to sitemaps; deeper is a trap.
_DEEPEST = 2
# An index that says when its parts change is believed for so long.
_INDEX_BELIEVED_S = schedule.DAY_S
# Servers that give changed content an old ETag exist: once a day a feed is asked for as a whole.
_WHOLE_EVERY = "1 day"
FOLDER, PUSH = "folder", "push"
_TAKE = (
    "UPDATE ingest.feeds SET next_poll = now() + make_interval(secs => %s)"
    " WHERE url = %s AND wanted AND next_poll <= now()"
    " RETURNING url, source_id, outlet, kind, coalesce(root, url), depth, lastmod,"
    " CASE WHEN whole_at > now() - %s::interval THEN etag END,"
    " CASE WHEN whole_at > now() - %s::interval THEN last_modified END, interval_s, failures, hardship, per_day,"
    " extract(epoch FROM now() - coalesce(last_success, added_at))::float8,"
    " last_success IS NOT NULL, disabled_at IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed that is due, in its host's turn. ``silent_s``: seconds since its last success (or since it is known)."""

    url: str
    source_id: str
    outlet: str | None
    kind: str
    root: str
    depth: int
    lastmod: str | None
    etag: str | None
    last_modified: str | None
    interval_s: float
    failures: int
    hardship: float
    per_day: float | None
    silent_s: float
    polled_before: bool
    disabled: bool
    turn: HostLease


@dataclass(frozen=True, slots=True)
class Success:
    """What an answer changes. ``same``: nothing was sent again (304); ``rate``: entries a day to be expected."""

    kind: str
    same: bool
    etag: str | None
    last_modified: str | None
    entries: int
    new: int
    interval_s: float
    pause_s: float
    rate: float | None


async def apply_wish(connection: Connection, wish: Sequence[Source], interval_s: float) -> None:
    """Bring the wish into the database: what it names is wanted, nothing else is."""
    named = [(feed, "feed", source, inputs.host_of(feed)) for source in wish for feed in source.feeds]
    named += [(str(folder), FOLDER, source, None) for source in wish for folder in source.folders]
    named += [(f"push:{source.id}", PUSH, source, None) for source in wish if source.push or source.push_sha256]
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


async def due(connection: Connection, holder: str, most: int) -> list[FeedState]:
    """Feeds that are due, one of each host whose turn could be had; other replicas leave them alone for a while."""
    cursor = await connection.execute(
        "SELECT host, url FROM (SELECT DISTINCT ON (host) host, url, next_poll FROM ingest.feeds f"
        " WHERE wanted AND host IS NOT NULL AND next_poll <= now() AND NOT EXISTS"
        " (SELECT FROM ingest.hosts h WHERE h.host = f.host AND h.free_at > clock_timestamp())"
        " ORDER BY host, next_poll) AS first_of_host ORDER BY next_poll LIMIT %s",
        (most,),
    )
    found: list[FeedState] = []
    for host, url in await cursor.fetchall():
        turn = await host_leases.hold(connection, host, holder)
        if turn is None:
            continue
        cursor = await connection.execute(_TAKE, (_LEASE_S, url, _WHOLE_EVERY, _WHOLE_EVERY))
        row = await cursor.fetchone()
        if row is None:
            await host_leases.end(connection, turn, 0)
            continue
        cells: list[Any] = [*row, turn]
        found.append(FeedState(*cells))
    return found


async def note_success(connection: Connection, standing: FeedState, success: Success) -> None:
    """Write down an answer. Validators stand verbatim, also where nothing was new: servers change them alone."""
    pause = success.pause_s
    if standing.depth and standing.lastmod:
        pause = max(pause, _INDEX_BELIEVED_S)
    await connection.execute(
        "UPDATE ingest.feeds SET kind = %(kind)s,"
        " etag = coalesce(%(etag)s, CASE WHEN %(same)s THEN etag END),"
        " last_modified = coalesce(%(last_modified)s, CASE WHEN %(same)s THEN last_modified END),"
        " whole_at = CASE WHEN %(same)s THEN whole_at ELSE now() END,"
        " entries = CASE WHEN %(same)s THEN entries ELSE %(entries)s END,"
        " interval_s = %(interval_s)s, next_poll = now() + make_interval(secs => %(pause_s)s), per_day = %(rate)s,"
        " polls = polls + 1, failures = 0, hardship = 0, trouble = NULL, disabled_at = NULL, last_error = NULL,"
        " yielded = yielded + %(new)s, last_poll = now(), last_success = now(),"
        " last_yield = CASE WHEN %(new)s > 0 THEN now() ELSE last_yield END WHERE url = %(url)s",
        {
            "kind": success.kind, "same": success.same, "etag": success.etag, "last_modified": success.last_modified,
            "entries": success.entries, "interval_s": success.interval_s, "pause_s": pause, "rate": success.rate,
            "new": success.new, "url": standing.url,
        },
    )  # fmt: skip


async def note_failure(connection: Connection, standing: FeedState, failing: Failing, words: str) -> None:
    """Write down a failure; who is given up is asked again now and then all the same."""
    await connection.execute(
        "UPDATE ingest.feeds SET next_poll = now() + make_interval(secs => %s), polls = polls + 1,"
        " failures = failures + 1, hardship = %s, trouble = %s, last_poll = now(), last_error = %s,"
        " disabled_at = CASE WHEN %s THEN coalesce(disabled_at, now()) ELSE disabled_at END WHERE url = %s",
        (failing.pause_s, failing.hardship, str(failing.trouble), words, failing.given_up, standing.url),
    )


async def note_children(
    connection: Connection, standing: FeedState, children: Sequence[Child], interval_s: float
) -> int:
    """Bring what an index or a page names into the database: read when new or when its date changes.

    Returns how many are to be read now. What is named no more is wanted no more; what sources.yaml names itself stays
    its own.
    """
    if standing.depth >= _DEEPEST:
        return 0
    hosts = {child.url: inputs.host_of(child.url) for child in children if is_storable(child.url)}
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
                "url": child.url, "source": standing.source_id, "outlet": standing.outlet, "interval": interval_s,
                "host": host, "root": standing.root, "parent": standing.url, "depth": standing.depth + 1,
                "lastmod": child.lastmod[:100] or None,
            },
        )  # fmt: skip
        changed += len(await cursor.fetchall())
    await connection.execute(
        "UPDATE ingest.feeds SET wanted = false WHERE wanted AND parent = %s AND NOT url = ANY(%s)",
        (standing.url, list(hosts)),
    )
    return changed


async def note_yield(connection: Connection, url: str, new: int, now: datetime) -> None:
    """Write down what a folder or a push brought: nobody polls them, they come by themselves."""
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

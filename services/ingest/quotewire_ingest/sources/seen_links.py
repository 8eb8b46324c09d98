"""SQL over the URLs that feeds have named: each is queued once, and again when its entry changes.

One that failed for now is queued again as well when its time has come (``queue.link_retries``).
"""

from __future__ import annotations

from collections.abc import Sequence

from quotewire_ingest.sources.feeds import Entry
from quotewire_ingest.urls import url_key
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.text import is_storable

_RETENTION = "90 days"


async def add_new(connection: Connection, feed: str, entries: Sequence[Entry]) -> list[Entry]:
    """Remember the entries of a feed in this transaction, and return those that are new or have changed."""
    by_link: dict[str, Entry] = {}
    for entry in entries:
        try:
            link = url_key(entry.url)
        except ValueError:
            continue
        if is_storable(link) and is_storable(entry.stamp):
            by_link.setdefault(link, entry)
    # In one order everywhere: replicas with the same links wait for each other, and never deadlock.
    links = sorted(by_link)
    cursor = await connection.execute(
        "INSERT INTO ingest.links AS l (link, stamp, feed)"
        " SELECT link, stamp, %s FROM unnest(%s::text[], %s::text[]) AS named(link, stamp)"
        " ON CONFLICT (link) DO UPDATE SET seen_at = now(), retry_at = NULL,"
        " stamp = CASE WHEN l.feed = excluded.feed THEN excluded.stamp ELSE l.stamp END,"
        " failures = CASE WHEN l.feed = excluded.feed AND l.stamp <> excluded.stamp THEN 0 ELSE l.failures END"
        " WHERE (l.stamp <> excluded.stamp AND l.feed = excluded.feed) OR l.retry_at <= now() RETURNING link",
        (feed, links, [by_link[link].stamp[:200] for link in links]),
    )
    new = {row[0] for row in await cursor.fetchall()}
    await connection.execute(
        "UPDATE ingest.links SET seen_at = now() WHERE link = ANY(%s) AND seen_at < now() - interval '1 day'", (links,)
    )
    return [entry for link, entry in by_link.items() if link in new]


async def delete_old(connection: Connection, limit: int) -> int:
    """Delete URLs that no feed has named for long, ``limit`` of them at most: they will hardly be named again.

    Returns how many.
    """
    cursor = await connection.execute(
        "DELETE FROM ingest.links WHERE link IN (SELECT link FROM ingest.links WHERE seen_at < now() - %s::interval"
        " ORDER BY seen_at LIMIT %s FOR UPDATE SKIP LOCKED)",
        (_RETENTION, limit),
    )
    return cursor.rowcount

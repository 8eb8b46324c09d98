"""The addresses that feeds have named: each is asked for once, and again when its entry changes."""

from __future__ import annotations

from collections.abc import Sequence

from quotewire_ingest.sources.feeds import Entry
from quotewire_ingest.urls import url_key
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.text import is_storable

# Longer addresses fit no index; nobody prints one.
_LONGEST = 2000
_FORGOTTEN_AFTER = "90 days"


async def fresh(connection: Connection, feed: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries never seen before, or changed since; each remembered in this transaction."""
    by_link: dict[str, Entry] = {}
    for entry in entries:
        try:
            link = url_key(entry.url)
        except ValueError:
            continue
        if len(link) <= _LONGEST and is_storable(link) and is_storable(entry.stamp):
            by_link.setdefault(link, entry)
    # In one order everywhere: two replicas that meet at the same links wait for each other, and never in a circle.
    links = sorted(by_link)
    cursor = await connection.execute(
        "INSERT INTO ingest.links AS l (link, stamp, feed)"
        " SELECT link, stamp, %s FROM unnest(%s::text[], %s::text[]) AS named(link, stamp)"
        " ON CONFLICT (link) DO UPDATE SET stamp = excluded.stamp, seen_at = now()"
        " WHERE l.stamp <> excluded.stamp AND l.feed = excluded.feed RETURNING link",
        (feed, links, [by_link[link].stamp[:200] for link in links]),
    )
    new = {row[0] for row in await cursor.fetchall()}
    await connection.execute(
        "UPDATE ingest.links SET seen_at = now() WHERE link = ANY(%s) AND seen_at < now() - interval '1 day'", (links,)
    )
    return [entry for link, entry in by_link.items() if link in new]


async def forget(connection: Connection) -> None:
    """Forget the addresses that no feed has named for long: they will hardly be named again."""
    await connection.execute("DELETE FROM ingest.links WHERE seen_at < now() - %s::interval", (_FORGOTTEN_AFTER,))

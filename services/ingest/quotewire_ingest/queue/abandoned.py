"""SQL that frees what holders had leased that died: inputs, hosts and feeds.

A holder shows that it lives by an advisory lock of its session (``Database.holder``).
"""

from __future__ import annotations

from quotewire_runtime.postgres.connection import Connection

# A dead holder may have sent a request a moment ago: its hosts get a short pause.
_PAUSE_S = 1.0
_OTHERS = (
    "SELECT leased_by FROM ingest.inputs"
    " WHERE outcome IS NULL AND leased_by IS NOT NULL AND leased_until > now() AND leased_by <> %(holder)s"
    " UNION SELECT holder FROM ingest.hosts WHERE holder IS NOT NULL AND holder <> %(holder)s"
    " UNION SELECT leased_by FROM ingest.feeds WHERE leased_by IS NOT NULL AND leased_by <> %(holder)s"
)
_FREE = (
    "UPDATE ingest.inputs SET leased_until = NULL, leased_by = NULL"
    " WHERE outcome IS NULL AND leased_by = ANY(%(dead)s)",
    "UPDATE ingest.hosts SET holder = NULL, free_at = least(free_at, now() + make_interval(secs => %(pause_s)s))"
    " WHERE holder = ANY(%(dead)s)",
    "UPDATE ingest.feeds SET leased_by = NULL, next_poll = least(next_poll, now()) WHERE leased_by = ANY(%(dead)s)",
)


async def free_abandoned(connection: Connection, holder: str) -> None:
    """Free the inputs, hosts and feeds of others that died: the advisory lock of their session is gone with it."""
    cursor = await connection.execute(_OTHERS, {"holder": holder})
    others = [row[0] for row in await cursor.fetchall()]
    if not others:
        return
    cursor = await connection.execute(
        "SELECT other FROM unnest(%s::text[]) AS other WHERE pg_try_advisory_xact_lock(hashtextextended(other, 2))",
        (others,),
    )
    dead = [row[0] for row in await cursor.fetchall()]
    for statement in _FREE if dead else ():
        await connection.execute(statement, {"dead": dead, "pause_s": _PAUSE_S})

"""A feed, a sitemap or an index that was named as an input: what it names is queued in the same job."""

from __future__ import annotations

from quotewire_ingest.outcome import Decision
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.inputs import ADDRESS, LeasedInput, Order
from quotewire_ingest.sources.feeds import Feed
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection

# An index leads to sitemaps, some to further indexes; deeper is a trap.
_DEEPEST = 2


async def follow(connection: Connection, item: LeasedInput, feed: Feed) -> Decision:
    """Queue what a feed names, inside the caller's transaction; nothing twice in one job."""
    depth = int(item.stated.get("depth", 0))
    orders = [Order(ADDRESS, entry.url, item.source_id, entry.hints) for entry in feed.entries]
    if depth < _DEEPEST:
        orders += [Order(ADDRESS, child.url, item.source_id, facts={"depth": depth + 1}) for child in feed.children]
    cursor = await connection.execute(
        "SELECT name FROM ingest.inputs WHERE job = %s AND name = ANY(%s)", (item.job, [order.name for order in orders])
    )
    known = {row[0] for row in await cursor.fetchall()}
    orders = [order for order in {order.name: order for order in orders}.values() if order.name not in known]
    await inputs.enqueue(connection, item.job, orders, item.origin)
    kind = {"index": "an index of sitemaps", "sitemap": "a sitemap"}.get(feed.kind, "a feed")
    left_out = f", {feed.left_out} older ones left out" if feed.left_out else ""
    return Decision(Outcome.UNCHANGED, None, None, None, f"{kind}: {len(orders)} addresses queued{left_out}")

"""How the polled feeds stand, as numbers for the metrics."""

from __future__ import annotations

from quotewire_ingest.database import Connection
from quotewire_runtime import metrics

STAGE = "ingest"
_COUNT = (
    "SELECT count(*) FILTER (WHERE last_poll IS NOT NULL AND failures = 0), count(*) FILTER (WHERE failures > 0),"
    " count(*) FILTER (WHERE last_poll IS NULL) FROM ingest.feeds WHERE wanted"
)


async def tell_standing(connection: Connection) -> None:
    """Count the wanted feeds by how their last poll went. The database knows, so every replica tells the same."""
    cursor = await connection.execute(_COUNT)
    for state, number in zip(metrics.FEED_STATES, await cursor.fetchone() or (0, 0, 0), strict=True):
        metrics.FEEDS.labels(STAGE, state).set(number)

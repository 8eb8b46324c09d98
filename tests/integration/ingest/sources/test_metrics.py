"""Articles that a source has missed, as a metric."""

import pytest

from quotewire_ingest.database import ingest_database
from quotewire_ingest.sources.metrics import MAX_SERIES, update_feed_metrics
from quotewire_runtime.observability import metrics
from quotewire_runtime.postgres.connection import Database

pytestmark = pytest.mark.integration

ADD = (
    "INSERT INTO ingest.feeds (url, source_id, kind, wanted, per_day, interval_s, last_poll, last_yield, next_poll)"
    " SELECT 'https://' || %s || '.example/' || n, CASE WHEN %s THEN %s || n ELSE %s END, 'rss', true, %s, 300, now(),"
    " now() - make_interval(hours => %s), now() + interval '1 hour' FROM generate_series(1, %s) n"
)


async def add(database: Database, source_id: str, per_day: float | None, silent_hours: int, feeds: int = 1) -> None:
    """Feeds of one source, or of as many sources where there are more than two."""
    async with database.connection() as connection:
        values = (source_id, feeds > 2, source_id, source_id, per_day, silent_hours, feeds)
        await connection.execute(ADD, values)


async def missed(database: Database) -> dict[str, float]:
    async with database.connection() as connection:
        await update_feed_metrics(connection)
    [family] = [one for one in metrics.REGISTRY.collect() if one.name == "quotewire_source_missed_articles"]
    return {sample.labels["source"]: round(sample.value, 1) for sample in family.samples}


async def test_missed_articles_are_counted_since_the_last_one(postgres_dsn: str) -> None:
    database = ingest_database(postgres_dsn)
    await add(database, "harbour-post", per_day=24.0, silent_hours=12)
    await add(database, "pier-gazette", per_day=6.0, silent_hours=2, feeds=2)
    await add(database, "ferry-times", per_day=None, silent_hours=50)
    try:
        assert await missed(database) == {"harbour-post": 12.0, "pier-gazette": 1.0, "ferry-times": 0.0}
        assert metrics.REGISTRY.get_sample_value("quotewire_feeds", {"stage": "ingest", "state": "silent"}) == 1
        await add(database, "many", per_day=1.0, silent_hours=1, feeds=MAX_SERIES)
        assert await missed(database) == {}
    finally:
        await database.close()

"""The rows of feeds follow `sources.yaml` and the public suffix list."""

from __future__ import annotations

import pytest

from quotewire_ingest.database import ingest_database
from quotewire_ingest.source import Source
from quotewire_ingest.sources import feed_table

pytestmark = pytest.mark.integration

ONE, TWO = "https://one.azurewebsites.net/feed", "https://two.azurewebsites.net/feed"


async def test_hosts_of_an_earlier_release_are_brought_up_to_date(postgres_dsn: str) -> None:
    """Two registrants do not wait for each other, the parts of an index among them."""
    database = ingest_database(postgres_dsn, "one")
    async with database.transaction() as connection:
        await feed_table.apply_sources(connection, [Source(id="a", feeds=[ONE]), Source(id="b", feeds=[TWO])], 300)
        await connection.execute(
            "INSERT INTO ingest.feeds (url, source_id, interval_s, kind, root, parent) VALUES"
            " ('https://news.one.azurewebsites.net/map', 'a', 300, 'sitemap', %s, %s)",
            (ONE, ONE),
        )
        await connection.execute("UPDATE ingest.feeds SET host = 'azurewebsites.net'")
        await feed_table.update_hosts(connection)
        cursor = await connection.execute("SELECT DISTINCT host FROM ingest.feeds ORDER BY 1")
        assert await cursor.fetchall() == [("one.azurewebsites.net",), ("two.azurewebsites.net",)]
        leased = await feed_table.lease_due(connection, "one", 9, 60)
        assert {feed.source_id for feed in leased} == {"a", "b"}
        assert len(leased) == 2
    await database.close()

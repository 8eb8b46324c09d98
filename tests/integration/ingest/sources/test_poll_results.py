"""Results of polls are saved, whatever became of their leases meanwhile."""

from __future__ import annotations

import pytest

from quotewire_ingest.bootstrap import outbox_backpressure
from quotewire_ingest.database import ingest_database
from quotewire_ingest.fetch.fetchers import FetcherPool
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import FetchSettings, OutboxSettings, ParserSettings, SourceSettings, WorkSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources import feed_table
from quotewire_ingest.sources.feed_pool import FeedParserPool
from quotewire_ingest.sources.poller import Poller, PollResult

pytestmark = pytest.mark.integration


async def test_a_feed_that_was_leased_twice_is_saved_twice(postgres_dsn: str) -> None:
    """Its lease ran out during an outage of PostgreSQL, so that the poller leased it again beside itself."""
    database = ingest_database(postgres_dsn, "one")
    sources = [Source(id="a", feeds=["https://harbour-post.example/feed"])]
    poller = Poller(
        database, SourceSettings(), WorkSettings(), FetcherPool(FetchSettings()), FeedParserPool(ParserSettings()),
        sources, outbox_backpressure(database, OutboxSettings()),
    )  # fmt: skip
    async with database.transaction() as connection:
        await feed_table.apply_sources(connection, sources, 300)
        [state] = await feed_table.lease_due(connection, "one", 9, 60)
    poller._leased = {state.url: state}
    poller._unsaved = [PollResult(state, None, Rejected(RejectionReason.UNREACHABLE, "cannot be reached"))] * 2
    await poller._save_results()
    async with database.transaction() as connection:
        cursor = await connection.execute("SELECT failures, leased_by FROM ingest.feeds")
        assert await cursor.fetchall() == [(2, None)]
    assert poller.held().feeds == []
    await database.close()

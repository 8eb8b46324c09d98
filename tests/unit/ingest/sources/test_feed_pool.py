"""Feeds are read in a process that can be ended: one that hangs costs one refusal."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from kit.hostile import SLOW_FEED
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import ParserSettings
from quotewire_ingest.sources.feed_pool import FeedDocument, FeedParserPool

NOW = datetime(2026, 3, 4, tzinfo=UTC)
GOOD = b"<rss version='2.0'><channel><item><link>https://h.example/a</link></item></channel></rss>"


def document(body: bytes) -> FeedDocument:
    return FeedDocument(body, "https://h.example/feed", NOW)


@pytest.fixture
async def reader() -> AsyncIterator[FeedParserPool]:
    async with FeedParserPool(ParserSettings(deadline_s=1)) as reader:
        yield reader


async def test_one_that_hangs_is_refused_and_the_next_is_read(reader: FeedParserPool) -> None:
    assert [entry.url for entry in (await reader.parse(document(GOOD))).entries] == ["https://h.example/a"]
    with pytest.raises(Rejected) as refused:
        await reader.parse(document(SLOW_FEED))
    assert refused.value.reason in (RejectionReason.TIMEOUT, RejectionReason.INVALID, RejectionReason.MEMORY)
    assert [entry.url for entry in (await reader.parse(document(GOOD))).entries] == ["https://h.example/a"]


async def test_what_is_no_feed_is_told_in_words(reader: FeedParserPool) -> None:
    with pytest.raises(Rejected, match="not a feed: a page"):
        await reader.parse(document(b"<!-- x --><!DOCTYPE html><html " + b" a=b" * 500_000 + b">"))

"""Feeds are parsed in a process that can be killed: one that hangs is rejected alone."""

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
async def parsers() -> AsyncIterator[FeedParserPool]:
    async with FeedParserPool(ParserSettings(deadline_s=1)) as parsers:
        yield parsers


async def test_a_feed_that_hangs_is_rejected_and_the_next_is_parsed(parsers: FeedParserPool) -> None:
    assert [entry.url for entry in (await parsers.parse(document(GOOD))).entries] == ["https://h.example/a"]
    with pytest.raises(Rejected) as rejected:
        await parsers.parse(document(SLOW_FEED))
    assert rejected.value.reason in (RejectionReason.TIMEOUT, RejectionReason.INVALID, RejectionReason.MEMORY)
    assert [entry.url for entry in (await parsers.parse(document(GOOD))).entries] == ["https://h.example/a"]


async def test_a_page_is_no_feed(parsers: FeedParserPool) -> None:
    with pytest.raises(Rejected, match="not a feed: a page"):
        await parsers.parse(document(b"<!-- x --><!DOCTYPE html><html " + b" a=b" * 500_000 + b">"))

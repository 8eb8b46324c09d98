"""Feeds that are submitted as inputs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.kinds import UrlInput
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import ParserSettings
from quotewire_ingest.sources.expand import FeedExpander
from quotewire_ingest.sources.feed_pool import FeedParserPool

NOW = datetime(2026, 3, 4, tzinfo=UTC)
URL = "https://h.example/map.xml"
INDEX = f"<sitemapindex><sitemap><loc>{URL}.1</loc></sitemap><sitemap><loc>{URL}.2</loc></sitemap></sitemapindex>"


@pytest.fixture
async def expander() -> AsyncIterator[FeedExpander]:
    async with FeedParserPool(ParserSettings()) as parsers:
        yield FeedExpander(parsers)


def document(body: str) -> Document:
    return Document(URL, body.encode(), DocumentKind.HTML, "harbour-post", None, NOW, url=URL)


async def test_a_feed_gives_its_entries_with_hints(expander: FeedExpander) -> None:
    body = "<rss version='2.0'><channel><item><title>Ferry</title><link>/a</link></item></channel></rss>"
    assert expander.recognises(body.encode())
    expansion = await expander.expand(UrlInput(URL, "harbour-post"), document(body))
    [item] = expansion.items
    assert (expansion.description, item.name, item.source_id) == ("a feed", "https://h.example/a", "harbour-post")
    assert (item.hints.title, item.depth) == ("Ferry", 0)


async def test_an_index_gives_its_sitemaps_down_to_a_depth(expander: FeedExpander) -> None:
    expansion = await expander.expand(UrlInput(URL, "harbour-post", depth=1), document(INDEX))
    assert expansion.description == "an index of sitemaps"
    assert [(item.name, item.depth) for item in expansion.items] == [(f"{URL}.1", 2), (f"{URL}.2", 2)]
    assert (await expander.expand(UrlInput(URL, depth=2), document(INDEX))).items == []


async def test_a_page_is_no_feed(expander: FeedExpander) -> None:
    page = "<html><p>Ferry</html>"
    assert not expander.recognises(page.encode())
    with pytest.raises(Rejected):
        await expander.expand(UrlInput(URL), document(page))

"""Feeds are read in a process that can be ended: feedparser is easily kept busy for minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from quotewire_ingest.parse.lazy_pool import Readers
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import ReadSettings
from quotewire_ingest.sources import sitemaps
from quotewire_ingest.sources.feeds import Feed, parse_feed


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """The bytes of a feed, and what is known about them; as :func:`parse_feed` takes them."""

    body: bytes
    url: str
    fetched_at: datetime
    outlet: str | None = None
    content_type: str = ""
    news_days: float = sitemaps.NEWS_DAYS


def feed_reader() -> Callable[[list[FeedDocument]], Iterator[Feed | Rejected]]:
    """Initialise a worker process: the function that reads feeds in it."""
    import feedparser  # noqa: F401  # loaded before the deadline of the first feed begins

    def read(documents: list[FeedDocument]) -> Iterator[Feed | Rejected]:
        for one in documents:
            try:
                yield parse_feed(one.body, one.url, one.fetched_at, one.outlet, one.content_type, one.news_days)
            except Rejected as refused:
                yield refused

    return read


class FeedParserPool(Readers[FeedDocument, Feed]):
    """Reads feeds one after the other, in one process."""

    def __init__(self, settings: ReadSettings) -> None:
        super().__init__("feed", "quotewire_ingest.sources.feed_pool:feed_reader", settings, processes=1)

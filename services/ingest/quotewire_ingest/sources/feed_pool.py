"""Parse feeds in a worker process: malicious input can keep feedparser busy for minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from quotewire_ingest.crash import CrashSite
from quotewire_ingest.parse.document_pool import DocumentPool, ParserCrash, for_each_document
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import ParserSettings
from quotewire_ingest.sources import sitemaps
from quotewire_ingest.sources.feeds import Feed, parse_feed


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """The arguments of :func:`parse_feed`: the bytes of a feed and what is known about them."""

    body: bytes
    url: str
    fetched_at: datetime
    outlet: str | None = None
    content_type: str = ""
    news_days: float = sitemaps.NEWS_DAYS

    @property
    def name(self) -> str:
        """The feed's URL."""
        return self.url


class FeedParserPool(DocumentPool[FeedDocument, Feed]):
    """Parses feeds one after the other, in one process."""

    def __init__(self, settings: ParserSettings) -> None:
        super().__init__(
            "feed", "quotewire_ingest.sources.feed_pool:load_feed_parser", settings, processes=1, site=CrashSite.FEED
        )  # fmt: skip


def load_feed_parser() -> Callable[[list[FeedDocument]], Iterator[Feed | Rejected | ParserCrash]]:
    """Initialise a worker: import feedparser before the first deadline begins, return the function that parses."""
    import feedparser  # noqa: F401  # imported by parse_feed, too

    def parse(one: FeedDocument) -> Feed:
        return parse_feed(one.body, one.url, one.fetched_at, one.outlet, one.content_type, one.news_days)

    return for_each_document(parse)

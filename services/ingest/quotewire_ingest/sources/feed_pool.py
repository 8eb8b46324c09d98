"""Parse feeds, and search pages for them, in a worker process: malicious input can keep feedparser busy for minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from quotewire_ingest.crash import CrashSite
from quotewire_ingest.parse.document_pool import DocumentPool, ParserCrash, for_each_document
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import ParserSettings
from quotewire_ingest.sources import sitemaps
from quotewire_ingest.sources.autodiscovery import find_feeds
from quotewire_ingest.sources.feeds import Feed, parse_feed

PAGE = "page"
"""The kind of a feed that is none: a page, whose ``children`` are the feeds that it links to."""


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """The bytes of a feed and what is known about them: the arguments of :func:`parse_feed`.

    ``may_be_page``: what is no feed is searched for links to feeds; ``charset``: of its Content-Type header.
    """

    body: bytes
    url: str
    fetched_at: datetime
    outlet: str | None = None
    content_type: str = ""
    news_days: float = sitemaps.NEWS_DAYS
    may_be_page: bool = False
    charset: str | None = None

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
        try:
            return parse_feed(one.body, one.url, one.fetched_at, one.outlet, one.content_type, one.news_days)
        except Rejected:
            if not one.may_be_page:
                raise
        return Feed(None, [], None, PAGE, tuple(find_feeds(one.body, one.url, one.charset)))

    return for_each_document(parse)

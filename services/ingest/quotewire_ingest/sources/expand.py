"""Parse feeds, sitemaps and indexes that were submitted, for the worker of the queue."""

from __future__ import annotations

from quotewire_ingest.model import Document
from quotewire_ingest.queue.expansion import Expansion
from quotewire_ingest.queue.kinds import UrlInput
from quotewire_ingest.sources.feed_pool import FeedDocument, FeedParserPool
from quotewire_ingest.sources.feeds import looks_like_feed

# An index leads to sitemaps, some to further indexes; deeper is a trap.
_MAX_DEPTH = 2
_DESCRIPTIONS = {"index": "an index of sitemaps", "sitemap": "a sitemap"}


class FeedExpander:
    """The queue's ``Expander``."""

    def __init__(self, parsers: FeedParserPool) -> None:
        self._parsers = parsers

    def recognises(self, body: bytes) -> bool:
        """Return whether a response is a feed rather than a page, by its first element."""
        return looks_like_feed(body)

    async def expand(self, item: UrlInput, document: Document) -> Expansion:
        """Parse a feed; sitemaps below ``_MAX_DEPTH`` are left out. Raises ``Rejected``."""
        feed = await self._parsers.parse(FeedDocument(document.body, document.url or "", document.fetched_at))
        found = [UrlInput(entry.url, item.source_id, entry.hints) for entry in feed.entries]
        if item.depth < _MAX_DEPTH:
            found += [UrlInput(child.url, item.source_id, depth=item.depth + 1) for child in feed.children]
        return Expansion(_DESCRIPTIONS.get(feed.kind, "a feed"), found, feed.left_out)

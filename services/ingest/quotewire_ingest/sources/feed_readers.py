"""Reads feeds in a process that can be ended: a hostile one keeps feedparser busy for minutes, in a thread for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from quotewire_ingest.refusal import Reason, Refused
from quotewire_ingest.settings import ReadSettings
from quotewire_ingest.sources import sitemap
from quotewire_ingest.sources.feed import Feed, parse_feed
from quotewire_runtime.workers import Failed, WorkerPool


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """The bytes of a feed, and what is known about them; as :func:`parse_feed` takes them."""

    body: bytes
    url: str
    fetched_at: datetime
    outlet: str | None = None
    content_type: str = ""
    news_days: float = sitemap.NEWS_DAYS


def feed_reader() -> Callable[[list[FeedDocument]], Iterator[Feed | Refused]]:
    """Initialise a worker process: the function that reads feeds in it."""
    import feedparser  # noqa: F401  # loaded before the deadline of the first feed begins

    def read(documents: list[FeedDocument]) -> Iterator[Feed | Refused]:
        for one in documents:
            try:
                yield parse_feed(one.body, one.url, one.fetched_at, one.outlet, one.content_type, one.news_days)
            except Refused as refused:
                yield refused

    return read


class FeedReader:
    """Reads feeds one after the other, each within its deadline (``async with``); starts with the first feed."""

    def __init__(self, settings: ReadSettings) -> None:
        self._settings = settings
        self._pool: WorkerPool | None = None
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            await self._pool.stop()

    async def read(self, document: FeedDocument) -> Feed:
        """Read one feed. Raises ``Refused`` as ``parse_feed`` does, and for one that hangs or kills its reader."""
        async with self._one_at_a_time:
            if self._pool is None:
                self._pool = WorkerPool(
                    "quotewire_ingest.sources.feed_readers:feed_reader", processes=1, chunk=1, stage="ingest",
                    deadline_s=self._settings.deadline_s, memory_mib=self._settings.memory_mib,
                )  # fmt: skip
                await self._pool.start()
            [result] = await self._pool.run([document])
        if isinstance(result, Failed):
            raise Refused(Reason(str(result.reason)), f"the feed cannot be read: {result.message}")
        if isinstance(result.value, Refused):
            raise result.value
        feed: Feed = result.value
        return feed

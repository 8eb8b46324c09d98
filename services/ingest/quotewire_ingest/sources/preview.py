"""Looks at an address as the poller would, and tells what would be found: what `quotewire discover` shows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from quotewire_ingest.fetch.fetcher import Fetcher, FetchResponse
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import FetchSettings, ParserSettings
from quotewire_ingest.sources import schedule
from quotewire_ingest.sources.autodiscovery import find_feeds
from quotewire_ingest.sources.feed_pool import FeedDocument, FeedParserPool
from quotewire_ingest.sources.feeds import Entry, Feed, looks_like_feed
from quotewire_ingest.sources.sitemaps import Child
from quotewire_ingest.urls import is_url
from quotewire_runtime.observability import logs

# Documents of one site that are looked at, one after the other, with a pause between them.
_MOST_LOOKED_AT = 20
_DEEPEST = 2
_PAUSE_S = 1.0


class Found(BaseModel):
    """One feed, sitemap, index or page. ``per_day``: articles to be expected; ``problem``: why it would give none."""

    url: str
    kind: str
    named_by: str
    title: str | None = None
    entries: int = 0
    newest: datetime | None = None
    per_day: float | None = None
    left_out: int = 0
    problem: str | None = None


class Named(BaseModel):
    """One entry of what was found."""

    url: str
    title: str | None
    published_at: datetime | None
    authors: list[str]
    feed: str


class Discovery(BaseModel):
    """What an address leads to."""

    target: str
    kind: str
    found: list[Found]
    problems: list[str]
    entries: list[Named]


async def look(target: str, fetch: FetchSettings, read: ParserSettings, *, url: str | None = None) -> Discovery:
    """Look at an address or a file (whose address is ``url``) and at what it names.

    Asks at most twenty documents, politely; asks for no article. What cannot be asked, or is not read within the
    deadline, is told in ``problems``.
    """
    logs.silence()
    async with Fetcher(fetch) as fetcher, FeedParserPool(read) as reader:
        return await _Looking(fetcher, reader, 0.0 if fetch.allow_private else _PAUSE_S).at(target, url)


class _Looking:
    def __init__(self, fetcher: Fetcher, reader: FeedParserPool, pause_s: float) -> None:
        self._fetcher, self._reader, self._pause_s = fetcher, reader, pause_s
        self._found: list[Found] = []
        self._entries: list[Named] = []
        self._problems: list[str] = []
        self._seen: set[str] = set()

    async def at(self, target: str, url: str | None) -> Discovery:
        kind = "nothing"
        try:
            if is_url(target):
                answer = await self._fetcher.fetch_page(target)
            else:
                answer = await asyncio.to_thread(_from_file, Path(target), url)
            self._seen |= {target, answer.url}
            kind = await self._examine(answer, "you", 0)
        except Rejected as refused:
            self._problems.append(f"{target}: {refused.message}")
        if not self._found and not self._problems:
            site = ", and robots.txt of the site names no sitemap" if is_url(target) else ""
            self._problems.append(f"{target}: the page links to no feed{site}")
        return Discovery(target=target, kind=kind, found=self._found, problems=self._problems, entries=self._entries)

    async def _examine(self, answer: FetchResponse, named_by: str, depth: int) -> str:
        """Add a document to what was found, then what it names; its kind. Raises ``Rejected``."""
        if (
            depth == 0
            and not looks_like_feed(answer.body)
            and answer.media_type in ("text/html", "application/xhtml+xml", "")
        ):
            try:
                feed = await self._reader.parse(FeedDocument(answer.body, answer.url, answer.fetched_at))
            except Rejected:
                await self._page(answer)
                return "page"
        else:
            kind = answer.headers.get("content-type", "")
            feed = await self._reader.parse(FeedDocument(answer.body, answer.url, answer.fetched_at, content_type=kind))
        self._add(answer.url, feed, named_by)
        if feed.children:
            await self._children(feed.children, answer.url, depth + 1)
        return feed.kind

    async def _page(self, answer: FetchResponse) -> None:
        children = await asyncio.to_thread(find_feeds, answer.body, answer.url, answer.charset)
        await self._children(children, "the page", 1)
        sitemaps = (
            [Child(link) for link in await self._fetcher.robots_sitemaps(answer.url)] if is_url(answer.url) else []
        )
        await self._children(sitemaps, "robots.txt", 1)

    async def _children(self, children: Sequence[Child], named_by: str, depth: int) -> None:
        for child in children:
            if child.url in self._seen:
                continue
            if len(self._seen) > _MOST_LOOKED_AT or depth > _DEEPEST:
                self._problems.append(f"more than {_MOST_LOOKED_AT} documents: the rest was not looked at")
                return
            self._seen.add(child.url)
            await asyncio.sleep(max(self._pause_s, self._fetcher.cached_crawl_delay(child.url) or 0.0))
            try:
                answer = await self._fetcher.fetch_page(child.url)
                self._seen.add(answer.url)
                await self._examine(answer, named_by, depth)
            except Rejected as refused:
                self._found.append(
                    Found(url=child.url, kind="nothing", named_by=named_by, title=child.title, problem=refused.message)
                )

    def _add(self, url: str, feed: Feed, named_by: str) -> None:
        now = datetime.now(UTC)
        dates = [entry.hints.published_at for entry in feed.entries]
        newest = max((at for at in dates if at), default=None)
        self._found.append(
            Found(
                url=url, kind=feed.kind, named_by=named_by, title=feed.title,
                entries=len(feed.entries) + len(feed.children), newest=newest,
                per_day=_rounded(schedule.initial_rate(dates, now)), left_out=feed.left_out,
                problem=_problem(feed, newest, now),
            )
        )  # fmt: skip
        self._entries += [_named(entry, url) for entry in feed.entries]


def _problem(feed: Feed, newest: datetime | None, now: datetime) -> str | None:
    if not feed.entries and not feed.children:
        return "names nothing" if not feed.left_out else f"all it names is old ({feed.left_out} entries)"
    if newest is not None and (now - newest).days > schedule.DISABLED_INTERVAL_S / schedule.DAY_S:
        return f"its newest entry is {(now - newest).days} days old"
    return None


def _named(entry: Entry, feed: str) -> Named:
    stated = entry.hints
    return Named(
        url=entry.url, title=stated.title, published_at=stated.published_at, authors=list(stated.authors), feed=feed
    )


def _from_file(path: Path, url: str | None) -> FetchResponse:
    try:
        body = path.read_bytes()
    except OSError as error:
        reason = RejectionReason.MISSING if isinstance(error, FileNotFoundError) else RejectionReason.UNREADABLE_FILE
        raise Rejected(reason, (error.strerror or type(error).__name__).lower()) from error
    if not body:
        raise Rejected(RejectionReason.EMPTY, "the file is empty")
    return FetchResponse(url or path.absolute().as_uri(), 200, {}, body, datetime.now(UTC))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)

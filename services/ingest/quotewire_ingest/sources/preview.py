"""Preview what the poller would find at a URL: what `quotewire discover` shows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from quotewire_ingest.fetch.fetcher import Fetcher
from quotewire_ingest.fetch.response import FetchResponse
from quotewire_ingest.queue.host_leases import pause_after
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import FetchSettings, ParserSettings
from quotewire_ingest.sources import schedule
from quotewire_ingest.sources.feed_pool import PAGE, FeedDocument, FeedParserPool
from quotewire_ingest.sources.feeds import Entry, Feed, looks_like_feed
from quotewire_ingest.sources.sitemaps import Child
from quotewire_ingest.urls import is_url
from quotewire_runtime.observability import logs

# Documents of one site that are fetched, one after the other, with a pause between them.
_MAX_DOCUMENTS = 20
_MAX_DEPTH = 2
_PAUSE_S = 1.0


class FoundDocument(BaseModel):
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


class FoundEntry(BaseModel):
    """One entry of a document that was found."""

    url: str
    title: str | None
    published_at: datetime | None
    authors: list[str]
    feed: str


class Discovery(BaseModel):
    """What a URL leads to."""

    target: str
    kind: str
    found: list[FoundDocument]
    problems: list[str]
    entries: list[FoundEntry]


async def preview(target: str, fetch: FetchSettings, read: ParserSettings, *, url: str | None = None) -> Discovery:
    """Fetch a URL, or read a file (which comes from ``url``), and follow what it names.

    Fetches at most twenty documents, with pauses, and no article. What cannot be fetched, or is not parsed within the
    deadline, is in ``problems``.
    """
    logs.silence()
    async with Fetcher(fetch) as fetcher, FeedParserPool(read) as parsers:
        return await _Preview(fetcher, parsers, 0.0 if fetch.allow_private else _PAUSE_S).run(target, url)


class _Preview:
    def __init__(self, fetcher: Fetcher, parsers: FeedParserPool, pause_s: float) -> None:
        self._fetcher, self._parsers, self._pause_s = fetcher, parsers, pause_s
        self._found: list[FoundDocument] = []
        self._entries: list[FoundEntry] = []
        self._problems: list[str] = []
        self._seen: set[str] = set()

    async def run(self, target: str, url: str | None) -> Discovery:
        kind = "nothing"
        try:
            if is_url(target):
                response = await self._fetcher.fetch_page(target)
            else:
                response = await asyncio.to_thread(_from_file, Path(target), url)
            self._seen |= {target, response.url}
            kind = await self._add_document(response, "you", 0)
        except Rejected as rejected:
            self._problems.append(f"{target}: {rejected.message}")
        if not self._found and not self._problems:
            site = ", and robots.txt of the site names no sitemap" if is_url(target) else ""
            self._problems.append(f"{target}: the page links to no feed{site}")
        return Discovery(target=target, kind=kind, found=self._found, problems=self._problems, entries=self._entries)

    async def _add_document(self, response: FetchResponse, named_by: str, depth: int) -> str:
        """Add a document and what it names to the result; return its kind. Raises ``Rejected``."""
        if (
            depth == 0
            and not looks_like_feed(response.body)
            and response.media_type in ("text/html", "application/xhtml+xml", "")
        ):
            feed = await self._parsers.parse(
                FeedDocument(
                    response.body, response.url, response.fetched_at, may_be_page=True, charset=response.charset
                )
            )
            if feed.kind == PAGE:
                await self._add_links_of_page(feed, response.url)
                return feed.kind
        else:
            kind = response.headers.get("content-type", "")
            feed = await self._parsers.parse(
                FeedDocument(response.body, response.url, response.fetched_at, content_type=kind)
            )
        self._add(response.url, feed, named_by)
        if feed.children:
            await self._add_children(feed.children, response.url, depth + 1)
        return feed.kind

    async def _add_links_of_page(self, page: Feed, url: str) -> None:
        await self._add_children(page.children, "the page", 1)
        sitemaps = [Child(link) for link in await self._fetcher.robots_sitemaps(url)] if is_url(url) else []
        await self._add_children(sitemaps, "robots.txt", 1)

    async def _add_children(self, children: Sequence[Child], named_by: str, depth: int) -> None:
        for child in children:
            if child.url in self._seen:
                continue
            if len(self._seen) > _MAX_DOCUMENTS or depth > _MAX_DEPTH:
                self._problems.append(f"more than {_MAX_DOCUMENTS} documents: the others were not fetched")
                return
            self._seen.add(child.url)
            await asyncio.sleep(pause_after(self._pause_s, self._fetcher.cached_crawl_delay(child.url), 0))
            try:
                response = await self._fetcher.fetch_page(child.url)
                self._seen.add(response.url)
                await self._add_document(response, named_by, depth)
            except Rejected as rejected:
                self._found.append(
                    FoundDocument(
                        url=child.url, kind="nothing", named_by=named_by, title=child.title, problem=rejected.message
                    )
                )

    def _add(self, url: str, feed: Feed, named_by: str) -> None:
        now = datetime.now(UTC)
        dates = [entry.hints.published_at for entry in feed.entries]
        newest = max((at for at in dates if at), default=None)
        self._found.append(
            FoundDocument(
                url=url, kind=feed.kind, named_by=named_by, title=feed.title,
                entries=len(feed.entries) + len(feed.children), newest=newest,
                per_day=_rounded(schedule.initial_rate(dates, now)), left_out=feed.left_out,
                problem=_problem(feed, newest, now),
            )
        )  # fmt: skip
        self._entries += [_found_entry(entry, url) for entry in feed.entries]


def _problem(feed: Feed, newest: datetime | None, now: datetime) -> str | None:
    if not feed.entries and not feed.children:
        return "names nothing" if not feed.left_out else f"all it names is old ({feed.left_out} entries)"
    if newest is not None and (now - newest).days > schedule.DISABLED_INTERVAL_S / schedule.DAY_S:
        return f"its newest entry is {(now - newest).days} days old"
    return None


def _found_entry(entry: Entry, feed: str) -> FoundEntry:
    hints = entry.hints
    return FoundEntry(
        url=entry.url, title=hints.title, published_at=hints.published_at, authors=list(hints.authors), feed=feed
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

"""Polls feeds, sitemaps and pages that link to them: asks only for what is new, as often as it pays.

One loop over one connection takes what is due and writes down what came; only asking and parsing run side by side, so
that a slow server holds up nobody else.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus

from quotewire_ingest.fetch.fetcher import FetchResponse, describe_status
from quotewire_ingest.fetch.pool import FetcherPool
from quotewire_ingest.outcome import STAGE
from quotewire_ingest.queue import host_leases, inputs
from quotewire_ingest.queue.inputs import ADDRESS, Order
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import SourceSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources import schedule, seen_links, state
from quotewire_ingest.sources.autodiscovery import feeds_of_page
from quotewire_ingest.sources.feed_pool import FeedDocument, FeedParserPool
from quotewire_ingest.sources.feeds import Feed
from quotewire_ingest.sources.metrics import tell_freshness
from quotewire_ingest.sources.sitemaps import Child
from quotewire_ingest.sources.state import FeedState, Success
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable, ValuesRejected

_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_LOOK_EVERY_S = 1.0
_TELL_EVERY_S = 2.0
_PAGE_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class _Polled:
    feed: FeedState
    answer: FetchResponse | None
    found: Feed | Rejected


class Poller:
    """Polls the feeds of a wish until cancelled."""

    def __init__(
        self, database: Database, settings: SourceSettings, host_pause_s: float, fetchers: FetcherPool,
        reader: FeedParserPool, wish: Sequence[Source], room: Backpressure,
    ) -> None:  # fmt: skip
        """``database`` must have a holder: it takes the hosts' turns."""
        self._database, self._settings, self._fetchers, self._wish = database, settings, fetchers, wish
        self._host_pause_s, self._room, self._reader = host_pause_s, room, reader
        self._log = logs.get_logger("sources")
        self._asking: set[asyncio.Task[_Polled]] = set()
        self._unwritten: list[_Polled] = []
        self._told_at = 0.0

    async def run(self) -> None:
        """Bring the wish into the database, then poll what is due, for ever."""
        wait = OutageLog(self._log)
        known = False
        try:
            while True:
                try:
                    if not known:
                        async with self._database.transaction() as connection:
                            await state.apply_wish(connection, self._wish, self._settings.least_interval_s)
                        known = True
                    await self._write_down()
                    await self._begin()
                    wait.recovered()
                except DatabaseUnavailable as error:
                    wait.report(str(error))
                await self._await_answers()
        finally:
            for task in self._asking:
                task.cancel()
            await asyncio.gather(*self._asking, return_exceptions=True)

    async def _begin(self) -> None:
        free = self._settings.pollers - len(self._asking)
        if free <= 0 or self._room.full:
            return
        async with self._database.transaction() as connection:
            found = await state.due(connection, self._database.holder or "", free)
        self._asking |= {asyncio.create_task(self._poll(feed)) for feed in found}

    async def _await_answers(self) -> None:
        if not self._asking:
            await asyncio.sleep(_LOOK_EVERY_S)
            return
        done, self._asking = await asyncio.wait(
            self._asking, timeout=_LOOK_EVERY_S, return_when=asyncio.FIRST_COMPLETED
        )
        self._unwritten += [task.result() for task in done]

    async def _write_down(self) -> None:
        """Note what came, each answer with the end of its host's turn in one transaction."""
        while self._unwritten:
            polled = self._unwritten[0]
            try:
                await self._note(polled)
            except ValuesRejected as error:
                message = f"the database refuses what it says: {str(error)[:200]}"
                await self._note(replace(polled, found=Rejected(RejectionReason.INVALID, message)))
            self._unwritten.pop(0)
        loop_time = asyncio.get_running_loop().time()
        if not self._told_at or loop_time - self._told_at > _TELL_EVERY_S:
            async with self._database.transaction() as connection:
                await tell_freshness(connection)
            self._told_at = loop_time

    async def _poll(self, feed: FeedState) -> _Polled:
        """Ask and parse."""
        headers = {"Accept": _ACCEPT}
        if feed.etag:
            headers["If-None-Match"] = feed.etag
        if feed.last_modified:
            headers["If-Modified-Since"] = feed.last_modified
        answer: FetchResponse | None = None
        try:
            answer = await self._fetchers.for_source(feed.source_id).fetch(feed.url, headers)
            if answer.status == HTTPStatus.NOT_MODIFIED:
                return _Polled(feed, answer, Feed(None, [], None, feed.kind))
            if answer.status != HTTPStatus.OK:
                raise Rejected(RejectionReason.STATUS, f"the server answers {describe_status(answer.status)}")
            return _Polled(feed, answer, await self._interpret(feed, answer))
        except Rejected as refused:
            return _Polled(feed, answer, refused)

    async def _interpret(self, feed: FeedState, answer: FetchResponse) -> Feed:
        kind = answer.headers.get("content-type", "")
        try:
            return await self._reader.parse(
                FeedDocument(answer.body, answer.url, answer.fetched_at, feed.outlet, kind, self._settings.news_days)
            )
        except Rejected:
            if feed.depth or answer.media_type not in _PAGE_TYPES:
                raise
        children = await asyncio.to_thread(feeds_of_page, answer.body, answer.url, answer.charset)
        if not children and (named := await self._fetchers.for_source(feed.source_id).robots_sitemaps(answer.url)):
            children = [Child(url) for url in named]
        if not children:
            raise Rejected(
                RejectionReason.INVALID, "a page that links to no feed, on a site whose robots.txt names no sitemap"
            )
        return Feed(None, [], None, "page", tuple(children))

    async def _note(self, polled: _Polled) -> None:
        feed, answer, found = polled.feed, polled.answer, polled.found
        crawl_delay_s = self._fetchers.for_source(feed.source_id).cached_crawl_delay(feed.url)
        pause = host_leases.pause_after(self._host_pause_s, crawl_delay_s, 0)
        async with self._database.transaction() as connection:
            await host_leases.end(connection, feed.turn, pause)
            if isinstance(found, Rejected) or answer is None:
                assert isinstance(found, Rejected)
                await self._note_failure(connection, feed, answer, found)
            else:
                await self._note_success(connection, feed, answer, found)

    async def _note_success(self, connection: Connection, feed: FeedState, answer: FetchResponse, found: Feed) -> None:
        settings, now = self._settings, datetime.now(UTC)
        same = answer.status == HTTPStatus.NOT_MODIFIED
        new = await seen_links.fresh(connection, feed.url, found.entries)
        await inputs.enqueue(
            connection, uuid.uuid4(), [Order(ADDRESS, entry.url, feed.source_id, entry.hints) for entry in new]
        )
        children = 0
        if not same:
            children = await state.note_children(connection, feed, found.children, settings.least_interval_s)
        rate: float | None
        if feed.polled_before:
            rate = schedule.rate_after(feed.per_day, len(new), feed.silent_s)
        else:
            rate = schedule.rate_at_first([entry.hints.published_at for entry in found.entries], now) or feed.per_day
        interval = schedule.interval_after(
            feed.interval_s, bool(new or children), settings.least_interval_s, settings.most_interval_s
        )
        next_s = schedule.pause_after_success(interval, found.ttl_s, answer.headers, now, settings.most_interval_s)
        success = Success(
            found.kind, same, answer.headers.get("etag"), answer.headers.get("last-modified"),
            len(found.entries) + len(found.children), len(new), interval, next_s, rate,
        )  # fmt: skip
        await state.note_success(connection, feed, success)
        metrics.FETCHES.labels(STAGE, "not_modified" if same else "ok").inc()
        self._log.info(
            "feed", source_id=feed.source_id, feed=feed.url, kind=found.kind, entries=success.entries, new=len(new),
            **({"revived": True} if feed.disabled else {}), **({"left_out": found.left_out} if found.left_out else {}),
        )  # fmt: skip

    async def _note_failure(
        self, connection: Connection, feed: FeedState, answer: FetchResponse | None, refused: Rejected
    ) -> None:
        status = answer.status if answer else None
        stated = schedule.retry_after(answer.headers, datetime.now(UTC)) if answer else None
        failing = schedule.after_failure(
            schedule.trouble_of(refused.reason, status), status, feed.failures, feed.hardship, feed.interval_s, stated,
            feed.silent_s,
        )  # fmt: skip
        await state.note_failure(connection, feed, failing, refused.message)
        metrics.FETCHES.labels(STAGE, str(refused.reason)).inc()
        self._log.warning(
            "feed given up" if failing.given_up and not feed.disabled else "feed", source_id=feed.source_id,
            feed=feed.url, why=refused.message, again_in_s=round(failing.pause_s), trouble=str(failing.trouble),
        )  # fmt: skip

"""Poll feeds, sitemaps and pages that link to them: only for what is new, and as often as they yield.

One loop over one connection leases what is due and saves the results; only fetching and parsing run side by side, so
that a slow server holds up nobody else.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus

from quotewire_ingest.crash import CrashSite, crashes_rejected, rejection_of
from quotewire_ingest.decision import STAGE
from quotewire_ingest.fetch.fetchers import FetcherPool
from quotewire_ingest.fetch.response import FetchResponse
from quotewire_ingest.queue import host_leases, inputs
from quotewire_ingest.queue.kinds import UrlInput
from quotewire_ingest.queue.lease_renewal import Held
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import SourceSettings, WorkSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources import feed_table, seen_links
from quotewire_ingest.sources.feed_pool import PAGE, FeedDocument, FeedParserPool
from quotewire_ingest.sources.feeds import Feed
from quotewire_ingest.sources.metrics import update_feed_metrics
from quotewire_ingest.sources.sitemaps import Child
from quotewire_ingest.sources.state import FeedState, after_failure, after_success
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable, ValuesRejected
from quotewire_runtime.workers.pool import WorkersBroken

_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_POLL_INTERVAL_S = 1.0
_METRICS_INTERVAL_S = 2.0
_PAGE_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll brought: the feed and its response, or why not; a response may come with a rejection."""

    state: FeedState
    response: FetchResponse | None
    found: Feed | Rejected


class Poller:
    """Polls the feeds of `sources.yaml` until cancelled."""

    def __init__(
        self, database: Database, settings: SourceSettings, work: WorkSettings, fetchers: FetcherPool,
        parsers: FeedParserPool, sources: Sequence[Source], backpressure: Backpressure,
    ) -> None:  # fmt: skip
        """Lease hosts as the holder of ``database``, which must have one."""
        self._database, self._settings, self._fetchers, self._sources = database, settings, fetchers, sources
        self._work, self._backpressure, self._parsers = work, backpressure, parsers
        self._log = logs.get_logger("sources")
        self._polls: set[asyncio.Task[PollResult]] = set()
        self._unsaved: list[PollResult] = []
        self._leased: dict[str, FeedState] = {}
        self._metrics_at = 0.0

    def held(self) -> Held:
        """Return the feeds that are polled now, for the renewal of their leases."""
        hosts = [state.host_lease for state in self._leased.values()]
        return Held(self._database.holder or "", feeds=list(self._leased), hosts=hosts)

    async def run(self) -> None:
        """Bring the sources into the database, then poll what is due, until cancelled."""
        outage = OutageLog(self._log)
        applied = False
        try:
            while True:
                try:
                    if not applied:
                        async with self._database.transaction() as connection:
                            await feed_table.apply_sources(connection, self._sources, self._settings.least_interval_s)
                            await feed_table.update_hosts(connection)
                        applied = True
                    await self._save_results()
                    await self._start_polls()
                    outage.recovered()
                except DatabaseUnavailable as error:
                    outage.report(str(error))
                await self._wait_for_results()
        finally:
            for task in self._polls:
                task.cancel()
            await asyncio.gather(*self._polls, return_exceptions=True)

    async def _start_polls(self) -> None:
        free = self._settings.pollers - len(self._polls)
        if free <= 0 or self._backpressure.full:
            return
        async with self._database.transaction() as connection:
            due = await feed_table.lease_due(connection, self._database.holder or "", free, self._work.lease_s)
        self._leased |= {state.url: state for state in due}
        self._polls |= {asyncio.create_task(self._poll(state)) for state in due}

    async def _wait_for_results(self) -> None:
        if not self._polls:
            await asyncio.sleep(_POLL_INTERVAL_S)
            return
        done, self._polls = await asyncio.wait(
            self._polls, timeout=_POLL_INTERVAL_S, return_when=asyncio.FIRST_COMPLETED
        )
        self._unsaved += [task.result() for task in done]

    async def _save_results(self) -> None:
        """Save the results, each with the release of its host in one transaction."""
        while self._unsaved:
            await self._save_or_reject(self._unsaved[0])
            self._leased.pop(self._unsaved.pop(0).state.url, None)  # twice where its lease had run out
        now = asyncio.get_running_loop().time()
        if not self._metrics_at or now - self._metrics_at > _METRICS_INTERVAL_S:
            async with self._database.transaction() as connection:
                await update_feed_metrics(connection)
            self._metrics_at = now

    async def _save_or_reject(self, result: PollResult) -> None:
        """Save a result; one that cannot be saved is a failed poll."""
        state, response = result.state, result.response
        try:
            await self._save(result)
            return
        except DatabaseUnavailable:
            raise
        except ValuesRejected as error:
            rejected = Rejected(RejectionReason.INVALID, f"the database refuses what it says: {str(error)[:200]}")
        except Exception as error:
            response, rejected = None, rejection_of(error, CrashSite.FEED, state.url)
        try:
            await self._save(PollResult(state, response, rejected))
        except DatabaseUnavailable:
            raise
        except Exception as error:  # the feed and its host are free again when their leases end
            rejection_of(error, CrashSite.FEED, state.url)

    async def _poll(self, state: FeedState) -> PollResult:
        """Fetch and parse; whatever goes wrong is the result."""
        try:
            with crashes_rejected(CrashSite.FEED, state.url):
                return await self._fetch_and_parse(state)
        except Rejected as rejected:
            return PollResult(state, None, rejected)
        except (UnavailableError, WorkersBroken) as error:  # no fault of the feed: a failure that passes
            return PollResult(state, None, Rejected(RejectionReason.TIMEOUT, str(error)[:200]))

    async def _fetch_and_parse(self, state: FeedState) -> PollResult:
        headers = {"Accept": _ACCEPT}
        if state.etag:
            headers["If-None-Match"] = state.etag
        if state.last_modified:
            headers["If-Modified-Since"] = state.last_modified
        response: FetchResponse | None = None
        try:
            response = await self._fetchers.for_source(state.source_id).fetch(state.url, headers)
            if response.status == HTTPStatus.NOT_MODIFIED:
                return PollResult(state, response, Feed(None, [], None, state.kind))
            response.check_status()
            return PollResult(state, response, await self._parse(state, response))
        except Rejected as rejected:
            return PollResult(state, response, rejected)

    async def _parse(self, state: FeedState, response: FetchResponse) -> Feed:
        """Parse a feed, or find the feeds of a page, where `sources.yaml` names one. Raises ``Rejected``."""
        content_type = response.headers.get("content-type", "")
        may_be_page = not state.depth and response.media_type in _PAGE_TYPES
        feed = await self._parsers.parse(
            FeedDocument(
                response.body, response.url, response.fetched_at, state.outlet, content_type, self._settings.news_days,
                may_be_page, response.charset,
            )
        )  # fmt: skip
        if feed.kind != PAGE or feed.children:
            return feed
        named = await self._fetchers.for_source(state.source_id).robots_sitemaps(response.url)
        if not named:
            raise Rejected(
                RejectionReason.INVALID, "a page that links to no feed, on a site whose robots.txt names no sitemap"
            )
        return replace(feed, children=tuple(Child(url) for url in named))

    async def _save(self, result: PollResult) -> None:
        state, response, found = result.state, result.response, result.found
        crawl_delay_s = self._fetchers.for_source(state.source_id).cached_crawl_delay(state.url)
        pause_s = host_leases.pause_after(self._work.host_pause_s, crawl_delay_s, 0)
        async with self._database.transaction() as connection:
            await host_leases.release(connection, state.host_lease, pause_s)
            if isinstance(found, Rejected):
                await self._save_failure(connection, state, response, found)
            else:
                assert response is not None, "a feed was parsed from it"
                await self._save_success(connection, state, response, found)

    async def _save_success(
        self, connection: Connection, state: FeedState, response: FetchResponse, feed: Feed
    ) -> None:
        new = await seen_links.add_new(connection, state.url, feed.entries)
        found = [UrlInput(entry.url, state.source_id, entry.hints) for entry in new]
        await inputs.enqueue(connection, uuid.uuid4(), found)
        children = 0
        if response.status != HTTPStatus.NOT_MODIFIED:
            children = await feed_table.save_children(connection, state, feed.children, self._settings.least_interval_s)
        success = after_success(state, response, feed, len(new), children, self._settings, datetime.now(UTC))
        await feed_table.save_success(connection, state.url, success)
        metrics.FETCHES.labels(STAGE, "not_modified" if success.not_modified else "ok").inc()
        self._log.info(
            "feed_polled", source_id=state.source_id, feed=state.url, kind=feed.kind, entries=success.entries,
            new=len(new), **({"revived": True} if state.disabled else {}),
            **({"left_out": feed.left_out} if feed.left_out else {}),
        )  # fmt: skip

    async def _save_failure(
        self, connection: Connection, state: FeedState, response: FetchResponse | None, rejected: Rejected
    ) -> None:
        failure = after_failure(state, response, rejected, datetime.now(UTC))
        await feed_table.save_failure(connection, state.url, failure, rejected.message)
        metrics.FETCHES.labels(STAGE, str(rejected.reason)).inc()
        self._log.warning(
            "feed_disabled" if failure.disabled and not state.disabled else "feed_failed", source_id=state.source_id,
            feed=state.url, why=rejected.message, next_poll_s=round(failure.pause_s),
            failure_class=str(failure.failure_class),
        )  # fmt: skip

"""Polls feeds: asks only for what is new, as often as it pays, and puts new addresses into the queue."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import psycopg

from quotewire_ingest import frontier, inputs
from quotewire_ingest.database import Connection, Database, DatabaseAway
from quotewire_ingest.fetch import Fetched, Fetcher, status_words
from quotewire_ingest.frontier import Turn
from quotewire_ingest.identity import address_key
from quotewire_ingest.inputs import ADDRESS, Order
from quotewire_ingest.outbox import STAGE
from quotewire_ingest.refusal import Reason, Refused
from quotewire_ingest.room import Room
from quotewire_ingest.service_settings import SourceSettings
from quotewire_ingest.sources.feed import Entry, Feed, parse_feed
from quotewire_ingest.sources.standing import tell_standing
from quotewire_ingest.sources.wish import Source
from quotewire_runtime import logs, metrics
from quotewire_runtime.waiting import Waiting

_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_LOOK_EVERY_S = 1.0
_AT_ONCE = 8
# Seconds within which another replica leaves a feed alone that this one is polling; longer than any answer may take.
_LEASE_S = 300
# A poll that found something makes the next come sooner, one that found nothing later.
_SOONER, _LATER = 0.7, 1.5
# After n failures in a row the interval is doubled n times, up to a day; a feed that fails for weeks is still asked
# daily.
_MOST_BACK_OFF_S = 24 * 3600.0
# Retry-After and max-age of up to 88 hours were seen; a day is what we believe.
_MOST_STATED_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class _Due:
    url: str
    source_id: str
    outlet: str | None
    etag: str | None
    last_modified: str | None
    interval_s: float
    failures: int
    turn: Turn


_Polled = tuple[_Due, Fetched | None, Feed | Refused]


class Poller:
    """Polls the feeds of a wish until cancelled."""

    def __init__(
        self, database: Database, settings: SourceSettings, host_pause_s: float, fetcher: Fetcher, wish: list[Source],
        room: Room,
    ) -> None:  # fmt: skip
        """``database`` must have a holder: it takes the hosts' turns."""
        self._database, self._settings, self._fetcher, self._wish = database, settings, fetcher, wish
        self._host_pause_s, self._room = host_pause_s, room
        self._log = logs.get("sources")

    async def run(self) -> None:
        """Bring the wish into the database, then poll what is due, for ever."""
        wait = Waiting(self._log)
        known = False
        while True:
            await self._room.free()
            try:
                if not known:
                    await self._apply_wish()
                    await self._tell_standing()
                    known = True
                due = await self._due()
                for feed, answer, found in await asyncio.gather(*(self._poll(feed) for feed in due)):
                    await self._end_turn(feed)
                    if isinstance(found, Refused):
                        await self._note_failure(feed, found, retry_after(answer) if answer else None)
                    elif answer is not None:
                        await self._note_success(feed, answer, found)
                if due:
                    await self._tell_standing()
                wait.over()
            except DatabaseAway as error:
                wait.tell(str(error))
                due = []
            if not due:
                await asyncio.sleep(_LOOK_EVERY_S)

    async def _apply_wish(self) -> None:
        feeds = [(feed, source.id, source.outlet) for source in self._wish for feed in source.feeds]
        async with self._database.transaction() as connection:
            await connection.execute(
                "UPDATE ingest.feeds SET wanted = false WHERE NOT url = ANY(%s)", ([feed for feed, *_ in feeds],)
            )
            for feed, source_id, outlet in feeds:
                await connection.execute(
                    "INSERT INTO ingest.feeds (url, source_id, outlet, interval_s, host) VALUES (%s, %s, %s, %s, %s)"
                    " ON CONFLICT (url) DO UPDATE SET source_id = excluded.source_id, outlet = excluded.outlet,"
                    " wanted = true, host = excluded.host",
                    (feed, source_id, outlet, self._settings.least_interval_s, inputs.host_of(feed)),
                )

    async def _due(self) -> list[_Due]:
        """Feeds that are due and whose host's turn could be had; other replicas leave them alone for a while."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "SELECT url, source_id, outlet, etag, last_modified, interval_s, failures, host FROM ingest.feeds"
                " WHERE wanted AND next_poll <= now() ORDER BY next_poll LIMIT %s FOR UPDATE SKIP LOCKED",
                (4 * _AT_ONCE,),
            )
            due: list[_Due] = []
            for url, source_id, outlet, etag, last_modified, interval_s, failures, host in await cursor.fetchall():
                if len(due) == _AT_ONCE:
                    break
                turn = await frontier.hold(connection, host, self._database.holder or "")
                if turn is not None:
                    due.append(_Due(url, source_id, outlet, etag, last_modified, interval_s, failures, turn))
            await connection.execute(
                "UPDATE ingest.feeds SET next_poll = now() + make_interval(secs => %s) WHERE url = ANY(%s)",
                (_LEASE_S, [feed.url for feed in due]),
            )
            return due

    async def _poll(self, feed: _Due) -> _Polled:
        """Ask and parse; the answer is noted later, by one after the other over the one connection."""
        headers = {"Accept": _ACCEPT}
        if feed.etag:
            headers["If-None-Match"] = feed.etag
        if feed.last_modified:
            headers["If-Modified-Since"] = feed.last_modified
        try:
            answer = await self._fetcher.get(feed.url, headers)
            if answer.status == HTTPStatus.NOT_MODIFIED:
                return feed, answer, Feed(None, [], None)
            if answer.status == HTTPStatus.OK:
                kind = answer.headers.get("content-type", "")
                parsed = await asyncio.to_thread(
                    parse_feed, answer.body, answer.url, answer.fetched_at, feed.outlet, kind
                )
                return feed, answer, parsed
            return feed, answer, Refused(Reason.STATUS, f"the server answers {status_words(answer.status)}")
        except Refused as refused:
            return feed, None, refused

    async def _end_turn(self, feed: _Due) -> None:
        pause = frontier.pause_after(self._host_pause_s, self._fetcher.known_delay(feed.url), 0)
        async with self._database.transaction() as connection:
            await frontier.end(connection, feed.turn, pause)

    async def _note_success(self, feed: _Due, answer: Fetched, parsed: Feed) -> None:
        same = answer.status == HTTPStatus.NOT_MODIFIED
        async with self._database.transaction() as connection:
            fresh = await _fresh(connection, feed.url, parsed.entries)
            orders = [Order(ADDRESS, entry.url, feed.source_id, entry.stated) for entry in fresh]
            await inputs.enqueue(connection, uuid.uuid4(), orders)
            interval = self._interval(feed.interval_s * (_SOONER if fresh else _LATER))
            pause = max(interval, parsed.ttl_s or 0, max_age(answer) or 0)
            # Validators are stored verbatim on every answer, also where nothing was new: servers change them alone.
            await connection.execute(
                "UPDATE ingest.feeds SET etag = coalesce(%s, CASE WHEN %s THEN etag END),"
                " last_modified = coalesce(%s, CASE WHEN %s THEN last_modified END), interval_s = %s,"
                " next_poll = now() + make_interval(secs => %s), polls = polls + 1, failures = 0,"
                " yielded = yielded + %s, last_poll = now(), last_success = now(),"
                " last_yield = CASE WHEN %s THEN now() ELSE last_yield END, last_error = NULL WHERE url = %s",
                (
                    answer.headers.get("etag"), same, answer.headers.get("last-modified"), same, interval,
                    pause, len(fresh), bool(fresh), feed.url,
                ),
            )  # fmt: skip
        metrics.FETCHES.labels(STAGE, "ok" if answer.status == HTTPStatus.OK else "not_modified").inc()
        self._log.info("feed", source_id=feed.source_id, feed=feed.url, entries=len(parsed.entries), new=len(fresh))

    async def _note_failure(self, feed: _Due, refused: Refused, stated_s: float | None) -> None:
        pause = min(_MOST_BACK_OFF_S, feed.interval_s * 2 ** min(feed.failures + 1, 16))
        async with self._database.transaction() as connection:
            await connection.execute(
                "UPDATE ingest.feeds SET polls = polls + 1, failures = failures + 1, last_poll = now(),"
                " last_error = %s, next_poll = now() + make_interval(secs => %s) WHERE url = %s",
                (refused.message, max(pause, stated_s or 0), feed.url),
            )
        metrics.FETCHES.labels(STAGE, str(refused.reason)).inc()
        self._log.warning(
            "feed", source_id=feed.source_id, feed=feed.url, reason=str(refused.reason), why=refused.message
        )

    async def _tell_standing(self) -> None:
        async with self._database.transaction() as connection:
            await tell_standing(connection)

    def _interval(self, seconds: float) -> float:
        return min(max(seconds, self._settings.least_interval_s), self._settings.most_interval_s)


async def _fresh(connection: Connection, feed: str, entries: list[Entry]) -> list[Entry]:
    """The entries never seen before, or changed since; each remembered in this transaction."""
    fresh = []
    for entry in entries:
        try:
            link = address_key(entry.url)
        except ValueError:
            continue
        with_stamp = (link[:2000], entry.stamp, feed)
        try:
            cursor = await connection.execute(
                "INSERT INTO ingest.links (link, stamp, feed) VALUES (%s, %s, %s) ON CONFLICT (link) DO UPDATE"
                " SET stamp = excluded.stamp WHERE ingest.links.stamp <> excluded.stamp"
                " AND ingest.links.feed = excluded.feed",
                with_stamp,
            )
        except psycopg.DataError:
            continue
        if cursor.rowcount:
            fresh.append(entry)
    return fresh


def retry_after(answer: Fetched) -> float | None:
    """Seconds that a Retry-After header asks to wait, in either of its forms, capped."""
    stated = answer.headers.get("retry-after", "").strip()
    if stated.isdigit():
        return min(float(stated), _MOST_STATED_S)
    try:
        at = parsedate_to_datetime(stated)
    except (ValueError, TypeError):
        return None
    seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _MOST_STATED_S)


def max_age(answer: Fetched) -> float | None:
    """Seconds for which a Cache-Control header calls the answer fresh, capped."""
    for directive in answer.headers.get("cache-control", "").split(","):
        name, _, value = directive.strip().partition("=")
        if name.lower() == "max-age" and value.strip('"').isdigit():
            return min(float(value.strip('"')), _MOST_STATED_S)
    return None

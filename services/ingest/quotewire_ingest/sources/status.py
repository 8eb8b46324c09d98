"""Report the state of every source, with the reason: what `quotewire sources status` shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.rows import class_row
from pydantic import BaseModel

from quotewire_ingest.sources import schedule

# A poll that is overdue by more than this is so because nobody polls.
_OVERDUE_AFTER = timedelta(minutes=10)
_FEEDS = (
    "SELECT url, source_id, outlet, kind, root, parent, wanted, failures, trouble, disabled_at, per_day, entries,"
    " polls, yielded, last_poll, last_success, last_yield, last_error, next_poll, added_at, verify_tls"
    " FROM ingest.feeds WHERE wanted OR parent IS NULL ORDER BY source_id, depth, url"
)
_OUTCOMES_OF_A_DAY = (
    "SELECT source_id, outcome, reason, count(*) FROM ingest.inputs"
    " WHERE outcome IS NOT NULL AND done_at > now() - interval '1 day' AND source_id IS NOT NULL GROUP BY 1, 2, 3"
)
_WAITING = "SELECT source_id, count(*) FROM ingest.inputs WHERE outcome IS NULL AND source_id IS NOT NULL GROUP BY 1"


class FeedReport(BaseModel):
    """One URL, folder or push of a source. ``why``: the reason of a state that is not good."""

    url: str
    source_id: str
    outlet: str | None
    kind: str
    root: str | None
    parent: str | None
    wanted: bool
    failures: int
    trouble: str | None
    disabled_at: datetime | None
    per_day: float | None
    entries: int | None
    polls: int
    yielded: int
    last_poll: datetime | None
    last_success: datetime | None
    last_yield: datetime | None
    last_error: str | None
    next_poll: datetime | None
    added_at: datetime
    verify_tls: bool = True
    state: str = ""
    why: str | None = None


class SourceReport(BaseModel):
    """A source: the state of its feeds together, and the outcomes of its articles within the last day."""

    source_id: str
    outlet: str | None
    state: str
    why: str | None
    last_success: datetime | None
    last_yield: datetime | None
    expected_per_day: float | None
    next_poll: datetime | None
    last_error: str | None
    published_last_day: int
    rejected_last_day: int
    waiting: int
    verify_tls: bool
    feeds: list[FeedReport]


def report_sources(connection: psycopg.Connection, now: datetime | None = None) -> list[SourceReport]:
    """Report on every source, in order of their names."""
    now = now or datetime.now(UTC)
    with connection.cursor(row_factory=class_row(FeedReport)) as cursor:
        feeds = [_with_state(feed, now) for feed in cursor.execute(_FEEDS).fetchall()]
    outcomes: dict[str, dict[tuple[str, str | None], int]] = {}
    for source_id, outcome, reason, count in connection.execute(_OUTCOMES_OF_A_DAY).fetchall():
        outcomes.setdefault(source_id, {})[(outcome, reason)] = count
    waiting: dict[str, int] = dict(connection.execute(_WAITING).fetchall())
    by_source: dict[str, list[FeedReport]] = {}
    for feed in feeds:
        by_source.setdefault(feed.source_id, []).append(feed)
    return [
        _source(source_id, found, outcomes.get(source_id, {}), waiting.get(source_id, 0), now)
        for source_id, found in by_source.items()
    ]


def _with_state(feed: FeedReport, now: datetime) -> FeedReport:
    state, why = feed_state(feed, now)
    polled = feed.kind not in ("folder", "push") and feed.wanted
    return feed.model_copy(update={"state": state, "why": why, "next_poll": feed.next_poll if polled else None})


def feed_state(feed: FeedReport, now: datetime) -> tuple[str, str | None]:
    """Return the state of a feed, and the reason."""
    error = feed.last_error or "no error was written down"
    if not feed.wanted:
        return "left out", "sources.yaml does not name it any more"
    polled = feed.kind not in ("folder", "push")
    if polled and feed.next_poll is not None and feed.next_poll < now - _OVERDUE_AFTER:
        return "not polled", (
            f"its poll is due since {_when(feed.next_poll)}: is an ingest service running,"
            " with QUOTEWIRE_SOURCES__FILE and capacity in the outbox?"
        )
    again = f"; polled again {_when(feed.next_poll)}" if polled and feed.next_poll else ""
    if feed.disabled_at is not None:
        return "given up", f"{error}; given up {_when(feed.disabled_at)} after {feed.failures} failures in a row{again}"
    if feed.failures:
        times = f", {feed.failures} times in a row" if feed.failures > 1 else ""
        return "failing", f"{error}{times}{again}"
    if feed.last_poll is None:
        return "not asked", "was never polled yet" + again if polled else "nothing has come yet"
    silent_s = (now - (feed.last_yield or feed.added_at)).total_seconds()
    if schedule.is_silent(feed.per_day, silent_s):
        expected = schedule.missed(feed.per_day, silent_s) or 0.0
        since = f"since {_when(feed.last_yield)}" if feed.last_yield else "ever"
        return "silent", (
            f"answers, but has named nothing new {since}; at its usual {_rate(feed.per_day)} a day"
            f" {expected:.0f} were to be expected"
        )
    if feed.last_yield is None:
        return "well", "answers, but names no article" if not feed.entries else "answers; all it names was known before"
    return "well", None


def _source(
    source_id: str, feeds: Sequence[FeedReport], outcomes: dict[tuple[str, str | None], int], waiting: int,
    now: datetime,
) -> SourceReport:  # fmt: skip
    wanted = [feed for feed in feeds if feed.wanted] or list(feeds)
    worst = min(wanted, key=lambda feed: _SEVERITY.index(feed.state))
    working = [feed for feed in wanted if feed.state == "well"]
    published = sum(count for (outcome, _), count in outcomes.items() if outcome == "published")
    rejected = {reason or "?": count for (outcome, reason), count in outcomes.items() if outcome == "rejected"}
    state, why = worst.state, worst.why
    if why is not None and len(wanted) > 1:
        why = f"{worst.url}: {why}"
    if working and worst.state != "well":
        state = "partly " + worst.state
    # A feed that answers and names pages may still give nothing, because its pages are no articles.
    if worst.state == "well" and rejected and not published:
        reason, count = max(rejected.items(), key=lambda item: item[1])
        state, why = (
            "refused",
            f"{sum(rejected.values())} of its pages gave no article within a day, {count} by {reason}",
        )
    elif worst.state == "well" and waiting and not published:
        why = f"{waiting} of its pages wait for their turn"
    rates = [feed.per_day for feed in wanted if feed.per_day is not None]
    errors = [feed for feed in wanted if feed.last_error]
    return SourceReport(
        source_id=source_id, outlet=next((feed.outlet for feed in wanted if feed.outlet), None), state=state, why=why,
        last_success=_latest(feed.last_success for feed in wanted),
        last_yield=_latest(feed.last_yield for feed in wanted),
        expected_per_day=round(sum(rates), 2) if rates else None,
        next_poll=min((feed.next_poll for feed in wanted if feed.next_poll), default=None),
        last_error=max(errors, key=lambda feed: feed.last_poll or feed.added_at).last_error if errors else None,
        published_last_day=published, rejected_last_day=sum(rejected.values()), waiting=waiting,
        verify_tls=all(feed.verify_tls for feed in wanted), feeds=list(feeds),
    )  # fmt: skip


_SEVERITY = ("not polled", "given up", "failing", "silent", "not asked", "well", "left out")


def _latest(times: Iterable[datetime | None]) -> datetime | None:
    return max((at for at in times if at is not None), default=None)


def _when(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _rate(per_day: float | None) -> str:
    return f"{per_day or 0:.1f}" if (per_day or 0) < 10 else f"{per_day:.0f}"

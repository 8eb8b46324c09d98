"""Compute the state of a feed after a poll. Pure functions: ``feed_table`` reads and writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from quotewire_ingest.fetch.headers import retry_after
from quotewire_ingest.fetch.response import FetchResponse
from quotewire_ingest.queue.host_leases import HostLease
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import SourceSettings
from quotewire_ingest.sources import schedule
from quotewire_ingest.sources.feeds import Feed
from quotewire_ingest.sources.schedule import FeedFailure

MAX_DEPTH = 2
"""A page leads to an index, an index to sitemaps; deeper is a trap."""
# A sitemap whose index says when it last changed is polled when that date changes, and otherwise after so long.
_TRUST_LASTMOD_S = schedule.DAY_S


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed that is polled, with the lease of its host.

    ``depth`` counts the documents that led from `sources.yaml` to it; ``silent_s``: seconds since its last success, or
    since it was added.
    """

    url: str
    source_id: str
    outlet: str | None
    kind: str
    root: str
    depth: int
    lastmod: str | None
    etag: str | None
    last_modified: str | None
    interval_s: float
    failures: int
    failure_score: float
    per_day: float | None
    silent_s: float
    polled_before: bool
    disabled: bool
    host_lease: HostLease


@dataclass(frozen=True, slots=True)
class FeedSuccess:
    """What a successful poll changes. ``per_day``: entries a day to be expected."""

    kind: str
    not_modified: bool
    etag: str | None
    last_modified: str | None
    entries: int
    new: int
    interval_s: float
    pause_s: float
    per_day: float | None


def after_success(
    state: FeedState, response: FetchResponse, feed: Feed, new: int, changed_children: int, settings: SourceSettings,
    now: datetime,
) -> FeedSuccess:  # fmt: skip
    """Return the state after a poll that brought ``new`` entries and ``changed_children`` sitemaps or feeds to poll."""
    per_day: float | None
    if state.polled_before:
        per_day = schedule.rate_after(state.per_day, new, state.silent_s)
    else:
        per_day = schedule.initial_rate([entry.hints.published_at for entry in feed.entries], now) or state.per_day
    interval_s = schedule.interval_after(
        state.interval_s, bool(new or changed_children), settings.least_interval_s, settings.most_interval_s
    )
    pause_s = schedule.pause_after_success(interval_s, feed.ttl_s, response.headers, now, settings.most_interval_s)
    if state.depth and state.lastmod:
        pause_s = max(pause_s, _TRUST_LASTMOD_S)
    return FeedSuccess(
        feed.kind, response.status == HTTPStatus.NOT_MODIFIED, response.validators.etag,
        response.validators.last_modified, len(feed.entries) + len(feed.children), new, interval_s, pause_s,
        per_day,
    )  # fmt: skip


def after_failure(state: FeedState, response: FetchResponse | None, rejected: Rejected, now: datetime) -> FeedFailure:
    """Return the state after a poll that failed; ``response`` where there was one."""
    status = rejected.status or (response.status if response else None)
    retry_after_s = rejected.retry_after_s or (retry_after(response.headers, now) if response else None)
    return schedule.after_failure(
        schedule.classify(rejected.reason, status), status, state.failures, state.failure_score, state.interval_s,
        retry_after_s, state.silent_s,
    )  # fmt: skip

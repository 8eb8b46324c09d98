"""The state of a feed after a poll."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quotewire_ingest.fetch.response import FetchResponse
from quotewire_ingest.fetch.validators import Validators
from quotewire_ingest.hints import Hints
from quotewire_ingest.queue.host_leases import HostLease
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import SourceSettings
from quotewire_ingest.sources.feeds import Entry, Feed
from quotewire_ingest.sources.schedule import DAY_S, FailureClass
from quotewire_ingest.sources.state import FeedState, after_failure, after_success

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SETTINGS = SourceSettings(least_interval_s=300, most_interval_s=6 * 3600)
ENTRIES = [Entry(f"https://h.example/{age}", Hints(published_at=NOW - timedelta(days=age)), "") for age in range(4)]
FEED = Feed("Harbour Post", ENTRIES, None)


def state(**changes: Any) -> FeedState:
    fields: dict[str, Any] = {
        "url": "https://h.example/feed", "source_id": "harbour-post", "outlet": None, "kind": "feed",
        "root": "https://h.example/feed", "depth": 0, "lastmod": None, "etag": None, "last_modified": None,
        "interval_s": 1000.0, "failures": 0, "failure_score": 0.0, "per_day": None, "silent_s": 3600.0,
        "polled_before": True, "disabled": False, "host_lease": HostLease("h.example", 1),
    }  # fmt: skip
    return FeedState(**{**fields, **changes})


def response(status: int = 200, **headers: str) -> FetchResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    validators = Validators(headers.get("etag"), headers.get("last_modified"))
    return FetchResponse("https://h.example/feed", status, names, b"", NOW, validators)


def test_new_entries_shorten_the_interval_and_none_lengthen_it() -> None:
    some = after_success(state(), response(), FEED, 2, 0, SETTINGS, NOW)
    none = after_success(state(), response(), FEED, 0, 0, SETTINGS, NOW)
    children = after_success(state(), response(), FEED, 0, 1, SETTINGS, NOW)
    assert (some.interval_s, none.interval_s, children.interval_s) == (700, 1500, 700)
    assert some.pause_s == some.interval_s
    assert (some.entries, some.new) == (4, 2)


def test_the_first_poll_estimates_the_rate_from_dates() -> None:
    first = after_success(state(polled_before=False), response(), FEED, 4, 0, SETTINGS, NOW)
    assert first.per_day == pytest.approx(4 / 3)
    later = after_success(state(per_day=24.0), response(), FEED, 1, 0, SETTINGS, NOW)
    assert later.per_day == pytest.approx(24.0)
    undated = Feed(None, [Entry("https://h.example/a", Hints(), "")], None)
    assert after_success(state(polled_before=False, per_day=3.0), response(), undated, 1, 0, SETTINGS, NOW).per_day == 3


def test_a_sitemap_with_a_date_in_its_index_is_polled_once_a_day() -> None:
    dated = after_success(state(depth=1, lastmod="2026-03-04"), response(), FEED, 1, 0, SETTINGS, NOW)
    undated = after_success(state(depth=1), response(), FEED, 1, 0, SETTINGS, NOW)
    assert (dated.pause_s, undated.pause_s) == (DAY_S, 700)


def test_validators_are_those_of_the_response() -> None:
    success = after_success(state(), response(304, etag='"one"', last_modified="x"), FEED, 0, 0, SETTINGS, NOW)
    assert (success.not_modified, success.etag, success.last_modified) == (True, '"one"', "x")


def test_a_failure_is_classified_by_its_response() -> None:
    busy = after_failure(state(), response(429, retry_after="7200"), Rejected(RejectionReason.STATUS, "x"), NOW)
    assert (busy.failure_class, busy.pause_s, busy.failure_score) == (FailureClass.THROTTLED, 7200, 0)
    away = after_failure(state(failures=1), None, Rejected(RejectionReason.UNREACHABLE, "x"), NOW)
    assert (away.failure_class, away.pause_s) == (FailureClass.TRANSIENT, 4000)
    robots = after_failure(state(), None, Rejected(RejectionReason.ROBOTS, "x", 503, 7200), NOW)
    assert (robots.failure_class, robots.pause_s) == (FailureClass.THROTTLED, 7200)
    gone = after_failure(
        state(failure_score=9.0, silent_s=8 * DAY_S), response(404), Rejected(RejectionReason.STATUS, "x"), NOW
    )
    assert (gone.failure_class, gone.disabled, gone.pause_s) == (FailureClass.PERMANENT, True, 14 * DAY_S)

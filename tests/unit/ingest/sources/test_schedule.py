"""When a feed is polled again."""

from datetime import UTC, datetime, timedelta

import pytest

from quotewire_ingest.rejection import RejectionReason
from quotewire_ingest.sources import schedule
from quotewire_ingest.sources.schedule import DAY_S, FailureClass

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_ttl_and_headers_lengthen_the_pause_up_to_a_limit() -> None:
    fresh = {"cache-control": "max-age=999999"}
    assert schedule.pause_after_success(300, None, {}, NOW, 6 * 3600) == 300
    assert schedule.pause_after_success(300, 5400, {}, NOW, 6 * 3600) == 5400
    assert schedule.pause_after_success(300, 60, fresh, NOW, 6 * 3600) == 6 * 3600


def test_the_interval_follows_the_yield_within_its_bounds() -> None:
    assert schedule.interval_after(1000, True, 300, 3000) == 700
    assert schedule.interval_after(1000, False, 300, 3000) == 1500
    assert schedule.interval_after(300, True, 300, 3000) == 300
    assert schedule.interval_after(2900, False, 300, 3000) == 3000


@pytest.mark.parametrize(
    ("reason", "status", "failure_class"),
    [
        (RejectionReason.STATUS, 429, FailureClass.THROTTLED),
        (RejectionReason.STATUS, 503, FailureClass.THROTTLED),
        (RejectionReason.STATUS, 502, FailureClass.TRANSIENT),
        (RejectionReason.TIMEOUT, None, FailureClass.TRANSIENT),
        (RejectionReason.UNREACHABLE, None, FailureClass.TRANSIENT),
        (RejectionReason.STATUS, 404, FailureClass.PERMANENT),
        (RejectionReason.INVALID, 200, FailureClass.PERMANENT),
        (RejectionReason.STATUS, 408, FailureClass.TRANSIENT),
        (RejectionReason.ENCODING, 200, FailureClass.TRANSIENT),
        (RejectionReason.ROBOTS, None, FailureClass.PERMANENT),
        (RejectionReason.ROBOTS, 500, FailureClass.TRANSIENT),
        (RejectionReason.ROBOTS, 503, FailureClass.THROTTLED),
    ],
)
def test_classes_of_failures(reason: RejectionReason, status: int | None, failure_class: FailureClass) -> None:
    assert schedule.classify(reason, status) is failure_class


def failing(failure_class: FailureClass, status: int | None, days: int) -> tuple[int, float]:
    """Fail for so many days: how often it was asked, and on which day it was given up (0: never)."""
    failures, hardship, clock, given_up = 0, 0.0, 0.0, 0.0
    while clock < days * DAY_S:
        after = schedule.after_failure(failure_class, status, failures, hardship, 300, None, clock)
        failures, hardship, clock = failures + 1, after.failure_score, clock + after.pause_s
        given_up = given_up or (clock if after.disabled else 0.0)
    return failures, given_up / DAY_S


def test_a_feed_that_is_not_found_is_disabled_after_a_week_and_polled_every_two() -> None:
    asked, given_up = failing(FailureClass.PERMANENT, 404, 100)
    assert asked < 25
    assert 7 <= given_up <= 30


def test_a_feed_that_throttles_is_never_disabled() -> None:
    asked, given_up = failing(FailureClass.THROTTLED, 503, 30)
    assert given_up == 0
    assert asked > 100


def test_retry_after_lengthens_the_pause() -> None:
    after = schedule.after_failure(FailureClass.THROTTLED, 503, 0, 0.0, 300, 7200, 0)
    assert after.pause_s == 7200
    assert schedule.after_failure(FailureClass.TRANSIENT, 500, 3, 0.0, 300, None, 0).pause_s == 4800


def test_the_expected_rate_after_the_first_poll() -> None:
    hours = [NOW - timedelta(hours=number) for number in range(1, 21)]
    assert schedule.initial_rate(hours, NOW) == pytest.approx(24)
    weeks = [NOW - timedelta(days=number) for number in range(1, 31)]
    assert schedule.initial_rate(weeks, NOW) == pytest.approx(1, abs=0.01)
    assert schedule.initial_rate([None, NOW], NOW) is None


def test_the_expected_rate_forgets_within_weeks() -> None:
    rate: float | None = 24.0
    for _ in range(24 * 21):
        rate = schedule.rate_after(rate, 0, 3600)
    assert rate is not None
    assert 0.5 < rate < 2
    assert schedule.rate_after(None, 6, DAY_S / 2) == pytest.approx(12)


def test_a_silence_counts_when_it_is_unlikely_and_longer_than_a_night() -> None:
    assert not schedule.is_silent(100, 3600 * 2)
    assert schedule.is_silent(100, 3600 * 13)
    assert not schedule.is_silent(1, DAY_S * 2)
    assert schedule.is_silent(1, DAY_S * 5)
    assert not schedule.is_silent(None, DAY_S * 500)

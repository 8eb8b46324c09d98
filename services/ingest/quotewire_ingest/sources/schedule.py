"""Decide when a feed is polled again, by its responses, failures and yield. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quotewire_ingest.fetch.headers import fresh_for
from quotewire_ingest.rejection import RejectionReason, is_transient


class FailureClass(StrEnum):
    """Classes of failures, by what helps; the values are those of the column ``trouble``."""

    THROTTLED = "busy"
    """The server asks us to wait."""
    TRANSIENT = "passing"
    """The network, or an error of the server: likely over soon."""
    PERMANENT = "lasting"
    """Not found, forbidden, no feed: likely to stay until somebody does something."""


DAY_S = 24 * 3600.0
# A poll that found something makes the next come sooner, one that found nothing later.
_SOONER, _LATER = 0.7, 1.5
# An interval is doubled with every failure in a row, up to these: a server that throttles is polled again the same day.
_MAX_BACKOFF_S = {FailureClass.THROTTLED: 6 * 3600.0, FailureClass.TRANSIENT: DAY_S, FailureClass.PERMANENT: DAY_S}
# What a failure adds to the feed's score. A feed is disabled at a score of ten and a week without a success: a hundred
# polls that did not get through, or ten times "not found"; throttling never counts.
_FAILURE_SCORES = {FailureClass.THROTTLED: 0.0, FailureClass.TRANSIENT: 0.1, FailureClass.PERMANENT: 1.0}
_DISABLED_AT_SCORE = 10.0
_DISABLED_AFTER_S = 7 * DAY_S
# Feeds that were not found do come back, with the next relaunch of a site: a disabled one is polled this seldom.
DISABLED_INTERVAL_S = 14 * DAY_S
# Time constant of the moving average of the expected rate: a week holds each weekday once.
_RATE_WINDOW_S = 7 * DAY_S
# A silence in which so many entries were to be expected has a probability of 1 % (e^-4.6) if they come independently.
_SILENT_AT_MISSED = 4.6
# Newsrooms sleep: shorter silences mean nothing, however much a feed yields by day.
_NIGHT_S = 12 * 3600.0
_TOO_MANY_REQUESTS, _GONE, _UNAVAILABLE = 429, 410, 503
_GONE_FACTOR = 4  # "gone" is said on purpose, "not found" often a mistake


@dataclass(frozen=True, slots=True)
class FeedFailure:
    """The state of a feed after a failed poll."""

    failure_class: FailureClass
    failure_score: float
    pause_s: float
    disabled: bool


def interval_after(interval_s: float, found: bool, min_s: float, max_s: float) -> float:
    """Return the interval after a poll that found something new, or did not."""
    return min(max(interval_s * (_SOONER if found else _LATER), min_s), max_s)


def pause_after_success(
    interval_s: float, ttl_s: float | None, headers: Mapping[str, str], now: datetime, max_s: float
) -> float:
    """Return the seconds to the next poll: the interval, or longer where feed or response ask for that.

    They are followed up to ``max_s``: a typing error would silence a source.
    """
    stated = (ttl_s, fresh_for(headers, now))
    return max(interval_s, *(min(seconds or 0.0, max_s) for seconds in stated))


def classify(reason: RejectionReason, status: int | None) -> FailureClass:
    """Return the class of a failure, by its reason and, where there was a response, its status."""
    if status in (_TOO_MANY_REQUESTS, _UNAVAILABLE):
        return FailureClass.THROTTLED
    return FailureClass.TRANSIENT if is_transient(reason, status) else FailureClass.PERMANENT


def after_failure(
    failure_class: FailureClass, status: int | None, failures: int, failure_score: float, interval_s: float,
    retry_after_s: float | None, silent_s: float,
) -> FeedFailure:  # fmt: skip
    """Return the state after a failure; ``failures`` in a row and ``failure_score`` are those before it.

    ``silent_s``: seconds since the last success.
    """
    failure_score += _FAILURE_SCORES[failure_class] * (_GONE_FACTOR if status == _GONE else 1)
    pause = min(_MAX_BACKOFF_S[failure_class], interval_s * 2.0 ** min(failures + 1, 16))
    disabled = failure_score >= _DISABLED_AT_SCORE and silent_s >= _DISABLED_AFTER_S
    if disabled:
        pause = DISABLED_INTERVAL_S
    return FeedFailure(failure_class, failure_score, max(pause, retry_after_s or 0.0), disabled)


def initial_rate(published: Iterable[datetime | None], now: datetime) -> float | None:
    """Estimate the entries per day from the dates in a feed that is polled for the first time."""
    ages = sorted((now - at).total_seconds() for at in published if at is not None)
    if len(ages) < 2:  # one date says nothing about a rate
        return None
    within = [age for age in ages if age <= _RATE_WINDOW_S]
    # A feed that shows less than a week is full: its entries spread over the time that it shows.
    shown_s = _RATE_WINDOW_S if len(within) < len(ages) else max(ages[-1], 3600.0)
    return len(within) * DAY_S / shown_s


def rate_after(per_day: float | None, new: int, elapsed_s: float) -> float:
    """Return the expected entries per day after ``new`` came in ``elapsed_s``: a moving average."""
    seen = new * DAY_S / max(elapsed_s, 1.0)
    if per_day is None:
        return seen
    weight = 1 - math.exp(-max(elapsed_s, 0.0) / _RATE_WINDOW_S)
    return per_day + weight * (seen - per_day)


def missed(per_day: float | None, silent_s: float | None) -> float | None:
    """Return how many entries were to be expected since the last one; None where nothing is known."""
    return None if per_day is None or silent_s is None else per_day * max(silent_s, 0.0) / DAY_S


def is_silent(per_day: float | None, silent_s: float | None) -> bool:
    """Return whether a silence is unlikely at the expected rate (1 %), and longer than a night."""
    expected = missed(per_day, silent_s)
    return expected is not None and expected >= _SILENT_AT_MISSED and (silent_s or 0.0) >= _NIGHT_S

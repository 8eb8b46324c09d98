"""When a source is asked again: what its answers, failures and yield say. Pure functions of time and numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from quotewire_ingest.rejection import RejectionReason


class FailureClass(StrEnum):
    """Classes of failures, by what helps."""

    BUSY = "busy"
    """The server asks for patience."""
    PASSING = "passing"
    """The network, or an error of the server's: likely over soon."""
    LASTING = "lasting"
    """Not found, forbidden, no feed: likely to stay until somebody does something."""


DAY_S = 24 * 3600.0
# A poll that found something makes the next come sooner, one that found nothing later.
_SOONER, _LATER = 0.7, 1.5
# Retry-After of up to 88 hours was seen; a day is what we believe.
_MOST_RETRY_AFTER_S = DAY_S
# An interval is doubled with every failure in a row, up to these: who is busy is asked again the same day.
_MOST_BACK_OFF_S = {FailureClass.BUSY: 6 * 3600.0, FailureClass.PASSING: DAY_S, FailureClass.LASTING: DAY_S}
# What a failure counts towards giving up. A feed is given up at ten and a week without an answer: a hundred polls that
# did not get through, or ten times "not found"; a server that is busy never counts.
_HARDSHIP = {FailureClass.BUSY: 0.0, FailureClass.PASSING: 0.1, FailureClass.LASTING: 1.0}
_GIVEN_UP_AT = 10.0
_GIVEN_UP_AFTER_S = 7 * DAY_S
# Feeds that were not found do come back, with the next relaunch of a site: asked again after these seconds, for ever.
REVIVED_AFTER_S = 14 * DAY_S
# The expected rate forgets with this time constant: a week holds each weekday once.
_MEMORY_S = 7 * DAY_S
# Silence in which this many entries were to be expected has a likelihood of 1 % (e^-4.6) if they come independently.
_UNLIKELY = 4.6
# Newsrooms sleep: shorter silences mean nothing, however much a feed yields by day.
_NIGHT_S = 12 * 3600.0
_PASSING_REASONS = (
    RejectionReason.UNREACHABLE,
    RejectionReason.TIMEOUT,
    RejectionReason.TRUNCATED,
    RejectionReason.ENCODING,
)
_TOO_MANY_REQUESTS, _GONE, _SERVER_ERROR, _UNAVAILABLE = 429, 410, 500, 503
_GONE_COUNTS = 4  # "gone" is a statement, "not found" often a mistake


@dataclass(frozen=True, slots=True)
class Failing:
    """How a source stands after a failure."""

    trouble: FailureClass
    hardship: float
    pause_s: float
    given_up: bool


def interval_after(interval_s: float, found: bool, least_s: float, most_s: float) -> float:
    """The interval after a poll that found something new, or did not."""
    return min(max(interval_s * (_SOONER if found else _LATER), least_s), most_s)


def pause_after_success(
    interval_s: float, ttl_s: float | None, headers: Mapping[str, str], now: datetime, most_s: float
) -> float:
    """Seconds to the next poll: the interval, or longer where feed or answer say that nothing changes before.

    Their wishes are believed up to ``most_s``: a typing error would silence a source.
    """
    stated = (ttl_s, fresh_for(headers, now))
    return max(interval_s, *(min(seconds or 0.0, most_s) for seconds in stated))


def trouble_of(reason: RejectionReason, status: int | None) -> FailureClass:
    """The class of a failure: what was refused and, where there was an answer, its status."""
    if status in (_TOO_MANY_REQUESTS, _UNAVAILABLE):
        return FailureClass.BUSY
    if reason in _PASSING_REASONS or (status or 0) >= _SERVER_ERROR:
        return FailureClass.PASSING
    return FailureClass.LASTING


def after_failure(
    trouble: FailureClass, status: int | None, failures: int, hardship: float, interval_s: float,
    retry_after_s: float | None, silent_s: float,
) -> Failing:  # fmt: skip
    """What a failure changes: ``failures`` in a row before it, ``silent_s`` since the last answer that was one."""
    hardship += _HARDSHIP[trouble] * (_GONE_COUNTS if status == _GONE else 1)
    pause = min(_MOST_BACK_OFF_S[trouble], interval_s * 2.0 ** min(failures + 1, 16))
    given_up = hardship >= _GIVEN_UP_AT and silent_s >= _GIVEN_UP_AFTER_S
    if given_up:
        pause = REVIVED_AFTER_S
    return Failing(trouble, hardship, max(pause, retry_after_s or 0.0), given_up)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a Retry-After header asks to wait, in either of its forms, at most a day."""
    stated = headers.get("retry-after", "").strip()
    if stated.isascii() and stated.isdigit():
        return min(float(stated[:9]), _MOST_RETRY_AFTER_S)
    at = _http_date(stated)
    return None if at is None else min(max((at - now).total_seconds(), 0.0), _MOST_RETRY_AFTER_S)


def fresh_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds for which Cache-Control (max-age) or, without it, Expires calls an answer fresh; None: they do not say.

    Expires counts from the server's own Date: its clock may be wrong, the difference is right.
    """
    control = headers.get("cache-control", "").lower()
    for directive in control.split(","):
        name, _, value = directive.strip().partition("=")
        value = value.strip().strip('"')
        if name in ("no-cache", "no-store"):
            return None
        if name == "max-age":
            return float(value[:9]) if value.isascii() and value.isdigit() else None
    expires = _http_date(headers.get("expires", ""))
    if expires is None:
        return None
    return max((expires - (_http_date(headers.get("date", "")) or now)).total_seconds(), 0.0)


def rate_at_first(published: Iterable[datetime | None], now: datetime) -> float | None:
    """Entries per day to be expected, from the dates in a feed that is seen for the first time."""
    ages = sorted((now - at).total_seconds() for at in published if at is not None)
    if len(ages) < 2:  # one date says nothing about a rate
        return None
    within = [age for age in ages if age <= _MEMORY_S]
    # A feed that shows less than a week is full: its entries spread over the time that it shows.
    shown_s = _MEMORY_S if len(within) < len(ages) else max(ages[-1], 3600.0)
    return len(within) * DAY_S / shown_s


def rate_after(per_day: float | None, new: int, elapsed_s: float) -> float:
    """The expected entries per day after ``new`` came in ``elapsed_s``: an average that forgets."""
    seen = new * DAY_S / max(elapsed_s, 1.0)
    if per_day is None:
        return seen
    weight = 1 - math.exp(-max(elapsed_s, 0.0) / _MEMORY_S)
    return per_day + weight * (seen - per_day)


def missed(per_day: float | None, silent_s: float | None) -> float | None:
    """Entries that were to be expected since the last one; None where nothing is known."""
    return None if per_day is None or silent_s is None else per_day * max(silent_s, 0.0) / DAY_S


def is_silent(per_day: float | None, silent_s: float | None) -> bool:
    """Whether a silence is unlikely at the expected rate (1 %), and longer than a night."""
    expected = missed(per_day, silent_s)
    return expected is not None and expected >= _UNLIKELY and (silent_s or 0.0) >= _NIGHT_S


def _http_date(stated: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(stated.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(tzinfo=at.tzinfo or UTC)

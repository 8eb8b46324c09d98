"""Read what the headers of a response say about time: when to come again, and how long it is fresh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Retry-After of up to 88 hours was seen; we wait a day at most.
_MAX_RETRY_AFTER_S = 24 * 3600.0


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks to wait, in either of its forms, at most a day."""
    stated = headers.get("retry-after", "").strip()
    if stated.isascii() and stated.isdigit():
        return min(float(stated[:9]), _MAX_RETRY_AFTER_S)
    at = _http_date(stated)
    return None if at is None else min(max((at - now).total_seconds(), 0.0), _MAX_RETRY_AFTER_S)


def fresh_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds for which Cache-Control (max-age) or, without it, Expires calls a response fresh.

    None where they do not say. Expires counts from the server's own Date: its clock may be wrong, the difference is
    right.
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


def _http_date(stated: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(stated.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(tzinfo=at.tzinfo or UTC)

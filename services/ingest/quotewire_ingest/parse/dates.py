"""When something was published, and how exactly that is known."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from quotewire_schemas.article import Precision

# Clocks of outlets run ahead and embargoed articles appear early; a day beyond the fetch is a mistake or a calendar
# entry.
MAX_FUTURE = timedelta(days=1)
# Nothing on the web was published before; archives digitised from paper go further back and come with their own dates.
MIN_YEAR = 1900

_ISO = re.compile(
    r"^\s*(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?)?)?"
    r"(?:\[[\w/]+\])?\s*$",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$")
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")
_NAMED_DAY = re.compile(r"^[A-Za-z]{3},\s")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A time in UTC and how exactly it is known. A clock time without a zone is known to the day only."""

    at: datetime
    precision: Precision


def parse_date(stated: str, now: datetime) -> ParsedDate | None:
    """Read a date as pages and feeds write them for machines; None where it is not one, or absurd seen from ``now``."""
    stated = stated.strip()
    try:
        moment = _iso(stated) or _compact(stated) or _epoch(stated) or _mail(stated)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return moment if moment and is_plausible(moment.at, now) else None


def is_plausible(at: datetime, now: datetime) -> bool:
    """Whether an article seen ``now`` can have been published ``at``: not in the future, not before the web.

    Not the epoch.
    """
    return at.year >= MIN_YEAR and at <= now + MAX_FUTURE and at.date().isoformat() not in ("1970-01-01", "1969-12-31")


def _iso(stated: str) -> ParsedDate | None:
    match = _ISO.match(stated)
    return _from_parts(*match.groups()) if match else None


def _compact(stated: str) -> ParsedDate | None:
    match = _COMPACT.match(stated)
    return _from_parts(*match.groups()) if match else None


def _from_parts(
    year: str,
    month: str | None,
    day: str | None,
    hour: str | None,
    minute: str | None,
    second: str | None,
    zone: str | None,
) -> ParsedDate:
    if not month:
        return ParsedDate(datetime(int(year), 1, 1, tzinfo=UTC), Precision.YEAR)
    if not day:
        return ParsedDate(datetime(int(year), int(month), 1, tzinfo=UTC), Precision.MONTH)
    date = datetime(int(year), int(month), int(day), tzinfo=UTC)
    if hour is None or minute is None:
        return ParsedDate(date, Precision.DAY)
    clock = date + timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))
    if not zone:
        return ParsedDate(clock if int(hour) < 24 else date, Precision.DAY)
    offset = timedelta(0)
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0)) * (-1 if zone[0] == "-" else 1)
    if abs(offset) > timedelta(hours=14):
        return ParsedDate(clock, Precision.DAY)
    return ParsedDate(clock - offset, Precision.SECOND if second is not None else Precision.MINUTE)


def _epoch(stated: str) -> ParsedDate | None:
    if not _EPOCH.match(stated):
        return None
    return ParsedDate(datetime.fromtimestamp(int(stated[:10]), UTC), Precision.SECOND)


def _mail(stated: str) -> ParsedDate | None:
    if not _NAMED_DAY.match(stated):
        return None
    at = parsedate_to_datetime(stated)
    if at.tzinfo is None:
        return ParsedDate(at.replace(tzinfo=UTC), Precision.DAY)
    if abs(at.utcoffset() or timedelta(0)) > timedelta(hours=14):
        return ParsedDate(at.replace(tzinfo=UTC), Precision.DAY)
    return ParsedDate(at.astimezone(UTC), Precision.SECOND)

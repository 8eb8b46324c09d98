"""Parse dates that pages and feeds write for machines, and record how exactly each is known."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from quotewire_ingest.parse.escapes import unescape
from quotewire_schemas.article import Precision

# Clocks of outlets run ahead and embargoed articles appear early; more than a day after the fetch is a mistake or a
# calendar entry.
MAX_FUTURE = timedelta(days=1)
# The web is younger; archives digitised from paper go further back, but bring dates of their own.
MIN_YEAR = 1900
# The largest offset from UTC in use is UTC+14 (Kiribati).
_MAX_OFFSET = timedelta(hours=14)

# Dates of e-mails with the longest names and comments have fewer.
_MAX_CHARACTERS = 200

_ISO = re.compile(
    r"^\s*(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?)?)?"
    r"Z?(?:\[[\w/]+\])?\s*$",  # some programs write both an offset and Z
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$")
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")
_NAMED_DAY = re.compile(r"^[A-Za-z]{3},\s")
# What Java (Tue Mar 03 10:15:00 CET 2026) and JavaScript (Tue Mar 03 2026 10:15:00 GMT+0100 (…)) print for a date.
_PRINTED = re.compile(
    r"^[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) (?:(\d{4}) )?(\d{2}:\d{2}:\d{2}) (?:GMT(?=[+-]))?"
    r"([A-Z]{1,5}|[+-]\d{2}:?\d{2})"
    r"(?: (\d{4}))?(?: \([^()]*\))?$"
)
# Hours ahead of UTC of the zones whose names mean one offset only; of CST, the one that the standard library takes.
_ZONE_HOURS = {
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "EAT": 3, "PKT": 5,
    "SGT": 8, "HKT": 8, "PHT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "HST": -10,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_ZONE_NAME = re.compile(r"(?<![A-Za-z])(?:" + "|".join(_ZONE_HOURS) + r")$")
_COLON_IN_OFFSET = re.compile(r"([+-]\d{2}):(\d{2})$")
_MIDNIGHT_AT_END = re.compile(r"\b24:00(:00)?\b")
# The standard library takes the year 1 for 2001.
_YEAR_BEFORE_1000 = re.compile(r"\b0\d{3}\b(?=\s+\d{1,2}:)")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A time in UTC and its precision. A clock time without a time zone is known to the day only."""

    at: datetime
    precision: Precision


def parse_date(value: str, now: datetime) -> ParsedDate | None:
    """Parse ISO 8601, its compact form, seconds since 1970, the date of an e-mail (RFC 5322), or a printed Java date.

    Returns None for anything else, and for a date that is not plausible at ``now``.
    """
    if len(value) > _MAX_CHARACTERS:
        return None
    value = unescape(value).strip().replace("\u2212", "-")
    value = _with_offset(value)
    try:
        parsed = _parse_iso(value) or _parse_compact(value) or _parse_epoch(value) or _parse_email_date(value)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return parsed if parsed and is_plausible(parsed.at, now) else None


def is_plausible(at: datetime, now: datetime) -> bool:
    """Whether an article that is seen ``now`` can have been published ``at``.

    Not in the future, not before 1900, and not on the day of the Unix epoch, which stands for a missing value.
    """
    return at.year >= MIN_YEAR and at <= now + MAX_FUTURE and at.date().isoformat() not in ("1970-01-01", "1969-12-31")


def _parse_iso(value: str) -> ParsedDate | None:
    match = _ISO.match(value)
    return _from_parts(*match.groups()) if match else None


def _parse_compact(value: str) -> ParsedDate | None:
    match = _COMPACT.match(value)
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
    if abs(offset) > _MAX_OFFSET:
        return ParsedDate(clock, Precision.DAY)
    return ParsedDate(clock - offset, Precision.SECOND if second is not None else Precision.MINUTE)


def _parse_epoch(value: str) -> ParsedDate | None:
    if not _EPOCH.match(value):
        return None
    return ParsedDate(datetime.fromtimestamp(int(value[:10]), UTC), Precision.SECOND)  # milliseconds are cut off


def _with_offset(value: str) -> str:
    """Return a date whose zone, if it ends in the name of one, is an offset."""
    return _ZONE_NAME.sub(lambda zone: f"{100 * _ZONE_HOURS[zone[0]]:+05d}", value)


def _parse_email_date(value: str) -> ParsedDate | None:
    printed = _PRINTED.match(value)
    if printed and (year := printed[3] or printed[6]):
        value = _with_offset(f"Day, {printed[2]} {printed[1]} {year} {printed[4]} {printed[5]}")
    if not _NAMED_DAY.match(value) or _YEAR_BEFORE_1000.search(value):
        return None
    value, days = _MIDNIGHT_AT_END.subn(r"00:00\1", _COLON_IN_OFFSET.sub(r"\1\2", value))
    at = parsedate_to_datetime(value) + timedelta(days=days)
    if at.tzinfo is None or abs(at.utcoffset() or timedelta(0)) > _MAX_OFFSET:
        return ParsedDate(at.replace(tzinfo=UTC), Precision.DAY)
    return ParsedDate(at.astimezone(UTC), Precision.SECOND)

"""Times as people write them in options."""

import re
from datetime import UTC, date, datetime, time, timedelta

import typer

_AGO = re.compile(r"(\d{1,5})\s*(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS_AGO = {"today": 0, "yesterday": 1}


def parse_since(given: str) -> datetime:
    """Parse the value of --since; a day means its beginning. Raises BadParameter."""
    return parse_time(given)


def parse_until(given: str) -> datetime:
    """Parse the value of --until; a day means its end. Raises BadParameter."""
    return parse_time(given, end=True)


def parse_time(given: str, *, end: bool = False, now: datetime | None = None) -> datetime:
    """Parse `2026-03-01`, `2026-03-01T12:00`, `today`, `yesterday`, `36h`, `7d` or `2w` (ago); UTC without a zone.

    A day means its beginning, with `end` its end. Raises BadParameter.
    """
    now = now or datetime.now(UTC)
    text = given.strip().lower()
    if match := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    try:
        day = now.date() - timedelta(_DAYS_AGO[text]) if text in _DAYS_AGO else date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return datetime.combine(day + timedelta(days=1 if end else 0), time(), UTC)
    try:
        parsed = datetime.fromisoformat(given.strip())
    except ValueError:
        raise typer.BadParameter(f"{given!r}: write 2026-03-01, 2026-03-01T12:00, yesterday, 36h or 7d") from None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)

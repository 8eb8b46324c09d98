"""Find the days that a text names, as people write them: 3 March 2026, 3 de marzo de 2026, ٣ مارس ٢٠٢٦, 03/04/2026."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from quotewire_ingest.parse.metadata.dates import is_plausible
from quotewire_ingest.parse.metadata.months import month_number

# A longer text is a paragraph, and no date line.
_MAX_CHARACTERS = 300
_TOKEN = re.compile(r"\d+|[^\W\d_][^\s\d,،、;:|/()\[\]–—·•-]*")
# Between the parts of a date stand blanks, a comma or a full stop, and short words (de, of, st, ko, den).
_GAP = re.compile(r"[\s.,،、/'’º°ª-]{0,3}")
_MAX_FILLER = 4
_YEAR_FIRST = re.compile(r"(?<![\d./-])(\d{4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_EAST_ASIAN = re.compile(r"(令和|平成)?\s?(?<!\d)(\d{1,4}|元)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]")
_ERAS = {"令和": 2018, "平成": 1988}
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4})(?!\d)")
_SHORT_YEAR = re.compile(r"(?<![\d./])(\d{1,2})([./])(\d{1,2})\2(\d{2})(?![\d./]\d|\d)")
_VIETNAMESE = re.compile(r"(\d{1,2}) (?:tháng|thg) (\d{1,2})(?:,| năm)? (\d{4})(?!\d)", re.IGNORECASE)
# A smaller number behind a month is more often an hour or a day.
_MIN_SHORT_YEAR = 10
_CLOCK = re.compile(r"\s?(?:[:.h]\s?\d|h\b|am\b|pm\b|a\.m|p\.m|uhr\b)", re.IGNORECASE)
# The Buddhist era of Thailand is 543 years ahead.
_BUDDHIST_YEARS = 543
_THAI = re.compile(r"[\u0e00-\u0e7f]")


class Order(Enum):
    """How a page writes 3/4/2026."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A day that a text names between two positions; ``day`` is None where day and month cannot be told apart."""

    day: datetime | None
    start: int
    end: int


def find_written_dates(text: str, now: datetime, language: str | None, order: Order) -> list[WrittenDate]:
    """Return the days that a text names, in order, without those that are impossible or lie in the future.

    ``language``: the language of the page (`pl`), which decides between months of the same name.
    """
    if len(text) > _MAX_CHARACTERS:
        return []
    found: list[WrittenDate] = []
    thai = language == "th" or bool(_THAI.search(text))
    for start, end, readings in sorted(_readings(text, language, order)):
        if found and start < found[-1].end:
            continue
        days = [
            day
            for year, month, number in readings
            if (day := _day_or_none(year - _BUDDHIST_YEARS if thai and year > 2400 else year, month, number))
            and is_plausible(day, now)
        ]
        if days:
            found.append(WrittenDate(days[0] if len(set(days)) == 1 else None, start, end))
    return found


_Reading = tuple[int, int, int]


def _readings(text: str, language: str | None, order: Order) -> Iterator[tuple[int, int, list[_Reading]]]:
    """Yield positions and possible readings (year, month, day) of everything that has the form of a date."""
    for match in _YEAR_FIRST.finditer(text):
        yield *match.span(), [(int(match[1]), int(match[3]), int(match[4]))]
    for match in _EAST_ASIAN.finditer(text):
        year = (1 if match[2] == "元" else int(match[2])) + _ERAS.get(match[1] or "", 0)
        yield *match.span(), [(year, int(match[3]), int(match[4]))]
    for match in _VIETNAMESE.finditer(text):
        yield *match.span(), [(int(match[3]), int(match[2]), int(match[1]))]
    for match in (*_NUMERIC.finditer(text), *_SHORT_YEAR.finditer(text)):
        year, first, second = int(match[4]), int(match[1]), int(match[3])
        year += 2000 if year < 100 else 0
        day_first, month_first = (year, second, first), (year, first, second)
        if match[2] == "." or order is Order.DAY_FIRST:
            readings = [day_first] if second <= 12 else [month_first]
        elif order is Order.MONTH_FIRST:
            readings = [month_first] if first <= 12 else [day_first]
        else:
            readings = [day_first, month_first]
        yield *match.span(), readings
    yield from _named_months(text, language)


def _named_months(text: str, language: str | None) -> Iterator[tuple[int, int, list[_Reading]]]:
    tokens = list(_TOKEN.finditer(text))
    for position, token in enumerate(tokens):
        if token[0][0].isdecimal():
            continue
        before, after = _number_beside(text, tokens, position, -1), _number_beside(text, tokens, position, 1)
        following = _number_beside(text, tokens, after, 1) if after is not None else None
        parts: tuple[int | None, int | None, int | None]
        if _is_day(tokens, before) and (_is_year(tokens, after) or _is_short_year(text, tokens, after)):
            parts = (after, before, after)
        elif _is_day(tokens, after) and _is_year(tokens, following):
            parts = (following, after, following)
        elif _is_year(tokens, before) and _is_day(tokens, after):
            parts = (before, after, after)
        else:
            continue
        year, day, last = parts
        if year is None or day is None or last is None:
            continue
        month = month_number(token[0], language)  # last, as it may have to load the names of all languages
        if month:
            start = min(tokens[year].start(), tokens[day].start(), token.start())
            number = int(tokens[year][0])
            if len(tokens[year][0]) == 2:
                number += 2500 if _THAI.search(token[0]) else 2000
            yield start, tokens[last].end(), [(number, month, int(tokens[day][0]))]


def _number_beside(text: str, tokens: list[re.Match[str]], position: int, step: int) -> int | None:
    """Return the position of the next number in a direction, across at most two short words."""
    for distance in range(1, 4):
        here = position + step * distance
        if not 0 <= here < len(tokens):
            return None
        left, right = sorted((here, here - step))
        if not _GAP.fullmatch(text, tokens[left].end(), tokens[right].start()):
            return None
        if tokens[here][0][0].isdecimal():
            return here
        if len(tokens[here][0].rstrip(".")) > _MAX_FILLER:
            return None
    return None


def _is_day(tokens: list[re.Match[str]], position: int | None) -> bool:
    return position is not None and len(tokens[position][0]) <= 2 and 1 <= int(tokens[position][0]) <= 31


def _is_year(tokens: list[re.Match[str]], position: int | None) -> bool:
    return position is not None and len(tokens[position][0]) == 4


def _is_short_year(text: str, tokens: list[re.Match[str]], position: int | None) -> bool:
    """Whether a number behind a month is a year of two digits, and not the hour of a clock time."""
    if position is None or len(tokens[position][0]) != 2 or int(tokens[position][0]) < _MIN_SHORT_YEAR:
        return False
    return not _CLOCK.match(text, tokens[position].end())


def _day_or_none(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None

"""Facts that stand in a plain text above its first sentence: who wrote it, and on which day it was published.

Pages say more and say it for machines (`facts.py`); a text has nothing but these lines, which the cleaner takes out.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from quotewire_ingest.model import ParsedArticle
from quotewire_ingest.parse import bylines, dates
from quotewire_schemas.article import Precision

# First letters of the months in English, German, French, Spanish, Italian, Portuguese and Dutch, accents off.
_MONTHS = (
    ("jan", "ene", "gen"), ("feb", "fev"), ("mar", "maa"), ("apr", "avr", "abr"), ("may", "mai", "mei", "mag"),
    ("jun", "juin", "giu"), ("jul", "juil", "lug"), ("aug", "aou", "ago"), ("sep", "set"), ("oct", "okt", "ott", "out"),
    ("nov",), ("dec", "dez", "dic"),
)  # fmt: skip
_NUMBER_OF = {start: number for number, starts in enumerate(_MONTHS, 1) for start in starts}
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?!\d)|(\d{4})年(\d{1,2})月(\d{1,2})日")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|er|st|nd|rd|th)? (?:de |di )?([^\W\d_]{3,12})\.?,? (?:de |del )?(\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
# A line that tells of a change alone does not tell of the publication.
_CHANGED = re.compile(
    r"^\W*(?:last )?(?:updated?|modified|edited|aktualisiert|geändert|mis à jour|actualizado|aggiornato)", re.IGNORECASE
)


def fill_metadata_from_lines(reading: ParsedArticle) -> None:
    """Fill authors and day of publication from lines that were dropped as byline and date; others stay as they are."""
    now = reading.fetched_at
    for entry in reading.dropped:
        if entry.reason == "byline" and not reading.authors:
            # One word after "By" is a desk or an outlet more often than a name.
            reading.authors = [name for name in bylines.split_bylines([entry.text], []) if " " in name]
            if reading.authors:
                reading.provenance["authors"] = "text"
        elif entry.reason == "date_line" and reading.published_at is None and not _CHANGED.match(entry.text):
            day = parse_visible_date(entry.text)
            # Today's date is the clock of the page that the text was copied from.
            if day and dates.is_plausible(day, now) and day.date() != now.date():
                reading.published_at, reading.published_precision = day, Precision.DAY
                reading.provenance["published_at"] = "text"


def parse_visible_date(line: str) -> datetime | None:
    """The first day that a line names, at midnight UTC; None where it names none, or two may be meant (3/4/2026)."""
    for pattern, parts in ((_YEAR_FIRST, _year_first), (_MONTH_FIRST, _month_first), (_DAY_FIRST, _day_first)):
        for match in pattern.finditer(line):
            if day := _day(*parts(match)):
                return day
    numbers = _NUMBERS.search(line)
    if numbers is None:
        return None
    first, mark, second, year = int(numbers[1]), numbers[2], int(numbers[3]), int(numbers[4])
    if mark == "." or first > 12:
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 or first == second else None


def _year_first(match: re.Match[str]) -> tuple[int, int, int]:
    year, month, day = (int(part) for part in match.groups() if part)
    return year, month, day


def _month_first(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[3]), _month(match[1]), int(match[2])


def _day_first(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[3]), _month(match[2]), int(match[1])


def _month(name: str) -> int:
    bare = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return _NUMBER_OF.get(bare[:4], _NUMBER_OF.get(bare[:3], 0))


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None

"""Find author and day of publication in the lines of a plain text above its first sentence.

Pages state them for machines; a plain text has only these lines, which the boilerplate cleaner has dropped from it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from quotewire_ingest.model import ParsedArticle
from quotewire_ingest.parse.metadata.bylines import split_bylines
from quotewire_ingest.parse.metadata.dates import is_plausible
from quotewire_schemas.article import Precision

# First letters of the months in English, German, French, Spanish, Italian, Portuguese and Dutch, without accents.
_MONTHS = (
    ("jan", "ene", "gen"), ("feb", "fev"), ("mar", "maa"), ("apr", "avr", "abr"), ("may", "mai", "mei", "mag"),
    ("jun", "juin", "giu"), ("jul", "juil", "lug"), ("aug", "aou", "ago"), ("sep", "set"), ("oct", "okt", "ott", "out"),
    ("nov",), ("dec", "dez", "dic"),
)  # fmt: skip
_MONTH_NUMBER = {start: number for number, starts in enumerate(_MONTHS, 1) for start in starts}
# 2026-03-02, 2026年3月2日
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?!\d)|(\d{4})年(\d{1,2})月(\d{1,2})日")
# 2nd March 2026, 2. März 2026, 2 de enero de 2026
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|er|st|nd|rd|th)? (?:de |di )?([^\W\d_]{3,12})\.?,? (?:de |del )?(\d{4})(?!\d)"
)
# March 2, 2026
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)")
# 02.03.2026, 03/23/2026
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
# A line that states only a change says nothing of the publication.
_CHANGE_LABEL = re.compile(
    r"^\W*(?:last )?(?:updated?|modified|edited|aktualisiert|geändert|mis à jour|actualizado|aggiornato)", re.IGNORECASE
)


def fill_metadata_from_lines(parsed: ParsedArticle) -> None:
    """Fill authors and day of publication from lines that were dropped as byline or date line.

    Lines that do not say beyond doubt who or when leave the fields empty.
    """
    now = parsed.fetched_at
    for entry in parsed.dropped:
        if entry.reason == "byline" and not parsed.authors:
            # One word after "By" is more often a desk or an outlet than a name.
            parsed.authors = [name for name in split_bylines([entry.text], []) if " " in name]
            if parsed.authors:
                parsed.provenance["authors"] = "text"
        elif entry.reason == "date_line" and parsed.published_at is None and not _CHANGE_LABEL.match(entry.text):
            day = parse_visible_date(entry.text)
            # Today's date is the clock of the page that the text was copied from.
            if day and is_plausible(day, now) and day.date() != now.date():
                parsed.published_at, parsed.published_precision = day, Precision.DAY
                parsed.provenance["published_at"] = "text"


def parse_visible_date(line: str) -> datetime | None:
    """Return the first day that a line names, at midnight UTC.

    None where it names none, or where the order of day and month is open (3/4/2026).
    """
    for pattern, parts in ((_YEAR_FIRST, _year_first), (_MONTH_FIRST, _month_first), (_DAY_FIRST, _day_first)):
        for match in pattern.finditer(line):
            if day := _date_or_none(*parts(match)):
                return day
    numeric = _NUMERIC.search(line)
    if numeric is None:
        return None
    first, separator, second, year = int(numeric[1]), numeric[2], int(numeric[3]), int(numeric[4])
    if separator == "." or first > 12:
        return _date_or_none(year, second, first)
    return _date_or_none(year, first, second) if second > 12 or first == second else None


def _year_first(match: re.Match[str]) -> tuple[int, int, int]:
    year, month, day = (int(part) for part in match.groups() if part)
    return year, month, day


def _month_first(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[3]), _month_number(match[1]), int(match[2])


def _day_first(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match[3]), _month_number(match[2]), int(match[1])


def _month_number(name: str) -> int:
    """Return 1 to 12, or 0 for a word that is no month."""
    bare = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return _MONTH_NUMBER.get(bare[:4], _MONTH_NUMBER.get(bare[:3], 0))


def _date_or_none(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None

"""Find the day of publication that a page shows to its readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from quotewire_ingest.parse.metadata.bylines import BYLINE_PREFIX
from quotewire_ingest.parse.metadata.date_labels import DateKind, kind_by_marks, kind_by_words
from quotewire_ingest.parse.metadata.dates import ParsedDate, parse_date
from quotewire_ingest.parse.metadata.headline_zone import HeadlineZone
from quotewire_ingest.parse.metadata.shown_line import Place, ShownLine
from quotewire_ingest.parse.metadata.written_dates import Order, WrittenDate, find_written_dates
from quotewire_schemas.article import Precision

# Words between two parts of a date line.
_SEPARATORS = re.compile(r"[|•·–—/,;:()\[\]]|\s-\s")
# A date without label is a date line's where so few words stand before it ("Tuesday", "Kelmouth", "On").
_MAX_WORDS_BEFORE = 2
_NEVER = (DateKind.CHANGED, DateKind.OTHER)
_BEFORE_DIGITS = re.compile(r"\D*")
_FULL_DATE = re.compile(r"\d{4}|\d{1,2}\D\d{1,2}\D\d{2}")
_MARKS = ("class", "id", "itemprop", "property")


@dataclass(frozen=True, slots=True)
class ShownDate:
    """A date of a line. ``date`` is None where day and month cannot be told apart."""

    date: ParsedDate | None
    kind: DateKind
    place: Place


def find_visible_day(zone: HeadlineZone, now: datetime, language: str | None, order: Order) -> ParsedDate | None:
    """Return the day of publication among the short lines of a page; None where it is not certain.

    A date that the page calls the publication's comes first, then one below the headline, then one above it. A date
    that the page calls the last change's never counts. Today's counts only where it is called the publication's or
    stands below the headline: elsewhere it is more often the clock of the page.
    """

    def usable(lines: list[ShownLine]) -> list[ShownDate]:
        dates = (date for line in lines for date in dates_of_line(line, now, language, order))
        return [date for date in dates if date.kind not in _NEVER and not _may_be_clock(date, now)]

    beside = usable(zone.beside)
    found = (
        [date for date in beside if date.kind is DateKind.PUBLISHED]
        or [date for date in beside if date.place is Place.BELOW_HEADLINE]
        or [date for date in beside if date.kind is DateKind.MARKED]
    )
    if not found:
        rest = usable(zone.dated_rest)
        found = [date for date in rest if date.kind is DateKind.PUBLISHED] or _only_one(
            [date for date in rest if date.kind is DateKind.MARKED]
        )
    return found[0].date if found else None


def _may_be_clock(date: ShownDate, now: datetime) -> bool:
    beside = date.kind is DateKind.PUBLISHED or date.place is Place.BELOW_HEADLINE
    return not beside and date.date is not None and date.date.at.date() == now.date()


def _only_one(dates: list[ShownDate]) -> list[ShownDate]:
    """The dates, if they are one and the same: of several in the rest of a page nothing says which is the article's."""
    return dates if len({date.date.at.date() if date.date else None for date in dates}) == 1 else []


def dates_of_line(line: ShownLine, now: datetime, language: str | None, order: Order) -> list[ShownDate]:
    """Return the dates of a line, each with what the line says of it; none where the line is no date line."""
    text, marks, exact = _joined(line, now)
    written = find_written_dates(text, now, language, order)
    words = list(_labels(text, written))
    labelled = [kind_by_words(label) for label in words]
    shown: list[ShownDate] = []
    for date, label, kind in zip(written, words, labelled, strict=True):
        if kind is None:
            kind = kind_by_marks(next((own for start, own in reversed(marks) if start <= date.start), ""))
            if kind is DateKind.CHANGED and DateKind.CHANGED in labelled:
                kind = DateKind.MARKED  # "13 March | Updated 14 March" in one element that is marked as changed
        if kind is None and not _stands_alone(label):
            continue
        found = exact.get(date.day) if date.day else None
        if date.day and found is None:
            found = ParsedDate(date.day, Precision.DAY)
        shown.append(ShownDate(found, kind or DateKind.PLAIN, line.place))
    return shown


def _joined(line: ShownLine, now: datetime) -> tuple[str, list[tuple[int, str]], dict[datetime, ParsedDate]]:
    """Join the texts of a line.

    Returns the text, the marks around each part by its position, and by day the exact times that the page states for
    machines. A time that is shown without its year is replaced by the one for machines.
    """
    text, marks = "", list[tuple[int, str]]()
    exact: dict[datetime, ParsedDate] = {}
    for part, around in line.parts():
        for element in around:
            value = element.get("datetime") or (element.get("title") if element.tag == "abbr" else None) or ""
            date = parse_date(value, now) if value else None
            if date:
                exact.setdefault(_as_written(value, date), date)
                if not _FULL_DATE.search(part):
                    part = f"{_BEFORE_DIGITS.findall(part)[0]} {value[:10]}"
        marks.append((len(text), _decisive_marks(around)))
        text += part + " "
    return text, marks, exact


def _as_written(value: str, date: ParsedDate) -> datetime:
    """The day of a time in its own time zone, which is the one that the page shows."""
    try:
        return datetime.fromisoformat(value[:10]).replace(tzinfo=date.at.tzinfo)
    except ValueError:
        return date.at.replace(hour=0, minute=0, second=0, microsecond=0)


def _decisive_marks(around: list[HtmlElement]) -> str:
    """The marks of the innermost element that has any that concern dates."""
    for element in around:
        own = " ".join(value for name in _MARKS if (value := element.get(name)))
        own += " time" if element.tag == "time" else ""
        if kind_by_marks(own):
            return own
    return ""


def _labels(text: str, dates: list[WrittenDate]) -> Iterator[str]:
    """Yield the words that describe each date: those before it, or those behind it where none stand before."""
    ends = [0, *(date.end for date in dates)]
    starts = [*(date.start for date in dates[1:]), len(text)]
    behind = bool(dates) and not text[: dates[0].start].strip() and kind_by_words(text[dates[-1].end :]) is not None
    for number, date in enumerate(dates):
        yield text[date.end : starts[number]] if behind else text[ends[number] : date.start]


def _stands_alone(label: str) -> bool:
    """Whether the words before a date leave it a date line: a few, or a byline, or those of another part."""
    last = _SEPARATORS.split(label)[-1]
    return len(last.split()) <= _MAX_WORDS_BEFORE or bool(BYLINE_PREFIX.match(label))

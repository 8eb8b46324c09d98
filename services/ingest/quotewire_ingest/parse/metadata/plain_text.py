"""Find author and day of publication in the lines of a plain text above its first sentence.

Pages state them for machines; a plain text has only these lines, which the boilerplate cleaner has dropped from it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from quotewire_ingest.model import ParsedArticle
from quotewire_ingest.parse.metadata.bylines import split_bylines
from quotewire_ingest.parse.metadata.dates import is_plausible
from quotewire_ingest.parse.metadata.written_dates import Order, find_written_dates
from quotewire_schemas.article import Precision

_END_OF_TIME = datetime(9998, 1, 1, tzinfo=UTC)
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
    # Whether the day can be the article's is for the caller to say.
    found = find_written_dates(line, _END_OF_TIME, None, Order.UNKNOWN)
    return found[0].day if found else None

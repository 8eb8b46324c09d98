"""A line that says when a text was published is told from a headline that contains a date."""

import pytest

from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate
from quotewire_ingest.parse.boilerplate.date_lines import is_date_line

TEXT = "The observatory on Mount Kelde will close its dome to visitors from the first of May, the keeper said."


@pytest.mark.parametrize(
    "line",
    [
        "4 March 2026",
        "Wednesday, 4 March 2026, 10:15 GMT",
        "Published on Wednesday, 4 March 2026 at 10:15 by the desk",
        "Last updated: March 4, 2026",
        "Velbrück, 4. März 2026 um 10:15 Uhr",
        "Stand: 04.03.2026, 10:15 Uhr",
        "Publié le 4 mars 2026 à 10:15",
        "Pubblicato il 4 marzo 2026",
        "date 2026-03-04 Print this text or send it to a friend",
        "Datum 04.03.2026 Drucken",
    ],
)
def test_a_date_line(line: str) -> None:
    assert is_date_line(line)
    assert [(entry.reason, entry.text) for entry in drop_boilerplate(f"{line}\n\n{TEXT}").dropped] == [
        ("date_line", line)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Island votes again on 12 May 2026",
        "Bombs of 7 July 2005 remembered",
        "Last boat leaves at 10:30 for good",
        "Public baths close at 20:00 in winter",
        "Post office shuts on 3 March 2026",
        "The Dome Of Mount Kelde Will Close On 12 May 2026",
    ],
)
def test_a_headline_with_a_date(line: str) -> None:
    assert not is_date_line(line)
    cleaned = drop_boilerplate(f"{line}\n\n4 March 2026\n\n{TEXT}")
    assert (cleaned.title, cleaned.text) == (line, TEXT)
    assert [entry.text for entry in cleaned.dropped] == [line, "4 March 2026"]

"""Byline and date line of a plain text become metadata where they say beyond doubt who and when."""

from datetime import UTC, datetime

import pytest

from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.metadata.plain_text import parse_visible_date
from quotewire_ingest.parse.plain_text import parse_plain_text
from quotewire_schemas.article import Precision

BODY = (
    "The ferry to Oststrand was late again on Monday, the harbour master Ilvane Morrec said.\n"
    "The council will meet on Thursday and decide whether the old pier can be used in the meantime."
)
FETCHED_AT = datetime(2026, 3, 9, 12, tzinfo=UTC)


def parse(*head: str) -> ParsedArticle:
    text = "\n".join(["Ferry late again at Oststrand", *head, BODY])
    return parse_plain_text(
        Document("ferry.txt", text.encode(), DocumentKind.TEXT, "harbour-post", "ferry.txt", FETCHED_AT)
    )


def test_byline_and_date_become_metadata_and_stay_among_the_dropped_lines() -> None:
    parsed = parse("By Runa Veld and Teodor Quist", "March 2, 2026")
    assert parsed.authors == ["Runa Veld", "Teodor Quist"]
    assert (parsed.published_at, parsed.published_precision) == (datetime(2026, 3, 2, tzinfo=UTC), Precision.DAY)
    assert (parsed.provenance["authors"], parsed.provenance["published_at"]) == ("text", "text")
    assert [(entry.reason, entry.text) for entry in parsed.dropped[1:]] == [
        ("byline", "By Runa Veld and Teodor Quist"), ("date_line", "March 2, 2026"),
    ]  # fmt: skip
    assert parsed.text == BODY


@pytest.mark.parametrize("head", ["By Staff", "By Newsroom", "By Harbour"])
def test_a_desk_is_no_author(head: str) -> None:
    parsed = parse(head)
    assert (parsed.authors, "authors" in parsed.provenance) == ([], False)


@pytest.mark.parametrize(
    "head", ["March 9, 2026", "March 20, 2026", "Updated: March 2, 2026", "January 1, 1970", "10:45"]
)
def test_clock_future_change_and_epoch_are_no_publication_date(head: str) -> None:
    parsed = parse(head)
    assert (parsed.published_at, "published_at" in parsed.provenance) == (None, False)


def test_the_first_of_two_dates_counts() -> None:
    assert parse("Published March 2, 2026, updated March 3, 2026").published_at == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("date 2026-03-02 Send this page to someone via email", (2026, 3, 2)),
        ("Mon, Mar 2, 2026 at 10:45", (2026, 3, 2)),
        ("2nd March 2026", (2026, 3, 2)),
        ("2. März 2026, 10:45 Uhr", (2026, 3, 2)),
        ("le 2 février 2026", (2026, 2, 2)),
        ("1er août 2026", (2026, 8, 1)),
        ("2 juillet 2026", (2026, 7, 2)),
        ("2 juin 2026", (2026, 6, 2)),
        ("2 de enero de 2026", (2026, 1, 2)),
        ("2 maggio 2026", (2026, 5, 2)),
        ("2026年3月2日", (2026, 3, 2)),
        ("02.03.2026", (2026, 3, 2)),
        ("23/03/2026", (2026, 3, 23)),
        ("03/23/2026", (2026, 3, 23)),
        ("03/03/2026", (2026, 3, 3)),
        ("03/04/2026", None),
        ("31. Februar 2026", None),
        ("Pier 2 opens 2026", None),
        ("", None),
    ],
)
def test_parse_visible_date(line: str, day: tuple[int, int, int] | None) -> None:
    assert parse_visible_date(line) == (datetime(*day, tzinfo=UTC) if day else None)

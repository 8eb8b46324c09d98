"""When an article was published, and how exactly that is known."""

from datetime import UTC, datetime

import pytest

from kit.pages import FETCHED_AT, html, parse
from quotewire_ingest.parse.metadata.dates import parse_date
from quotewire_schemas.article import Precision


@pytest.mark.parametrize(
    ("value", "at", "precision"),
    [
        ("2026-03-02T10:00:00+01:00", datetime(2026, 3, 2, 9, tzinfo=UTC), Precision.SECOND),
        ("2026-03-02T10:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.MINUTE),
        ("2026-03-02 10:00:00", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.DAY),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC), Precision.DAY),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC), Precision.MONTH),
        ("Mon, 02 Mar 2026 10:00:00 GMT", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND),
        ("Mon Mar 02 11:00:00 CET 2026", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND),
        ("Mon Mar 02 2026 11:00:00 GMT+0100 (CET)", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND),
        ("Mon, 02 Mar 2026 11:00:00 +01:00", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND),
        ("Sun, 01 Mar 2026 24:00:00 GMT", datetime(2026, 3, 2, tzinfo=UTC), Precision.SECOND),
        ("2026-03-02T05:00:00\u221205:00", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND),
        ("2026-03-02T10:00:00+00:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND),
        ("1772445600", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND),
    ],
)
def test_a_date_has_a_precision(value: str, at: datetime, precision: Precision) -> None:
    parsed = parse(html(f'<meta property="article:published_time" content="{value}">'))
    assert (parsed.published_at, parsed.published_precision) == (at, precision)


@pytest.mark.parametrize(
    "value",
    [
        "2031-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "0001-01-01",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "2026-13-40",
        "soon",
        "",
    ],
)
def test_implausible_dates_are_ignored(value: str) -> None:
    assert parse(html(f'<meta property="article:published_time" content="{value}">')).published_at is None


def test_the_day_of_the_crawl_is_no_publication_date() -> None:
    assert parse(html(body="<div class='clock'>Wednesday, March 4, 2026</div>")).published_at is None


def test_a_zone_may_be_named_behind_a_time_in_iso_form() -> None:
    parsed = parse_date("2026-03-02T11:00:00 CET", FETCHED_AT)
    assert parsed is not None
    assert (parsed.at, parsed.precision) == (datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND)

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import typer

from quotewire.times import parse_time

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T10:15", datetime(2026, 3, 1, 10, 15, tzinfo=UTC)),
        ("2026-03-01T10:15:00+02:00", datetime(2026, 3, 1, 10, 15, tzinfo=timezone(timedelta(hours=2)))),
        ("2026-03-01T10:15:00Z", datetime(2026, 3, 1, 10, 15, tzinfo=UTC)),
        ("today", datetime(2026, 3, 2, tzinfo=UTC)),
        ("Yesterday", datetime(2026, 3, 1, tzinfo=UTC)),
        ("90m", datetime(2026, 3, 2, 11, 0, tzinfo=UTC)),
        ("36h", datetime(2026, 3, 1, 0, 30, tzinfo=UTC)),
        ("7 d", datetime(2026, 2, 23, 12, 30, tzinfo=UTC)),
        ("2w", datetime(2026, 2, 16, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_time_as_people_write_it(given: str, expected: datetime) -> None:
    assert parse_time(given, now=NOW) == expected


def test_a_day_as_an_end_counts_whole() -> None:
    assert parse_time("2026-03-01", end=True, now=NOW) == datetime(2026, 3, 2, tzinfo=UTC)
    assert parse_time("today", end=True, now=NOW) == datetime(2026, 3, 3, tzinfo=UTC)
    assert parse_time("1h", end=True, now=NOW) == datetime(2026, 3, 2, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize("given", ["", "soon", "7 days ago", "2026-13-01", "99999999999d", "01/03/2026"])
def test_what_is_no_time_is_rejected_by_name(given: str) -> None:
    with pytest.raises(typer.BadParameter, match="write 2026-03-01"):
        parse_time(given, now=NOW)

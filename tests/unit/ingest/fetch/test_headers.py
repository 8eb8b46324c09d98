"""What headers say about time."""

from datetime import UTC, datetime

import pytest

from quotewire_ingest.fetch.headers import fresh_for, retry_after

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY_S = 86400.0


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("120", 120.0),
        ("Wed, 04 Mar 2026 12:02:00 GMT", 120.0),
        ("Wed, 04 Mar 2026 11:00:00 GMT", 0.0),
        ("316800", DAY_S),
        ("Wed, 04 Mar 2126 12:00:00 GMT", DAY_S),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_in_both_forms_counts_for_a_day_at_most(stated: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": stated}, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "public, max-age=900"}, 900.0),
        ({"cache-control": 'max-age="900"'}, 900.0),
        ({"cache-control": "no-cache, max-age=900"}, None),
        ({"cache-control": "max-age=x"}, None),
        ({"expires": "Wed, 04 Mar 2026 12:10:00 GMT"}, 600.0),
        ({"expires": "Wed, 04 Mar 2020 00:10:00 GMT", "date": "Wed, 04 Mar 2020 00:00:00 GMT"}, 600.0),
        ({"expires": "0"}, None),
        ({"expires": "Wed, 04 Mar 2020 12:00:00 GMT"}, 0.0),
        ({"cache-control": "max-age=60", "expires": "Wed, 04 Mar 2026 13:00:00 GMT"}, 60.0),
        ({}, None),
    ],
)
def test_how_long_a_response_is_fresh(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for(headers, NOW) == seconds

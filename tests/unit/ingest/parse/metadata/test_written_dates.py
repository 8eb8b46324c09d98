"""Days that a text names as people write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewire_ingest.parse.metadata.written_dates import Order, find_written_dates

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def days(text: str, language: str | None = None, order: Order = Order.UNKNOWN) -> list[str | None]:
    """The days of a text as ISO dates; None for one whose order is open."""
    return [
        date.day.date().isoformat() if date.day else None for date in find_written_dates(text, NOW, language, order)
    ]


@pytest.mark.parametrize(
    "text", ["3 Mar 2026", "Mar. 3, 2026", "March 3rd, 2026", "3. 3. 2026", "03-Mar-2026", "3.3.26", "3 Mar '26"]
)
def test_one_day_in_many_forms(text: str) -> None:
    assert days(text) == ["2026-03-03"]


def test_an_hour_is_no_year() -> None:
    assert days("3 March 10:15") == days("3 Mar 10 am") == days("3 March") == []
    assert days("3 มี.ค. 69", "th") == ["2026-03-03"]


def test_all_days_of_a_text_are_found_in_order() -> None:
    assert days("Updated 9 March 2026, first published 3 March 2026") == ["2026-03-09", "2026-03-03"]


def test_a_month_whose_name_differs_between_languages_needs_the_language() -> None:
    assert [days("3 listopada 2025", language) for language in ("pl", "hr", None)] == [
        ["2025-11-03"], ["2025-10-03"], [],
    ]  # fmt: skip


def test_day_and_month_are_told_apart_by_order_or_not_at_all() -> None:
    assert days("10/03/2026", order=Order.DAY_FIRST) == ["2026-03-10"]
    assert days("10/03/2026", order=Order.MONTH_FIRST) == ["2026-10-03"]
    assert days("10/03/2026") == [None]
    assert days("10/12/2026") == ["2026-10-12"]  # the tenth of December is still to come


@pytest.mark.parametrize(
    "text", ["31 February 2026", "Pier 2 opens 2026", "10:15", "3 Mai 2031", "1 Jan 0001", "", "x" * 5000]
)
def test_what_is_no_day_gives_nothing(text: str) -> None:
    assert days(text) == []


@pytest.mark.parametrize("sign", ["²", "①", "፩", "½", "Ⅻ"])
def test_signs_that_are_digits_but_no_numbers_are_words(sign: str) -> None:
    assert days(f"{sign} March 2026, {sign}f März 2026") == []
    assert days(f"Area: 12 km{sign}, 3 March 2026") == ["2026-03-03"]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["March", "3", "2026", "12", "mars", "3月", "年", ".", "/", "-", ",", "²f", "٣"]), st.text()
        ),
        max_size=12,
    )
)
def test_no_text_makes_it_raise(parts: list[str]) -> None:
    for order in Order:
        for between in (" ", ""):
            found = days(between.join(parts), None, order)
            assert all(day is None or day <= "2026-11-30" for day in found)

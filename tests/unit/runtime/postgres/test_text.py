"""Texts that PostgreSQL can hold."""

import pytest

from quotewire_runtime.postgres.text import is_storable, to_storable


@pytest.mark.parametrize("text", ["", "plain", "日本語 🚢", "\x01\x7f\uffff"])
def test_what_postgres_takes_stays_as_it_is(text: str) -> None:
    assert is_storable(text)
    assert to_storable(text) == text


@pytest.mark.parametrize(
    ("text", "stored", "visible"),
    [("a\0b", "ab", "a␀b"), ("a\ud83db", "a?b", "a?b"), ("\udfff\0", "?", "?␀")],
)
def test_what_it_does_not_take_is_replaced(text: str, stored: str, visible: str) -> None:
    assert not is_storable(text)
    assert to_storable(text) == stored
    assert to_storable(text, null_as="␀") == visible

"""Genders from given names and, as a guess, from endings."""

import pytest

from quotewire_names import Gender, gender_of_given_name, guess_gender


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("Maria Santos", Gender.FEMALE),
        ("Łukasz Nowak", Gender.MALE),
        ("Kim Yo-jong", Gender.FEMALE),
        ("Jean-Claude Juncker", Gender.MALE),
        ("Alex Morgan", None),
        ("Maria", None),
        ("", None),
    ],
)
def test_the_given_name_decides_where_it_is_certain(name: str, gender: Gender | None) -> None:
    assert gender_of_given_name(name) is gender


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("Xenofona Ivanova", Gender.FEMALE),
        ("Qasim Lavrov", Gender.MALE),
        ("Sigríður Jónsdóttir", Gender.FEMALE),
        ("Wu Zhi", None),
        ("Ivanova", None),
    ],
)
def test_endings_suggest_a_gender(name: str, gender: Gender | None) -> None:
    assert guess_gender(name) is gender

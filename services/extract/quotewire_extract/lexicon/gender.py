"""The gender that English titles, roles and pronouns express."""

from __future__ import annotations

import re

from quotewire_extract.lexicon import words
from quotewire_names import Gender

_WORDS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def gender_of_title(title: str) -> Gender | None:
    """Return the gender of a title or role before or after a name: Mrs, spokeswoman, King, father of three."""
    found: Gender | None = None
    for word in _WORDS.findall(title.lower()):
        for gender in Gender:
            if word in words("en/titles.txt", gender) or word in words("en/person_nouns.txt", gender):
                found = gender
    return found


def gender_of_pronoun(pronoun: str) -> Gender | None:
    """Return the gender of a personal pronoun."""
    return _PRONOUNS.get(pronoun.lower())


_PRONOUNS = {
    "he": Gender.MALE, "him": Gender.MALE, "his": Gender.MALE, "himself": Gender.MALE,
    "she": Gender.FEMALE, "her": Gender.FEMALE, "hers": Gender.FEMALE, "herself": Gender.FEMALE,
}  # fmt: skip

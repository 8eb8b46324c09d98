"""Infer a gender from a given name or from the ending of a name."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from quotewire_names.combining_marks import limit_combining_marks
from quotewire_names.word_lists import words


class Gender(StrEnum):
    """The pronoun that an article uses for a person."""

    FEMALE = "female"
    MALE = "male"
    THEY = "they"


def gender_of_given_name(name: str) -> Gender | None:
    """Look a given name up; None for names of both genders, unknown names, and a single word.

    The first word counts; if it is unknown, a later word with a hyphen (Kim Yo-jong, Tsai Ing-wen), then the first part
    of a first word with a hyphen.
    """
    parts = [_fold(part) for part in name.split()]
    if len(parts) < 2:
        return None
    for part in (parts[0], *(p for p in parts[1:] if "-" in p), *parts[0].split("-")[:1]):
        for gender in (Gender.FEMALE, Gender.MALE):
            if part in words("given_names.txt", gender):
                return gender
    return None


def guess_gender(name: str) -> Gender | None:
    """Guess from endings if nothing better is known: Slavic feminine surnames, given names in -a, -ine, -elle.

    About four of five guesses are right (Nikita, Luca, Musa are wrong): use it to prefer somebody, never to exclude.
    """
    parts = [_fold(part) for part in name.split()]
    if len(parts) < 2:
        return None
    if _FEMALE_SURNAME.search(parts[-1]) or _FEMALE_GIVEN.search(parts[0]):
        return Gender.FEMALE
    return Gender.MALE if _MALE_SURNAME.search(parts[-1]) or _MALE_GIVEN.search(parts[0]) else None


_FEMALE_SURNAME = re.compile(r"(?:[oe]va|skaya|skaia|ska|cka|dottir|aite|iene)$")
_MALE_SURNAME = re.compile(r"(?:[oe]v|skiy|skyi|sky|ski|cki|sson|shvili|uulu)$")
_FEMALE_GIVEN = re.compile(r"(?:a|ine|elle|ette|lyn|een)$")
_MALE_GIVEN = re.compile(r"(?:o|os|us|er|ert|ard|ald|av|im|ik|ek|on|or|an)$")


def _fold(word: str) -> str:
    plain = limit_combining_marks(word).lower().replace("ł", "l").replace("ø", "o").replace("ı", "i")
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip(".,'’")

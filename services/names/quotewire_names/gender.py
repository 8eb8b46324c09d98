"""The gender that a given name or the ending of a name suggests."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from quotewire_names.word_lists import words


class Gender(StrEnum):
    """The pronoun by which an article speaks of someone."""

    FEMALE = "female"
    MALE = "male"
    THEY = "they"


def gender_of_given_name(name: str) -> Gender | None:
    """What the given name says; None for names that both bear and for those that no list holds.

    The first word counts; where it is unknown, a second one may (Kim Yo-jong, Tsai Ing-wen).
    """
    parts = [_plain(part) for part in name.split()]
    if len(parts) < 2:
        return None
    for part in (parts[0], *(p for p in parts[1:] if "-" in p), *parts[0].split("-")[:1]):
        for gender in (Gender.FEMALE, Gender.MALE):
            if part in words("given_names.txt", gender):
                return gender
    return None


def guess_gender(name: str) -> Gender | None:
    """A guess from endings where nothing better is known: Slavic feminine surnames, given names in -a, -ine, -elle.

    Right about four times in five (Nikita, Luca, Musa are not): it may tip a balance and must rule nobody out.
    """
    parts = [_plain(part) for part in name.split()]
    if len(parts) < 2:
        return None
    if _FEMALE_SURNAME.search(parts[-1]) or _FEMALE_GIVEN.search(parts[0]):
        return Gender.FEMALE
    return Gender.MALE if _MALE_SURNAME.search(parts[-1]) or _MALE_GIVEN.search(parts[0]) else None


_FEMALE_SURNAME = re.compile(r"(?:[oe]va|skaya|skaia|ska|cka|dottir|aite|iene)$")
_MALE_SURNAME = re.compile(r"(?:[oe]v|skiy|skyi|sky|ski|cki|sson|shvili|uulu)$")
_FEMALE_GIVEN = re.compile(r"(?:a|ine|elle|ette|lyn|een)$")
_MALE_GIVEN = re.compile(r"(?:o|os|us|er|ert|ard|ald|av|im|ik|ek|on|or|an)$")


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower().replace("ł", "l").replace("ø", "o").replace("ı", "i"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip(".,'’")

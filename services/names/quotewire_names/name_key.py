"""The key of a name: equal for all spellings of one name, different for different names.

``name_key("Volodymyr Zelenskyy") == name_key("Volodymyr Zelensky") == "volodymyr zelenski"``. A pure function of the
string, without an article, a database or a model: a consumer can compute the key of its own names and compare.
It folds letters (accents, umlauts, romanisations); it never decides that two different names are one person.
In doubt, names keep different keys: an alias in the store corrects a missed merge, and a wrong merge is a false fact.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from quotewire_names.combining_marks import limit_combining_marks
from quotewire_names.word_lists import groups, words

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME_KEY_VERSION: Final = 1
"""Increased by every change that gives a name another key: keys of different versions must not be compared."""

CACHE_SIZE = 20_000
"""Names whose key is cached: a day of news names some thousands of people; 20,000 entries take about 5 MB."""

_POSSESSIVE = re.compile(r"(?<=[\w.])['’`´](?:s|S)?(?=\s*$)")
_LEADING = re.compile(r"^(?:(?:the|mr|mrs|ms|mx|dr|prof|sir|dame|sen|rep|gov|gen|rev)\b\.?\s+(?=\S))+", re.IGNORECASE)
_INSIDE_MARKS = re.compile(r"['’‘`´ʻʼʿʾ.]")
_WORD = re.compile(r"[^\W_]+")

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "ng",
     "ə": "a"}
)  # fmt: skip
"""Letters that Unicode does not decompose into a base and an accent."""

_ENDINGS: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # đ before -ić is a Serbian or Croatian Đ, which newspapers write as dj: Đoković, Djokovic. Elsewhere it is d.
        (r"đ(?=.*ic$)", "dj"),
    )
)

_FOLDS: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # Umlauts written as two letters: Mueller, Schroeder, Haegele. Not in Samuel, Joel, Michael, Guerra, Joe.
        (r"(?<=[^aeiougq])ue(?!l$)(?=[^aeiouy])", "u"),
        (r"(?<=[^aeiou])oe(?!l$|v)(?=[^aeiouy])", "o"),
        (r"(?<=[^aeiou])ae(?!l$|v)(?=[^aeioy])", "a"),
        (r"^ue(?=[^aeiouy])", "u"),
        (r"^oe(?=[^aeiouy])", "o"),
        # Endings of Slavic surnames: -skyy, -skiy, -skyi, -skii, -sky, -ski; -tskyi and -cki; feminine -skaya, -skaia.
        (r"(?<=[skc])k(?:yy|iy|yi|ii|ij|yj|y|i|ii)$", "ki"),
        (r"sk(?:aya|aia|aja)$", "ska"),
        # Valeriy, Andrii, Zaluzhnyi: the romanised -й, never at the end of an English name.
        (r"(?<=[^aeiou])(?:iy|ii|ij|yi|yy|yj)$", "y"),
        # Abramovich, Abramovitch, Abramović; Vučić, Vucich.
        (r"(?<=[vcjnd])i(?:tch|tsch|ch|c)$", "ic"),
        # Nazarbayev, Dostoyevsky: a glide between vowels that only some romanisations write.
        (r"(?<=[aeio])y(?=ev(?:a|$|sk))", ""),
        # Mariya, Yuliia; Tatyana, Podolyak: ya as ia. Not after r: Bryan and Brian are two names.
        (r"i[iy]a$", "ia"),
        (r"(?<=[dlnstvz])y(?=[au])", "i"),
        # Aleksandr and Alexandr; not Banks, not Jackson (the c stays before the x).
        (r"ks(?=.)", "x"),
    )
)
_DOUBLE = re.compile(r"([bcdfghjklmpqrstvwxz])\1|nn(?!a$)")
"""Double consonants, which romanisations use inconsistently (Hussein, Husein). Not -nna: Joanna is not Joana."""

_MIN_LETTERS_TO_UNDOUBLE = 7
"""Shorter words keep their double consonants: Hall and Hal, Fattah and Fatah have different keys."""

_ARABIC_ARTICLES = frozenset({"al", "el", "ul", "ad", "ar", "as", "az", "an", "at", "ash", "esh", "ed", "er"})
"""Romanisations of the Arabic article, also assimilated to its consonant: al-Assad, el-Sisi, ash-Sharaa, ar-Rashid."""

_ABD = frozenset({"abd", "abdel", "abdul", "abdal", "abdoul"})
"""Arabic for servant of: one word with the next, in every spelling (Abdel Fattah, Abd al-Fattah, Abdulfattah)."""


@lru_cache(maxsize=CACHE_SIZE)
def name_key(name: str) -> str:
    """Return the key of a name; empty if the string has no letter or digit.

    Possessive, leading article and courtesy title (the Kremlin's, Mr. Smith) are dropped. Generation suffixes (Donald
    Trump Jr.) and initials are kept: George W. and George H. W. Bush are two people.
    """
    text = unicodedata.normalize("NFKC", limit_combining_marks(name)).strip()
    text = _LEADING.sub("", _POSSESSIVE.sub("", text))
    text = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    folded = [_word_key(word) for word in _split(text)]
    key = " ".join(_join_given_name(folded))
    return _phrases().get(key, key)


def _split(text: str) -> list[str]:
    """Return the words of a name, without the Arabic article, and with Abd- joined to the next word."""
    found: list[str] = []
    pending = ""
    clean = _INSIDE_MARKS.sub("", text)
    matches = list(_WORD.finditer(clean))
    for number, match in enumerate(matches):
        word = match.group()
        hyphen = clean[match.end() : match.end() + 1] in {"-", "‑", "–"}
        last = number == len(matches) - 1
        if word in _ARABIC_ARTICLES and not last:
            free = word in {"al", "el", "ul"} and (found or matches[number + 1].group() in words("after_al.txt"))
            if hyphen or pending or free:
                continue
        if word in _ABD and not last:
            pending = "abdul"
            continue
        found.append(pending + word)
        pending = ""
    return found


def _join_given_name(parts: list[str]) -> list[str]:
    """Join a given name of two syllables after its family name: Kim Jong-un, Kim Jong Un, Kim Jongun."""
    if len(parts) == 3 and parts[0] in words("surnames_first.txt") and all(part.isalpha() for part in parts):
        given = parts[1] + parts[2]
        return [parts[0], _spellings().get(given, given)]
    return parts


def _word_key(word: str) -> str:
    folded = _fold(word)
    return _spellings().get(folded, folded)


def _fold(word: str) -> str:
    for pattern, replacement in _ENDINGS:
        word = pattern.sub(replacement, word)
    word = word.translate(_LETTERS)
    for pattern, replacement in _FOLDS:
        word = pattern.sub(replacement, word)
    if len(word) >= _MIN_LETTERS_TO_UNDOUBLE:
        word = _DOUBLE.sub(lambda match: match.group()[0], word)
    return word


@cache
def _spellings() -> Mapping[str, str]:
    """Return the table of spellings, with its words folded like those of a name."""
    table: dict[str, str] = {}
    for word, first in groups("spellings.txt").items():
        key = _fold(first)
        if table.setdefault(_fold(word), key) != key:
            message = f"word_lists/spellings.txt: {word!r} folds to a word of another line, {table[_fold(word)]!r}"
            raise ValueError(message)
    return MappingProxyType(table)


@cache
def _phrases() -> Mapping[str, str]:
    """Return the whole names that have two forms, folded word by word."""

    def folded(phrase: str) -> str:
        return " ".join(_word_key(word) for word in phrase.split())

    return MappingProxyType({folded(variant): folded(first) for variant, first in groups("phrases.txt").items()})

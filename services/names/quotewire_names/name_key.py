"""The key of a name: the same for all spellings of one name, another for another name.

``name_key("Volodymyr Zelenskyy") == name_key("Volodymyr Zelensky") == "volodymyr zelenski"``. A pure function of the
string: no article, no database and no model is asked, so a consumer may compute it for a name of its own and compare.
It folds letters (accents, umlauts, romanisations); it never decides that two different names are one person.
When in doubt it keeps names apart: a missed merge is mended by an alias in the store, a false one is a false fact.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from quotewire_names.word_lists import groups, words

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME_KEY_VERSION: Final = 1
"""Grows with every change that gives a name another key: keys of two versions must not be compared."""

REMEMBERED = 20_000
"""Names whose key is kept in memory: a day of news names some thousands of people; 20,000 entries are about 5 MB."""

_POSSESSIVE = re.compile(r"(?<=[\w.])['’`´](?:s|S)?(?=\s*$)")
_LEADING = re.compile(r"^(?:the|mr|mrs|ms|mx|dr|prof|sir|dame|sen|rep|gov|gen|rev)\b\.?\s+(?=\S)", re.IGNORECASE)
_INSIDE_MARKS = re.compile(r"['’‘`´ʻʼʿʾ.]")
_WORD = re.compile(r"[^\W_]+")

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "ng",
     "ə": "a"}
)  # fmt: skip
"""Letters that Unicode does not take apart into a base and an accent."""

_ENDINGS: Final = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        # đ before -ić is a Serbian or Croatian Đ, written dj by newspapers: Đoković, Djokovic. Elsewhere it is a d.
        (r"đ(?=.*ic$)", "dj"),
    )
)

_FOLDS: Final = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        # Umlauts written out: Mueller, Schroeder, Haegele. Not in Samuel, Joel, Michael, Guerra, nor at the end (Joe).
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
        # Nazarbayev, Dostoyevsky: a glide between vowels that half of the romanisations write.
        (r"(?<=[aeio])y(?=ev(?:a|$|sk))", ""),
        # Mariya, Yuliia; Tatyana, Podolyak: ya as ia. Not after r: Bryan and Brian are two names.
        (r"i[iy]a$", "ia"),
        (r"(?<=[dlnstvz])y(?=[au])", "i"),
        # Aleksandr and Alexandr; not Banks, not Jackson (the c stays before the x).
        (r"ks(?=.)", "x"),
    )
)
_DOUBLE = re.compile(r"([bcdfghjklmpqrstvwxz])\1|nn(?!a$)")
"""Double consonants, which romanisations use as they like (Hussein, Husein). Not -nna: Joanna is not Joana."""

_LONG_ENOUGH = 7
"""Letters a word must have before a double consonant counts once: Hall and Hal, Fattah and Fatah stay apart."""

_ARTICLES = frozenset({"al", "el", "ul", "ad", "ar", "as", "az", "an", "at", "ash", "esh", "ed", "er"})
"""The Arabic article as it is romanised, before its consonant too: al-Assad, el-Sisi, ash-Sharaa, ar-Rashid."""

_ABD = frozenset({"abd", "abdel", "abdul", "abdal", "abdoul"})
"""Servant of …: one word with what follows, however it is written (Abdel Fattah, Abd al-Fattah, Abdulfattah)."""


@lru_cache(maxsize=REMEMBERED)
def name_key(name: str) -> str:
    """Fold a name to its key; empty where the string holds no letter or digit.

    Possessive, leading article and courtesy title (the Kremlin's, Mr. Smith) do not count; generation suffixes do
    (Donald Trump Jr.), and so do initials: George W. and George H. W. Bush are two people.
    """
    text = unicodedata.normalize("NFKC", name).strip()
    text = _POSSESSIVE.sub("", text)
    while (shorter := _LEADING.sub("", text)) != text:
        text = shorter
    text = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    folded = [_word_key(word) for word in _parts(text)]
    key = " ".join(_joined(folded))
    return _phrases().get(key, key)


def _parts(text: str) -> list[str]:
    """Words of the name, the Arabic article left out and Abd- joined to what follows."""
    found: list[str] = []
    pending = ""
    clean = _INSIDE_MARKS.sub("", text)
    matches = list(_WORD.finditer(clean))
    for number, match in enumerate(matches):
        word = match.group()
        hyphen = clean[match.end() : match.end() + 1] in {"-", "‑", "–"}
        last = number == len(matches) - 1
        if word in _ARTICLES and not last:
            free = word in {"al", "el", "ul"} and (found or matches[number + 1].group() in words("after_al.txt"))
            if hyphen or pending or free:
                continue
        if word in _ABD and not last:
            pending = "abdul"
            continue
        found.append(pending + word)
        pending = ""
    return found


def _joined(parts: list[str]) -> list[str]:
    """Join a given name of two syllables that follows its family name: Kim Jong-un, Kim Jong Un, Kim Jongun."""
    if len(parts) == 3 and parts[0] in words("surnames_first.txt") and all(part.isalpha() for part in parts):
        given = parts[1] + parts[2]
        return [parts[0], _spellings().get(given, given)]
    return parts


def _word_key(word: str) -> str:
    folded = _fold(word)
    return _spellings().get(folded, folded)


def _fold(word: str) -> str:
    for pattern, put in _ENDINGS:
        word = pattern.sub(put, word)
    word = word.translate(_LETTERS)
    for pattern, put in _FOLDS:
        word = pattern.sub(put, word)
    if len(word) >= _LONG_ENOUGH:
        word = _DOUBLE.sub(lambda match: match.group()[0], word)
    return word


@cache
def _spellings() -> Mapping[str, str]:
    """The table of spellings, its words folded as those of a name are."""
    table: dict[str, str] = {}
    for word, first in groups("spellings.txt").items():
        key = _fold(first)
        if table.setdefault(_fold(word), key) != key:
            message = f"word_lists/spellings.txt: {word!r} folds to a word of another line, {table[_fold(word)]!r}"
            raise ValueError(message)
    return MappingProxyType(table)


@cache
def _phrases() -> Mapping[str, str]:
    """Whole names with two forms, folded word by word."""

    def folded(phrase: str) -> str:
        return " ".join(_word_key(word) for word in phrase.split())

    return MappingProxyType({folded(variant): folded(first) for variant, first in groups("phrases.txt").items()})

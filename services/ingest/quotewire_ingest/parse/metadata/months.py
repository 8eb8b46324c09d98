"""Recognise names of months, as Unicode's locale data (CLDR) writes them in the languages of news."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# With variants that use other names: Austria (Jänner), the Levant and the Maghreb, Latin letters for Serbian.
_LOCALES = (
    "en", "en_GB", "en_AU", "de", "de_AT", "fr", "fr_CA", "es", "es_PE", "it", "pt", "nl", "pl", "cs", "sk", "hu", "ro",
    "uk", "ru", "be", "bg", "mk", "sr", "sr_Latn", "hr", "bs", "sl", "el", "tr", "az", "ar", "ar_LB", "ar_DZ", "he",
    "fa", "ur", "hi", "bn", "th", "id", "ms", "fil", "sw", "sv", "da", "nb", "fi", "is", "et", "lv", "lt", "sq", "ca",
    "gl", "eu", "ga", "ka", "hy", "kk", "af",
)  # fmt: skip
# Spellings that newspapers use and CLDR does not list.
_MORE_NAMES = {"sept": 9, "febr": 2, "setiembre": 9, "maerz": 3}
# A word with a full stop may be shortened in a way of its own, to so many letters at least.
_MIN_SHORTENED = 3
# Prepositions that a language writes together with the month: Catalan d'abril, Hebrew for "in March".
_JOINED = ("d'", "d’", "ב")


def month_number(word: str, language: str | None) -> int:
    """Return 1 to 12, or 0 for a word that names no month.

    A word that names different months in different languages (`listopad`) counts only in the page's ``language``.
    """
    name = _comparable(word)
    bare = next((name[len(start) :] for start in _JOINED if name.startswith(start)), name)
    for known in (_names_of(language or ""), _names_of("en")):
        if found := known.get(name) or known.get(bare):
            return found
    if word.endswith(".") and len(name) >= _MIN_SHORTENED:
        starting = {number for known, number in _names_of(language or "").items() if known.startswith(name)}
        if len(starting) == 1:
            return starting.pop()
    return _all_names().get(name) or _all_names().get(bare) or 0


def _comparable(word: str) -> str:
    """Lower case, without full stops and without the accents that capital letters often lack."""
    folded = unicodedata.normalize("NFD", word.casefold().replace(".", "").strip("׳'’"))
    # Marks of Thai, Hindi or Hebrew are letters of the word; only those of Latin, Greek and Cyrillic are accents.
    return "".join(char for char in folded if not 0x300 <= ord(char) <= 0x36F)


@lru_cache(maxsize=64)
def _names_of(language: str) -> dict[str, int]:
    """The names in all locales of a language (`de` includes `de_AT`)."""
    locales = [locale for locale in _LOCALES if language and locale.split("_")[0] == language]
    return {name: number for locale in locales for name, number in _names_in_locale(locale)}


@lru_cache(maxsize=1)
def _all_names() -> dict[str, int]:
    """The names that stand for one month only, whatever the language."""
    numbers: dict[str, set[int]] = {name: {number} for name, number in _MORE_NAMES.items()}
    for locale in _LOCALES:
        for name, number in _names_in_locale(locale):
            numbers.setdefault(name, set()).add(number)
    return {name: number for name, (number, *others) in numbers.items() if not others}


def _names_in_locale(locale: str) -> Iterator[tuple[str, int]]:
    from babel import Locale  # 30 ms, and only pages that state their date in words need it

    for forms in Locale.parse(locale).months.values():
        for width in ("wide", "abbreviated"):
            for number, name in forms[width].items():
                last = _comparable(name.split()[-1])  # Catalan "de març"; in Vietnamese the last word is a number
                if not last[0].isdigit():
                    yield last, number

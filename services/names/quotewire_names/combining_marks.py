"""Bound the combining marks in a row: normalising a text takes time that grows with the square of their number."""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS = 30
"""Marks in a row that are kept. Source: the stream-safe text format of Unicode (UAX #15), for which no word of any
language has as many."""

_SHORT = 500
"""Code points below which a run of marks takes no time that matters."""

# No mark is a letter, a digit or white space, except the two of half-width Katakana. The first sign is a set of its
# own, because a search for one sign is the fast one.
_POSSIBLE_MARKS = re.compile(rf"[^\x00-\u02ff](?:[^\w\s\x00-\u02ff]|[\uff9e\uff9f]){{{MAX_MARKS},}}")


def limit_combining_marks(text: str) -> str:
    """Return the text with at most ``MAX_MARKS`` combining marks in a row; the others are dropped."""
    if len(text) < _SHORT or text.isascii():
        return text
    return _POSSIBLE_MARKS.sub(_limit, text)


def _limit(match: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in match.group():
        marks = marks + 1 if _is_mark(character) else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _is_mark(character: str) -> bool:
    """Whether a character is a mark, or is decomposed into marks."""
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) > 0

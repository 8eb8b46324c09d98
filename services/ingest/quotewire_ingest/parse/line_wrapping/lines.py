"""The lines of a plain text as the rules for hard-wrapped text see them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

# Lines that e-mail programs quote, to any depth.
_QUOTE_PREFIX = re.compile(r"(?:>[ \t]?)+")
_TAB_WIDTH = 4
# Columns of a table. Justified text has gaps of two blanks, and so has the end of a sentence on a typewriter.
_COLUMNS = re.compile(r"\S(?: {3,}|\t)\S|^\||\|.*\|")
# An address alone in its line.
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+$|[\w.-]+\.[a-z]{2,6}(?:/\S*)?$")
_END = re.compile(r"[.!?:;…。！？।؟][\"”’»“')\]]*$")
_HYPHEN_AT_END = re.compile(r"[^\W\d_][-\u2010\u00ad]$")
_BULLET = re.compile(r"[*•·▪►‣◦]\s+\S")
_DASH = re.compile(r"[-–—]\s*\S")
_NUMBER = re.compile(r"(?:\d{1,2}|[a-z])[.)]\s+\S")
# From here on, characters are two columns wide (Chinese, Japanese, Korean).
_FIRST_WIDE = "\u2e80"
# Columns that a wrapper of Chinese or Japanese leaves free: a mark that may not begin a line takes the character before
# it to the next.
_UNSPACED_WORD = 4


class Marker(Enum):
    """What begins an item of a list or a turn of a dialogue."""

    BULLET = auto()
    DASH = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class WrappedLine:
    """A line that is not blank."""

    raw: str
    depth: int
    """How often an e-mail program has quoted it."""
    prefix: str
    """The marks of the quoting program."""
    indent: int
    text: str
    """Without prefix and without blanks at its ends."""
    length: int
    """Columns up to the place where the line breaks."""
    marker: Marker | None
    is_structure: bool
    """Whether it is a row of a table, an address, or a rule without words."""
    ends_sentence: bool
    """Whether it ends with a full stop or its like, a colon or a semicolon."""
    ends_in_hyphen: bool
    """Whether it ends in a letter and a hyphen."""

    def first_word_length(self) -> int:
        """Return the columns of the word that a wrapper would have moved to the line before."""
        if is_unspaced(self.text[0]):
            return _UNSPACED_WORD
        return len(self.text.split(maxsplit=1)[0])


def parse_line(raw: str) -> WrappedLine | None:
    """Parse a line; None for a blank one."""
    match = _QUOTE_PREFIX.match(raw)
    prefix = match[0] if match else ""
    rest = raw[len(prefix) :]
    text = rest.strip()
    if not text:
        return None
    indent = len(rest[: len(rest) - len(rest.lstrip())].expandtabs(_TAB_WIDTH))
    wide = 0 if text.isascii() else sum(character >= _FIRST_WIDE for character in text)
    return WrappedLine(
        raw, prefix.count(">"), prefix, indent, text, indent + len(text) + wide, _marker_of(text),
        bool(_COLUMNS.search(text) or _ADDRESS.match(text)) or not any(map(str.isalnum, text)),
        bool(_END.search(text)), bool(_HYPHEN_AT_END.search(text)),
    )  # fmt: skip


def _marker_of(text: str) -> Marker | None:
    for pattern, marker in ((_BULLET, Marker.BULLET), (_DASH, Marker.DASH), (_NUMBER, Marker.NUMBER)):
        if pattern.match(text):
            return marker
    return None


def continues(line: WrappedLine, following: WrappedLine) -> bool:
    """Whether the second line surely continues a sentence of the first: it begins with a small letter.

    In scripts without capitals, and in texts that are all capitals, any letter counts.
    """
    if line.ends_sentence or line.is_structure or following.is_structure or following.marker:
        return False
    first = following.text[0]
    has_no_case = unicodedata.category(first) == "Lo" or (is_all_capitals(line) and is_all_capitals(following))
    return first.islower() or has_no_case


def is_all_capitals(line: WrappedLine) -> bool:
    """Whether a line has capitals and no small letters."""
    return line.text.isupper()


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script that writes words without blanks (kana, Chinese, Thai)."""
    return "\u3000" <= character <= "\u9fff" or "\u0e00" <= character <= "\u0e7f" or "\uff00" <= character <= "\uffef"

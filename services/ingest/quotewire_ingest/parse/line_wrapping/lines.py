"""The lines of a plain text as the rules for hard-wrapped text see them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Lines that e-mail programs quote, to any depth.
_QUOTE_PREFIX = re.compile(r"(?:>[ \t]?)+")
_TAB_WIDTH = 4
# Columns of a table. Justified text has gaps of two blanks, and so has the end of a sentence on a typewriter.
_COLUMNS = re.compile(r"\S(?: {3,}|\t)\S|^\||\|.*\|")
_END = re.compile(r"[.!?:;…。！？।؟][\"”’»“')\]]*$")
_HYPHEN_AT_END = re.compile(r"[^\W\d_][-\u2010\u00ad]$")


@dataclass(frozen=True, slots=True)
class WrappedLine:
    """A line that is not blank."""

    raw: str
    prefix: str
    """The marks of a quoting e-mail program."""
    indent: int
    text: str
    """Without prefix and without blanks at its ends."""

    @property
    def length(self) -> int:
        """Characters up to the place where the line breaks."""
        return self.indent + len(self.text)

    @property
    def is_structure(self) -> bool:
        """Whether it is a row of a table, or a rule without words."""
        return bool(_COLUMNS.search(self.text)) or not any(map(str.isalnum, self.text))

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends with a full stop or its like, a colon or a semicolon."""
        return bool(_END.search(self.text))

    @property
    def ends_in_hyphen(self) -> bool:
        """Whether it ends in a letter and a hyphen."""
        return bool(_HYPHEN_AT_END.search(self.text))

    def first_word_length(self) -> int:
        """Return the length of the word that a wrapper would have moved to the line before."""
        if is_unspaced(self.text[0]):
            return 0
        return len(self.text.split(maxsplit=1)[0])


def parse_line(raw: str) -> WrappedLine | None:
    """Parse a line; None for a blank one."""
    match = _QUOTE_PREFIX.match(raw)
    prefix = match[0] if match else ""
    rest = raw[len(prefix) :]
    text = rest.strip()
    if not text:
        return None
    blanks = rest[: len(rest) - len(rest.lstrip())]
    return WrappedLine(raw, prefix, len(blanks.replace("\t", " " * _TAB_WIDTH)), text)


def continues(line: WrappedLine, following: WrappedLine) -> bool:
    """Whether the second line surely continues a sentence of the first: it begins with a small letter.

    In scripts without capitals, and in texts that are all capitals, any letter counts.
    """
    if line.ends_sentence or line.is_structure or following.is_structure:
        return False
    first = following.text[0]
    return (
        first.islower() or unicodedata.category(first) == "Lo" or (is_all_capitals(line) and is_all_capitals(following))
    )


def is_all_capitals(line: WrappedLine) -> bool:
    """Whether a line has capitals and no small letters."""
    return line.text.isupper()


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script that writes words without blanks (kana, Chinese, Thai)."""
    return "\u3000" <= character <= "\u9fff" or "\u0e00" <= character <= "\u0e7f" or "\uff00" <= character <= "\uffef"

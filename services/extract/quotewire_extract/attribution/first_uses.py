"""Where each word of an article is first used."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_JOINS_WORDS = frozenset("-’'.&")
MAX_JOINED = 3
"""Words of the longest compound that is looked for ("commander-in-chief")."""


class FirstUses:
    """The first uses of the words of a text, and of compounds ("vice-president"); collected when first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[str, int] = {}

    def before(self, noun: str, position: int) -> bool:
        """Whether a noun, given in lower case, stands before a position, also with the s of a plural."""
        if not self._ends:
            self._collect()
        ends = (self._ends.get(form) for form in (noun, f"{noun}s"))
        return any(end is not None and end <= position for end in ends)

    def _collect(self) -> None:
        starts: tuple[int, ...] = ()  # of the compounds that end with this word
        end = -1
        for word in _WORD.finditer(self._text):
            joined = word.start() == end + 1 and self._text[end] in _JOINS_WORDS
            starts = (*starts[1 - MAX_JOINED :], word.start()) if joined else (word.start(),)
            end = word.end()
            for start in starts:
                self._ends.setdefault(self._text[start:end].lower(), end)

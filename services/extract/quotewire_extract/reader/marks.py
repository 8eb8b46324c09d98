"""Quotation marks: which of them belong together, and the stretches of text between them.

Newspapers write “…”, "…", ''…'', ``…'', «…», „…“, ‘…’ and '…', mix them, forget one, and open every paragraph of a
long quotation without closing the paragraph before. A pair never reaches over a line's end: what is still open there
ends there, and the next paragraph's own mark opens it again.

The reader's encoder is trained with these stretches as a feature: a change here asks for a new training run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OPENING = frozenset("“„«")
CLOSING = frozenset("”»")
STRAIGHT = frozenset('"＂')  # the same sign opens and closes
SINGLE_OPENING = frozenset("‘'`")
TYPEWRITTEN = frozenset(("``", "''"))  # two signs that stand for one double mark; '' on either side

LONGEST_SINGLE = 400
"""Code points within which a single mark must close: beyond, it was an apostrophe. Newspaper sentences end by then."""

_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True, order=True)
class Marked:
    """A stretch of text in quotation marks, marks included. ``single`` is true for ‘…’ and '…'."""

    start: int
    end: int
    single: bool = False


def marked_stretches(text: str) -> list[Marked]:
    """Find every stretch in quotation marks, in order of its start.

    Double marks nest nothing: an opening mark inside an open stretch closes it and begins anew. Single marks count
    outside double ones only.
    """
    found: list[Marked] = []
    if not _ANY_MARK.search(text):
        return found
    for line in _LINE.finditer(text):
        found += _in_line(text, line.start(), line.end())
    return sorted(found)


_ANY_MARK = re.compile("[" + re.escape("".join(sorted(OPENING | CLOSING | STRAIGHT | SINGLE_OPENING))) + "]")


def _in_line(text: str, begin: int, end: int) -> list[Marked]:
    found: list[Marked] = []
    start: int | None = None
    i = begin
    while mark := _ANY_MARK.search(text, i, end):
        i = mark.start()
        sign, width = text[i], 2 if text[i : i + 2] in TYPEWRITTEN else 1
        if start is None:
            if sign in OPENING or sign in STRAIGHT or width == 2:
                start = i
            elif sign in SINGLE_OPENING and not (i > begin and text[i - 1].isalnum()):
                width = 1
                close = _single_close(text, i, end)
                if close is not None:
                    found.append(Marked(i, close + 1, single=True))
                    width = close + 1 - i
        elif sign in CLOSING or sign in STRAIGHT or text[i : i + 2] == "''":
            found.append(Marked(start, i + width))
            start = None
        elif sign in OPENING:
            found.append(Marked(start, i))
            start = i
        else:
            width = 1
        i += width
    if start is not None:
        found.append(Marked(start, end))
    return found


def _single_close(text: str, opening: int, end: int) -> int | None:
    """Where the single mark at ``opening`` closes; None where it is an apostrophe ('90s, rock 'n' roll)."""
    first = opening + 1
    if first >= end or text[first].isspace() or text[first].isdigit():
        return None
    closing = "’" if text[opening] == "‘" else "'"
    for i in range(first, min(end, first + LONGEST_SINGLE)):
        sign = text[i]
        if sign in OPENING or sign in STRAIGHT:
            return None
        if sign == closing:
            after = text[i + 1] if i + 1 < end else " "
            possessive = text[opening] == "'" and text[i - 1] == "s" and after == " "
            if not after.isalnum() and not possessive:
                return i
    return None

"""Quotation marks as the scorer pairs them.

The kinds of quotations (direct, mixed, indirect) are derived from these spans. They are the scorer's own and do not
change: a score must not move because the tagger pairs marks in a better way.
"""

from __future__ import annotations

import re

from quotewire_training.spans import Stretch

_OPENING, _CLOSING, _STRAIGHT = "“„«", "”»", '"＂'
_LINE = re.compile(r"[^\n]+")

_MAX_SINGLE = 400
"""Code points within which a single mark must close; else it was an apostrophe."""


def marked(text: str) -> list[Stretch]:
    """Return the spans between double marks, marks included, and between single ones outside of them.

    A span that is open at the end of a line ends there; mixed pairs (“…") are accepted; an opening mark inside an open
    span starts a new one.
    """
    found: list[Stretch] = []
    for line in _LINE.finditer(text):
        found += _in_line(text, *line.span())
    return sorted(found)


def _in_line(text: str, begin: int, end: int) -> list[Stretch]:
    found: list[Stretch] = []
    start: int | None = None
    i = begin
    while i < end:
        sign, two = text[i], text[i : i + 2]
        if start is None:
            if sign in _OPENING or sign in _STRAIGHT:
                start = i
            elif two in ("``", "''"):
                start = i
                i += 1
            elif sign in "‘'`" and not (i > begin and text[i - 1].isalnum()):
                close = _single_close(text, i, end)
                if close is not None:
                    found.append((i, close + 1))
                    i = close
        elif sign in _CLOSING or sign in _STRAIGHT or two == "''":
            stop = i + (2 if two == "''" else 1)
            found.append((start, stop))
            start, i = None, stop - 1
        elif sign in _OPENING:
            found.append((start, i))
            start = i
        i += 1
    if start is not None:
        found.append((start, end))
    return found


def _single_close(text: str, opening: int, end: int) -> int | None:
    first = opening + 1
    if first >= end or text[first].isspace() or text[first].isdigit():  # '90s
        return None
    closing = "’" if text[opening] == "‘" else "'"
    for i in range(first, min(end, first + _MAX_SINGLE)):
        if text[i] in _OPENING or text[i] in _STRAIGHT:
            return None
        after = text[i + 1] if i + 1 < end else " "
        possessive = text[opening] == "'" and text[i - 1] == "s" and after == " "
        if text[i] == closing and not after.isalnum() and not possessive:
            return i
    return None

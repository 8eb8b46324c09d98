"""Pair the quotation marks of a text and find the spans between them.

Newspapers write “…”, "…", ''…'', ``…'', «…», »…«, „…“, ”…”, ‘…’ and '…', mix them, forget one, and open every
paragraph of a long quotation without closing the paragraph before. A pair never crosses the end of a line: a mark that
is still open ends with its line, and the next paragraph's own mark opens it again.

The tagger's encoder is trained with these spans as a feature: a change here needs a new training run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CLOSED_BY = {
    "“": '”"＂',
    "„": '“”"＂',
    "«": "»",
    "»": "«",
    "”": '”"',
    '"': '"”»＂',
    "＂": '＂"”',
    "``": '”"',
    "''": '”"',
}
"""Closing marks of each opening mark. Two apostrophes close all of them, because no word ends in two."""
SURELY_OPENING = frozenset("“„«")
FACING = frozenset('"＂”»')
"""Marks that open or close depending on their neighbours: a closing one follows a word or a full stop directly."""
SINGLE_OPENING = frozenset("‘'`")
TYPEWRITTEN = frozenset(("``", "''"))  # two characters for one double mark; '' can open and close

MAX_SINGLE = 400
"""Code points within which a single mark must close, else it was an apostrophe; newspaper sentences are shorter."""

_SINGLE_END = {closing: re.compile(f'[“„«"＂{closing}]') for closing in "’'"}
"""What ends the search for a single closing mark: the mark itself, or an opening double one."""

_LINE = re.compile(r"[^\n]+")
_INCH_GOES_ON = re.compile(r" [a-z]|-[a-z]")  # a 6" pipe, a 6"-wide pipe
_CONTRACTED = frozenset(("'n'", "’n’", "‘n’"))  # rock 'n' roll
_ANY_MARK = re.compile("[\"＂“”„«»‘'`]")


@dataclass(frozen=True, slots=True, order=True)
class MarkedSpan:
    """A span of text in quotation marks, marks included. ``single`` is true for ‘…’ and '…'."""

    start: int
    end: int
    single: bool = False


def marked_spans(text: str) -> list[MarkedSpan]:
    """Find every span in quotation marks, ordered by start.

    Of nested double marks the outermost pair counts; single marks count only outside double ones. A straight mark after
    a digit that closes nothing is an inch sign.
    """
    found: list[MarkedSpan] = []
    if _ANY_MARK.search(text):
        for line in _LINE.finditer(text):
            found += _in_line(text, line.start(), line.end())
    return sorted(found)


def _in_line(text: str, begin: int, end: int) -> list[MarkedSpan]:
    found: list[MarkedSpan] = []
    opened: list[tuple[int, str]] = []  # position and mark; several while quotations are nested
    i = begin
    while match := _ANY_MARK.search(text, i, end):
        at = match.start()
        sign = text[at : at + 2] if text[at : at + 2] in TYPEWRITTEN else text[at]
        i = at + len(sign)
        if opened and _closes(text, opened[-1][1], sign, at, begin, end):
            start, _ = opened.pop()
            while found and found[-1].start > start:  # spans nested in this one
                found.pop()
            found.append(MarkedSpan(start, i))
        elif _opens(text, sign, at, begin, end) and (not opened or _reopens(text, sign, at, begin, end)):
            opened.append((at, sign))
        elif not opened and sign in SINGLE_OPENING and not (at > begin and text[at - 1].isalnum()):
            close = _single_close(text, at, end)
            if close is not None:
                found.append(MarkedSpan(at, close + 1, single=True))
                i = close + 1
        elif len(sign) > 1:
            i = at + 1
    return found + _unclosed(found, [at for at, _ in opened], end) if opened else found


def _unclosed(found: list[MarkedSpan], opened: list[int], end: int) -> list[MarkedSpan]:
    """Return the spans that were never closed: each ends where the next one begins, the last one with the line."""
    begun = sorted({*opened, *(span.start for span in found)})
    ends = dict(zip(begun, [*begun[1:], end], strict=True))
    return [MarkedSpan(at, ends[at]) for at in opened]


def _opens(text: str, sign: str, at: int, begin: int, end: int) -> bool:
    if sign in SURELY_OPENING or len(sign) > 1:
        return True
    if sign not in FACING:
        return False
    before, after = _around(text, at, begin, end)
    if sign in "”»":  # Swedish and Danish newspapers open with them
        return not before.isalnum() and after.isalnum()
    leans_left = before and not before.isspace() and (not after or after.isspace())
    return not (leans_left or (before.isdigit() and not after.isalnum()))


def _reopens(text: str, sign: str, at: int, begin: int, end: int) -> bool:
    """Whether a mark opens although another is open: a nested quotation, or the one before was never closed."""
    return sign in SURELY_OPENING or (sign in FACING and _faces_right(text, at, begin, end))


def _closes(text: str, opening: str, sign: str, at: int, begin: int, end: int) -> bool:
    if sign == "''":
        return True
    if sign not in CLOSED_BY[opening]:
        return False
    if sign in "”»" and opening in "”»":
        return True
    return sign not in FACING or not (_faces_right(text, at, begin, end) or _is_inch(text, at, begin, end))


def _is_inch(text: str, at: int, begin: int, end: int) -> bool:
    """Whether a straight mark after a digit is an inch sign, because a later one closes the quotation."""
    if not text[at - 1].isdigit() or not _INCH_GOES_ON.match(text, at + 1, end):
        return False
    later = text.find(text[at], at + 1, end)
    return later > 0 and not _faces_right(text, later, begin, end)


def _faces_right(text: str, at: int, begin: int, end: int) -> bool:
    """Whether a mark stands after a space and before a word: then it opens, even inside an open quotation."""
    before, after = _around(text, at, begin, end)
    return (not before or before.isspace()) and after.isalnum()


def _around(text: str, at: int, begin: int, end: int) -> tuple[str, str]:
    return text[max(at - 1, begin) : at], text[at + 1 : min(at + 2, end)]


def _single_close(text: str, opening: int, end: int) -> int | None:
    """Return where the single mark at ``opening`` closes, or None for an apostrophe ('90s, rock 'n' roll)."""
    first = opening + 1
    if first >= end or text[first].isspace() or text[first].isdigit() or text[opening : opening + 3] in _CONTRACTED:
        return None
    closing = "’" if text[opening] == "‘" else "'"
    for match in _SINGLE_END[closing].finditer(text, first, min(end, first + MAX_SINGLE)):
        i = match.start()
        if text[i] != closing:
            return None
        after = text[i + 1] if i + 1 < end else " "
        possessive = text[opening] == "'" and text[i - 1] == "s" and after == " "
        if not after.isalnum() and not possessive and text[i - 2 : i + 1] not in _CONTRACTED:
            return i
    return None

"""Drop lines that only look like quotations: headings in quotation marks, and teasers for other articles.

Nobody says their words in this article, but the tagger, trained on running text, sometimes takes them for quotations.
They are dropped, not flagged: no confidence makes them right.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import Quotation

_LINE = re.compile(r"[^\n]+")
_LIST_HEAD = re.compile(
    r"\s*(?:related|read more|see also|also read|read also|more on this|further reading|you may also like|recommended|"
    r"more from|top stories|most read|in other news|trending)\b[^.!?“\"]{0,40}:?\s*$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*[-–—•*·▪►]\s+\S")
_CUT_SHORT = re.compile(r"(?:…|\.\.\.)\s*$")
_MARKED_HEADING = re.compile(r"\s*[‘'“\"]([^‘’'“”\"]{2,60})[’'”\"]\s*$")
_SENTENCE_END = re.compile(r"[.!?,…]\s*$")

MAX_TEASER = 220
"""Code points of a teaser, title and first words of another article; the parser cuts its own at 90 to 160."""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def drop_teasers(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Drop the quotations inside a heading in quotation marks or a list of teasers."""
    if not quotations:
        return []
    lines = [_Line(match.start(), match.end(), match.group()) for match in _LINE.finditer(context.text)]
    starts = [line.start for line in lines]
    listed = _teaser_lines(lines)
    headings = {line.start for line in lines if _is_marked_heading(line)}
    kept: list[Quotation] = []
    for quotation in quotations:
        number = bisect_right(starts, quotation.start) - 1
        line = lines[number] if number >= 0 else None
        inside = line is not None and quotation.start < line.end and quotation.end <= line.end
        if (
            line is None
            or not inside
            or not (line.start in listed or (line.start in headings and _is_unattributed(line, quotation)))
        ):
            kept.append(quotation)
    return kept


def _teaser_lines(lines: Sequence[_Line]) -> set[int]:
    """Return where the lines of teaser lists start: items after "Related:", or neighbours that are cut short."""
    found: set[int] = set()
    under_head = False
    for number, line in enumerate(lines):
        if _LIST_HEAD.match(line.text):
            under_head = True
            continue
        under_head = under_head and _ITEM.match(line.text) is not None
        if under_head or (
            _cut_short(line) and any(_cut_short(x) for x in lines[max(0, number - 2) : number + 3] if x is not line)
        ):
            found.add(line.start)
    return found


def _cut_short(line: _Line) -> bool:
    return len(line.text) <= MAX_TEASER and _CUT_SHORT.search(line.text) is not None and "“" not in line.text


def _is_marked_heading(line: _Line) -> bool:
    """Whether a short line is only marked words without the end of a sentence."""
    match = _MARKED_HEADING.match(line.text)
    return match is not None and not _SENTENCE_END.search(match.group(1))


def _is_unattributed(line: _Line, quotation: Quotation) -> bool:
    """Whether a line has neither the cue nor the source of a quotation."""
    return all(span is None or not line.start <= span[0] < line.end for span in (quotation.cue, quotation.source))

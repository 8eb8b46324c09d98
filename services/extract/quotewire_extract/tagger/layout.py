"""Quotations that the layout attributes, without a verb: turns of a transcript, and quotations signed with a name.

The encoder has seen too few of them to learn them; their form says it all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from quotewire_extract.quotation import Quotation, Stretch
from quotewire_extract.tagger.marks import Marked

SCORE = 0.9
"""Given to what the layout attributes; 23 of 24 such quotations in PolNeAR's dev articles are right."""

TRANSCRIPT = "transcript"
"""The flag of a turn in a transcript: its words are verbatim, with or without quotation marks."""

LEAST_TURNS = 3
"""Turns that make a transcript, by two speakers at least; one "UPDATE: …" or "BYLINE: …" does not."""

_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ’'.-]*"
_TURN = re.compile(rf"^[“\"]?((?:{_CAPITALS})(?: {_CAPITALS}){{0,4}})(:) *(?=\S)", re.MULTILINE)
_GOES_ON = re.compile(r"\n+([“\"](?![A-ZÀ-Þ]{2,}[^\n:]{0,40}:)[^(\n][^\n]*)")
_SIGNED = re.compile(
    r"[^\S\n]*(―|—|–|-{1,2})[^\S\n]*"
    r"((?:[A-ZÀ-Þ][\w.’'-]*)(?: (?:[A-ZÀ-Þ][\w.’'-]*|de|da|di|del|der|van|von|bin|al|el|la|le)){0,5})"
    r"(?:, [^\n]{1,80})?[^\S\n]*(?=\n|\Z)"
)


def attributed_by_layout(text: str, marked: Sequence[Marked]) -> list[Quotation]:
    """Find them all; each with its source and, as cue, the colon or the dash."""
    return [*_turns(text), *_signed(text, marked)]


def _turns(text: str) -> Iterator[Quotation]:
    turns = list(_TURN.finditer(text))
    if len(turns) < LEAST_TURNS or len({turn.group(1) for turn in turns}) < 2:
        return
    for turn in turns:
        end = _line_end(text, turn.end())
        content = [(turn.end(), end)]
        if text[turn.start()] in '“"':  # a block quotation: further paragraphs of a turn open with a mark
            while following := _GOES_ON.match(text, end):
                end = following.end()
                content.append(following.span(1))
        yield _quotation(content, turn.span(2), turn.span(1), {TRANSCRIPT})


def _signed(text: str, marked: Sequence[Marked]) -> Iterator[Quotation]:
    for stretch in marked:
        begins_line = not text[text.rfind("\n", 0, stretch.start) + 1 : stretch.start].strip("•*-–— \t")
        signature = _SIGNED.match(text, stretch.end) if begins_line and not stretch.single else None
        if signature:
            yield _quotation([(stretch.start, stretch.end)], signature.span(1), signature.span(2), set())


def _quotation(content: list[Stretch], cue: Stretch, source: Stretch, flags: set[str]) -> Quotation:
    return Quotation(content, cue, source, kind="direct", score=SCORE, core=1.0, flags=flags)


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return start + len(text[start:end].rstrip())


def combined(read: Sequence[Quotation], layout: Sequence[Quotation]) -> list[Quotation]:
    """Put both together, in order of the text. Where they claim the same words or the same cue, the layout is right.

    A quotation whose cue stands inside a turn is reported by the one who speaks there, and stays.
    """
    if not layout:
        return list(read)
    found = list(layout)
    cues = {quotation.cue for quotation in layout}
    for quotation in read:
        if quotation.cue in cues:
            continue
        content = [stretch for stretch in quotation.content if not _taken(stretch, quotation.cue, layout)]
        if content:
            found.append(replace(quotation, content=content))
    return sorted(found, key=lambda quotation: quotation.start)


def _taken(stretch: Stretch, cue: Stretch | None, layout: Sequence[Quotation]) -> bool:
    for quotation in layout:
        for start, end in quotation.content:
            if stretch[0] < end and start < stretch[1] and not (cue and start <= cue[0] < end):
                return True
    return False

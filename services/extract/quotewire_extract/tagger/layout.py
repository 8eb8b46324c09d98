"""Find quotations that the layout attributes, without a verb: turns of transcripts, and quotations signed with a name.

The encoder has seen too few of them in training; their form is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from quotewire_extract.quotation import CharSpan, Quotation
from quotewire_extract.quotation_marks import MarkedSpan
from quotewire_extract.spans import SpanIndex
from quotewire_extract.turns import CAPITALS, find_turns

LAYOUT_SCORE = 0.9
"""Score of a quotation found by its layout; 23 of 24 of them in PolNeAR's dev articles are right."""

TRANSCRIPT = "transcript"
"""The flag of a turn in a transcript: its words are verbatim, with or without quotation marks."""

_CONTINUED = re.compile(r"\n+([“\"](?![A-ZÀ-Þ]{2,}[^\n:]{0,40}:)[^(\n][^\n]*)")
_LINE_HEAD = re.compile(r"^[•*\-–— \t]*", re.MULTILINE)
_SIGNED = re.compile(
    r"[^\S\n]*(―|—|–|-{1,2})[^\S\n]*"
    r"((?:[A-ZÀ-Þ][\w.’'-]*)(?: (?:[A-ZÀ-Þ][\w.’'-]*|de|da|di|del|der|van|von|bin|al|el|la|le)){0,5})"
    r"(?:, [^\n]{1,80})?[^\S\n]*(?=\n|\Z)"
)


def attributed_by_layout(text: str, marked: Sequence[MarkedSpan]) -> list[Quotation]:
    """Find all of them; each has its source and, as cue, the colon or the dash."""
    return [*_turns(text), *_signed(text, marked)]


def _turns(text: str) -> Iterator[Quotation]:
    turns = find_turns(text, CAPITALS)
    labels = {turn.label[0] for turn in turns}
    for turn in turns:
        end = turn.end
        content = [(turn.start, end)]
        if text[turn.label[0] - 1 : turn.label[0]] in {"“", '"'}:  # in a block quotation, a mark opens each paragraph
            while (continued := _CONTINUED.match(text, end)) and continued.start(1) + 1 not in labels:
                end = continued.end()
                content.append(continued.span(1))
        yield _quotation(content, turn.colon, turn.label, {TRANSCRIPT})


def _signed(text: str, marked: Sequence[MarkedSpan]) -> Iterator[Quotation]:
    heads = {match.end() for match in _LINE_HEAD.finditer(text)} if marked else set()
    for span in marked:
        signature = _SIGNED.match(text, span.end) if span.start in heads and not span.single else None
        if signature:
            yield _quotation([(span.start, span.end)], signature.span(1), signature.span(2), set())


def _quotation(content: list[CharSpan], cue: CharSpan, source: CharSpan, flags: set[str]) -> Quotation:
    return Quotation(content, cue, source, kind="direct", score=LAYOUT_SCORE, core=1.0, flags=flags)


def merge_with_layout(decoded: Sequence[Quotation], layout: Sequence[Quotation]) -> list[Quotation]:
    """Merge both lists in order of the text; where they share words or a cue, the layout is right.

    A quotation whose cue stands inside a turn is reported by the speaker of that turn and is kept.
    """
    if not layout:
        return list(decoded)
    merged = list(layout)
    cues = {quotation.cue for quotation in layout}
    spans = SpanIndex(span for quotation in layout for span in quotation.content)
    for quotation in decoded:
        if quotation.cue in cues:
            continue
        content = [span for span in quotation.content if not _covered(span, quotation.cue, spans)]
        if content:
            merged.append(replace(quotation, content=content))
    return sorted(merged, key=lambda quotation: quotation.start)


def _covered(span: CharSpan, cue: CharSpan | None, layout: SpanIndex) -> bool:
    return any(not (cue and start <= cue[0] < end) for start, end in layout.overlapping(*span))

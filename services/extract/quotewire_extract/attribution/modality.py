"""How quotations stand to each other and to the facts: nested, negated and hypothetical reports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.quotation import Quotation

NEGATED, HYPOTHETICAL = "negated", "hypothetical"

_NEGATION = re.compile(
    r"\b(?:not|never|n['’]t|denied|denies|deny|denying|declined|declines|refused|refuses|refusing|stopped short of|"
    r"without|no longer|neither|nor|cannot|failed to)\b|n['’]t\b",
    re.IGNORECASE,
)
_HYPOTHESIS = re.compile(
    r"\b(?:would|could|might|may|should|will|shall|if|unless|whether|expected to|likely to|hopes? to|wants? to|"
    r"plans? to|poised to|about to|supposed to|need(?:s|ed)? to|going to)\b|['’](?:ll|d)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:den(?:y|ies|ied|ying))\b", re.IGNORECASE)

BEFORE_CUE = 40
"""Code points before a cue in which its auxiliary can stand: "would probably also say" is 24."""


def link(text: str, quotations: Sequence[Quotation]) -> None:
    """Set ``parent`` of reports inside other quotations and the flags of negated and hypothetical reports."""
    for quotation in quotations:
        quotation.parent = _parent(quotation, quotations)
        if quotation.cue is None:
            continue
        cue = text[slice(*quotation.cue)]
        before = _clause_before(text, quotation)
        if (_NEGATION.search(cue) and not _DENIAL.search(cue)) or re.search(
            r"\b(?:not|never|no one|nobody)\s+(?:\w+\s+){0,2}$|n['’]t\s+(?:\w+\s+){0,1}$", before, re.IGNORECASE
        ):
            quotation.flags.add(NEGATED)
        if _HYPOTHESIS.search(cue) or re.search(
            r"\b(?:would|could|might|may|should|will|if|unless)\s+(?:\w+\s+){0,2}$", before, re.IGNORECASE
        ):
            quotation.flags.add(HYPOTHETICAL)


def _clause_before(text: str, quotation: Quotation) -> str:
    cue = quotation.cue
    assert cue is not None
    before = text[max(0, cue[0] - BEFORE_CUE) : cue[0]]
    return re.split(r"[.!?;:,“”\"\n]", before)[-1]


def _parent(quotation: Quotation, quotations: Sequence[Quotation]) -> int | None:
    """The smallest quotation whose content holds this one's cue and words."""
    best: tuple[int, int] | None = None
    for number, other in enumerate(quotations):
        apart = other.start > quotation.start or other.end < quotation.end
        if other is quotation or apart or not _holds(other, quotation):
            continue
        size = sum(end - start for start, end in other.content)
        if best is None or size < best[0]:
            best = (size, number)
    return best[1] if best else None


def _holds(outer: Quotation, inner: Quotation) -> bool:
    parts = [*inner.content, *([inner.cue] if inner.cue else [])]
    inside = all(any(a <= start and end <= b for a, b in outer.content) for start, end in parts)
    larger = sum(b - a for a, b in outer.content) > sum(b - a for a, b in inner.content)
    return inside and larger

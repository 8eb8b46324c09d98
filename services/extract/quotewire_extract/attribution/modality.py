"""Flag negated and hypothetical reports: words that were not said, or not yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
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

_NEGATED_BEFORE = re.compile(
    r"\b(?:not|never|no one|nobody)\s+(?:\w+\s+){0,2}$|n['’]t\s+(?:\w+\s+){0,1}$", re.IGNORECASE
)
_HYPOTHETICAL_BEFORE = re.compile(
    r"\b(?:would|could|might|may|should|will|if|unless)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)

BEFORE_CUE = 40
"""Code points before a cue in which its auxiliary can stand; "would probably also say" begins 24 before."""


def flag_modality(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Flag the quotations whose cue is negated ("did not say") or hypothetical ("would say")."""
    for quotation in quotations:
        if quotation.cue is None:
            continue
        cue = context.text[slice(*quotation.cue)]
        before = _clause_before(context.text, quotation.cue[0])
        if (_NEGATION.search(cue) and not _DENIAL.search(cue)) or _NEGATED_BEFORE.search(before):
            quotation.flags.add(NEGATED)
        if _HYPOTHESIS.search(cue) or _HYPOTHETICAL_BEFORE.search(before):
            quotation.flags.add(HYPOTHETICAL)
    return quotations


def _clause_before(text: str, cue: int) -> str:
    return re.split(r"[.!?;:,“”\"\n]", text[max(0, cue - BEFORE_CUE) : cue])[-1]

"""Nested speech: reports inside quotations are found, and linked to the quotation around them.

In "…, according to Vremya" the sentence itself may say who said it. The tagger assigns each word to one attribution,
the outer one. Where that only names the outlet, the inner one is wanted: it is added.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.attribution.roles import words_before_name
from quotewire_extract.quotation import Quotation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext

_OUTER = re.compile(
    r"\b(?:according to|report(?:s|ed|ing)?|quot(?:es|ed|ing)|cit(?:es|ed|ing)|wr(?:ites|ote))\b", re.IGNORECASE
)
_INNER = re.compile(
    r"\s+((?:has |have |had |also |later |earlier )*(?:said|says|saying|stated|states|warned|warns|announced|"
    r"claimed|claims|insisted|insists|argued|argues|added|adds|stressed|noted|told \w+))\s+(that\s+\w)"
)

MAX_NAME = 60
"""Code points before a content that begins with "said that" in which its subject's name can begin."""

NESTED_SCORE = 0.85
"""Score of a nested report found by its form: its end is that of the outer one, which is right about as often."""


def add_nested_reports(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Add the reports inside the words of outer reports that no quotation covers yet."""
    added: list[Quotation] = []
    for outer in quotations:
        if outer.cue is None or len(outer.content) != 1 or not _OUTER.search(context.text[slice(*outer.cue)]):
            continue
        start, end = outer.content[0]
        for named in context.mentions_between(start - MAX_NAME, end):
            if named.mention.end < start - 1:
                continue  # named before the content, and not right before it
            match = _INNER.match(context.text, named.mention.end, end)
            if match is None or context.is_marked(named.mention.start) or named.cluster.label == "NORP":
                continue
            known = any(q is not outer and q.cue and start <= q.cue[0] and q.cue[1] <= end for q in quotations)
            if not known and context.sentence(match.start()) == context.sentence(end - 1):
                title = words_before_name(context.text, named.mention.start)
                source = named.mention.start - (len(title) + 1 if title else 0), named.mention.end
                content = [(match.start(2), end)]
                added.append(Quotation(content, match.span(1), source, "indirect", NESTED_SCORE, outer.core))
            break
    return quotations + added


def link_parents(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Set ``parent`` of quotations inside other quotations; later steps must keep the order."""
    for quotation in quotations:
        quotation.parent = _parent(quotation, quotations)
    return quotations


def _parent(quotation: Quotation, quotations: Sequence[Quotation]) -> int | None:
    """Return the position of the smallest quotation whose content contains this one's cue and words."""
    best: tuple[int, int] | None = None
    for number, other in enumerate(quotations):
        outside = other.start > quotation.start or other.end < quotation.end
        if other is quotation or outside or not _contains(other, quotation):
            continue
        size = _size(other)
        if best is None or size < best[0]:
            best = (size, number)
    return best[1] if best else None


def _contains(outer: Quotation, inner: Quotation) -> bool:
    parts = [*inner.content, *([inner.cue] if inner.cue else [])]
    inside = all(any(a <= start and end <= b for a, b in outer.content) for start, end in parts)
    return inside and _size(outer) > _size(inner)


def _size(quotation: Quotation) -> int:
    return sum(end - start for start, end in quotation.content)

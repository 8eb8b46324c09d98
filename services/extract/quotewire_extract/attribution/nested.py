"""Nested speech: reports inside quotations are found, and linked to the quotation around them.

In "…, according to Vremya" the sentence itself may say who said it. The tagger assigns each word to one attribution,
the outer one. Where that only names the outlet, the inner one is wanted: it is added.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from quotewire_extract.attribution.roles import words_before_name
from quotewire_extract.quotation import Quotation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import CharSpan

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
    cues = sorted((q.cue, number) for number, q in enumerate(quotations) if q.cue is not None)
    for number, outer in enumerate(quotations):
        if outer.cue is None or len(outer.content) != 1 or not _OUTER.search(context.text[slice(*outer.cue)]):
            continue
        start, end = outer.content[0]
        for named in context.mentions_between(start - MAX_NAME, end):
            if named.mention.end < start - 1:
                continue  # named before the content, and not right before it
            match = _INNER.match(context.text, named.mention.end, end)
            if match is None or context.is_marked(named.mention.start) or named.cluster.label == "NORP":
                continue
            inside = cues[bisect_left(cues, ((start, 0), 0)) : bisect_left(cues, ((end, 0), 0))]
            known = any(cue[1] <= end and other != number for cue, other in inside)
            if not known and context.sentence(match.start()) == context.sentence(end - 1):
                title = words_before_name(context.text, named.mention.start)
                source = named.mention.start - (len(title) + 1 if title else 0), named.mention.end
                content = [(match.start(2), end)]
                added.append(Quotation(content, match.span(1), source, "indirect", NESTED_SCORE, outer.core))
            break
    return quotations + added


def link_parents(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Set ``parent`` of quotations inside other quotations; later steps must keep the order."""
    sizes = [_size(quotation) for quotation in quotations]
    contents = [sorted(quotation.content) for quotation in quotations]
    for number, around in enumerate(_around_first_spans(quotations)):
        quotation = quotations[number]
        parts = [*quotation.content, *([quotation.cue] if quotation.cue else [])]
        containing = [
            (sizes[other], other)
            for other in around
            if sizes[other] > sizes[number] and all(_is_inside(part, contents[other]) for part in parts)
        ]
        quotation.parent = min(containing)[1] if containing else None  # the smallest, of equals the first
    return quotations


def _around_first_spans(quotations: Sequence[Quotation]) -> list[list[int]]:
    """Return for each quotation the positions of those that have a span around its first span, itself included."""
    spans = sorted((*span, number) for number, quotation in enumerate(quotations) for span in quotation.content)
    containing: dict[CharSpan, list[int]] = {}
    current: list[tuple[int, int]] = []  # end and quotation of the spans that contain ``start``
    for start, group in groupby(spans, key=itemgetter(0)):
        current = [(end, number) for end, number in current if end > start]
        current += ((end, number) for _, end, number in group)
        for end, _ in current:
            containing[start, end] = [number for other_end, number in current if other_end >= end]
    return [containing[quotation.content[0]] for quotation in quotations]


def _is_inside(part: CharSpan, spans: Sequence[CharSpan]) -> bool:
    """Whether one of the spans contains the part; they are sorted and do not overlap."""
    number = bisect_right(spans, part[0], key=itemgetter(0)) - 1
    return number >= 0 and part[1] <= spans[number][1]


def _size(quotation: Quotation) -> int:
    return sum(end - start for start, end in quotation.content)

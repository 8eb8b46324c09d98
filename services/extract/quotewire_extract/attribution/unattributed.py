"""Quotations without an attribution of their own: a paragraph in quotation marks that names nobody.

Such a paragraph continues the speaker before. The tagger adds it to the attribution before it; where that is a report
without marks, the two are not one quotation: "The minister said it was late." and, in the next paragraph, "“We are
sorry.”" are an indirect and a direct one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.quotation import Quotation
from quotewire_extract.spans import SpanIndex

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext

MIN_WORDS = 6
"""Words of a marked paragraph that is speech: headings and titles in marks are shorter."""

_WORDS_OF_LINE = re.compile(r"\S(?:[^\n]*\S)?")
"""A line without the blanks at its ends."""

UNATTRIBUTED_SCORE = 0.85
"""Score of a quotation found only by its marks, where the encoder saw no attribution."""


def split_free_standing(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Split marked spans in paragraphs of their own from reports without marks; sorted by where they begin."""
    marked = SpanIndex(context.marked)
    found: list[Quotation] = []
    for quotation in quotations:
        found += _split(context, quotation, marked)
    return sorted(found, key=lambda quotation: quotation.start)


def _split(context: ArticleContext, quotation: Quotation, marked: SpanIndex) -> list[Quotation]:
    cue = quotation.cue
    if cue is None or len(quotation.content) < 2:
        return [quotation]
    paragraph = context.paragraph(cue[0])
    own = [s for s in quotation.content if context.paragraph(s[0]) == paragraph]
    free = [s for s in quotation.content if context.paragraph(s[0]) != paragraph and context.is_marked(s[0])]
    complete = own and free and len(own) + len(free) == len(quotation.content)
    if not complete or any(marked.overlaps(*span) for span in own):
        return [quotation]
    quotation.content = own
    quotation.kind = "indirect"
    return [quotation, Quotation(free, None, None, "direct", quotation.score, quotation.core)]


def add_unattributed(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Add the paragraphs that are one whole sentence or more in double marks and belong to no quotation yet."""
    covered = SpanIndex(span for quotation in quotations for span in quotation.content)
    lines = {match.start(): match.end() for match in _WORDS_OF_LINE.finditer(context.text)}
    added: list[Quotation] = []
    for start, end in context.marked:
        if lines.get(start, end + 1) > end:  # words stand before or after the marked ones
            continue
        words = context.text[start:end]
        if _ends_a_sentence(words) and len(words.split()) >= MIN_WORDS and not covered.overlaps(start, end):
            added.append(Quotation([(start, end)], None, None, "direct", UNATTRIBUTED_SCORE, UNATTRIBUTED_SCORE))
    return quotations + added


def _ends_a_sentence(words: str) -> bool:
    return words.rstrip("”\"'’» ").endswith((".", "!", "?", "…", ","))

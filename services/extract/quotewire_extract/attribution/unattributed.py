"""Quotations without an attribution of their own: a paragraph in quotation marks that names nobody.

Such a paragraph continues the speaker before. The tagger adds it to the attribution before it; where that is a report
without marks, the two are not one quotation: "The minister said it was late." and, in the next paragraph, "“We are
sorry.”" are an indirect and a direct one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quotewire_extract.quotation import Quotation

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import CharSpan

MIN_WORDS = 6
"""Words of a marked paragraph that is speech: headings and titles in marks are shorter."""

UNATTRIBUTED_SCORE = 0.85
"""Score of a quotation found only by its marks, where the encoder saw no attribution."""


def split_free_standing(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Split marked spans in paragraphs of their own from reports without marks; sorted by where they begin."""
    found: list[Quotation] = []
    for quotation in quotations:
        found += _split(context, quotation)
    return sorted(found, key=lambda quotation: quotation.start)


def _split(context: ArticleContext, quotation: Quotation) -> list[Quotation]:
    cue = quotation.cue
    if cue is None or len(quotation.content) < 2:
        return [quotation]
    paragraph = context.paragraph(cue[0])
    own = [s for s in quotation.content if context.paragraph(s[0]) == paragraph]
    free = [s for s in quotation.content if context.paragraph(s[0]) != paragraph and context.is_marked(s[0])]
    complete = own and free and len(own) + len(free) == len(quotation.content)
    if not complete or any(_has_marks(context, span) for span in own):
        return [quotation]
    quotation.content = own
    quotation.kind = "indirect"
    return [quotation, Quotation(free, None, None, "direct", quotation.score, quotation.core)]


def _has_marks(context: ArticleContext, span: CharSpan) -> bool:
    return any(start < span[1] and end > span[0] for start, end in context.marked)


def add_unattributed(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Add the paragraphs that are one whole sentence or more in double marks and belong to no quotation yet."""
    covered = [span for quotation in quotations for span in quotation.content]
    added: list[Quotation] = []
    for start, end in context.marked:
        line = context.text[context.paragraphs[context.paragraph(start)] : context.line_end(start)]
        words = context.text[start:end]
        whole = line.strip() == words.strip() and _ends_a_sentence(words)
        if whole and len(words.split()) >= MIN_WORDS and not any(a < end and start < b for a, b in covered):
            added.append(Quotation([(start, end)], None, None, "direct", UNATTRIBUTED_SCORE, UNATTRIBUTED_SCORE))
    return quotations + added


def _ends_a_sentence(words: str) -> bool:
    return words.rstrip("”\"'’» ").endswith((".", "!", "?", "…", ","))

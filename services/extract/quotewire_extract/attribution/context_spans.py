"""Set the context of each quotation: the sentences that contain its content, cue and source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import CharSpan, Quotation


def set_context_spans(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Set ``context`` of all quotations to whole sentences."""
    for quotation in quotations:
        quotation.context = _sentences_around(context, quotation)
    return quotations


def _sentences_around(context: ArticleContext, quotation: Quotation) -> CharSpan:
    spans = [*quotation.content, *(s for s in (quotation.cue, quotation.source) if s is not None)]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    start, _ = context.sentence_span(context.sentence(first))
    _, end = context.sentence_span(context.sentence(last - 1))
    while end > start and context.text[end - 1].isspace():
        end -= 1
    return min(start, first), max(end, last)

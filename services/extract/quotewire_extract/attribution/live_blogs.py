"""Live blogs: the time of day at the head of an entry is not part of a quotation or a name.

In ``10.15 "Stay away," fire chief Bram Okafor warns.`` the tagger may include the time in what follows it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import CharSpan, Quotation

_WORD = re.compile(r"\w+")


def trim_entry_times(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Remove the times of entries from contents and sources; a content that is only a time stays."""
    for quotation in quotations:
        if quotation.source is not None:
            quotation.source = _after_time(context, quotation.source)
        content = [_after_time(context, span) for span in quotation.content]
        if content != quotation.content:
            quotation.content = content
            quotation.kind = _kind(context, content)
    return quotations


def _after_time(context: ArticleContext, span: CharSpan) -> CharSpan:
    start, end = span
    after = context.after_entry_time(start)
    return (after, end) if start < after < end else span


def _kind(context: ArticleContext, content: Sequence[CharSpan]) -> str:
    words = [match.start() for start, end in content for match in _WORD.finditer(context.text, start, end)]
    marked = [context.is_marked(position) for position in words]
    return "direct" if all(marked) else "mixed" if any(marked) else "indirect"

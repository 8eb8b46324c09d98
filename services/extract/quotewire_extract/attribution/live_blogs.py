"""Live blogs: the time of day at the head of an entry is nobody's words and no part of a name.

In ``10.15 "Stay away," fire chief Bram Okafor warns.`` the reader may take the time along with what follows it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import CharSpan, Quotation

_WORD = re.compile(r"\w+")


def trim_times(scene: ArticleContext, quotations: Sequence[Quotation]) -> None:
    """Cut entries' times off contents and sources, in place; a content of nothing else is left alone."""
    for quotation in quotations:
        if quotation.source is not None:
            quotation.source = _after_time(scene, quotation.source)
        content = [_after_time(scene, stretch) for stretch in quotation.content]
        if content != quotation.content:
            quotation.content = content
            quotation.kind = _kind(scene, content)


def _after_time(scene: ArticleContext, stretch: CharSpan) -> CharSpan:
    start, end = stretch
    after = scene.entry_words(start)
    return (after, end) if start < after < end else stretch


def _kind(scene: ArticleContext, content: Sequence[CharSpan]) -> str:
    words = [match.start() for start, end in content for match in _WORD.finditer(scene.text, start, end)]
    marked = [scene.is_marked(position) for position in words]
    return "direct" if all(marked) else "mixed" if any(marked) else "indirect"

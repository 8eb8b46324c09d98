"""Recover the standfirst: the summary that a page shows between headline and text.

Outlets set it apart (other element, other class), so that extractors take it for boilerplate. It is added to the text
only where the page states it as its description *and* shows it.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.xpath import element_text

# Shorter descriptions are slogans; longer ones are the whole text once more.
_MIN_WORDS = 8
_MAX_CHARACTERS = 1200
# Many descriptions are cut off, so only their beginning is compared, folded.
_COMPARED_CHARACTERS = 60
# An element that holds the standfirst and more is longer, or has more descendants than a standfirst has links and
# emphases; skipping those here saves most of the time on large pages.
_CANDIDATES = xpath.elements(
    "//body//*[self::p or self::h2 or self::h3 or self::div or self::span or self::strong or self::em or self::b"
    f" or self::section or self::header][count(*) <= {_MIN_WORDS}]"
    f"[string-length() >= {_COMPARED_CHARACTERS} and string-length() <= {2 * _MAX_CHARACTERS}]"
)


def find_standfirst(tree: HtmlElement, descriptions: Iterable[str | None]) -> str | None:
    """Return the standfirst as the page shows it, or None. Call it before the extractor prunes the tree."""
    beginnings = [
        folded[:_COMPARED_CHARACTERS]
        for text in descriptions
        if text and len(folded := fold(text)) >= _COMPARED_CHARACTERS
    ]
    if not beginnings:
        return None
    for element in _CANDIDATES(tree):
        text = element_text(element)
        if len(text) > _MAX_CHARACTERS or len(text.split()) < _MIN_WORDS:
            continue
        folded = fold(text)
        if any(folded.startswith(beginning) for beginning in beginnings):
            return text
    return None


def prepend_standfirst(text: str, standfirst: str | None) -> str:
    """Put the standfirst before the text, unless the text contains it."""
    if standfirst is None or fold(standfirst)[:_COMPARED_CHARACTERS] in fold(text):
        return text
    return f"{standfirst}\n{text}"

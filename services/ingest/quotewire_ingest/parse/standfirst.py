"""The first paragraph that extractors lose: the summary that a page shows between headline and text.

Outlets set it apart (other element, other class), so that extractors take it for furniture; yet it is the article's
own opening. It is taken back only where the page states it as its description *and* shows it.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.html_meta import text_of
from quotewire_ingest.parse.titles import fold

# Shorter descriptions are slogans; longer ones the whole text once more.
_FEWEST_WORDS = 8
_MOST_CHARACTERS = 1200
# What is compared: descriptions are often cut off at some length, so their beginning must do.
_COMPARED_LETTERS = 60
# Elements that are looked at; an element around the lead and more is longer and does not match.
_SHOWN_IN = xpath.elements(
    "//body//*[self::p or self::h2 or self::h3 or self::div or self::span or self::strong or self::em or self::b"
    f" or self::section or self::header][count(*) <= {_FEWEST_WORDS}]"
    f"[string-length() >= {_COMPARED_LETTERS} and string-length() <= {2 * _MOST_CHARACTERS}]"
)


def find_standfirst(tree: HtmlElement, descriptions: Iterable[str | None]) -> str | None:
    """The lead as the page shows it, or None. To be called before the extractor changes the tree."""
    stated = [
        folded[:_COMPARED_LETTERS] for text in descriptions if text and len(folded := fold(text)) >= _COMPARED_LETTERS
    ]
    if not stated:
        return None
    for element in _SHOWN_IN(tree):
        text = text_of(element)
        if len(text) > _MOST_CHARACTERS or len(text.split()) < _FEWEST_WORDS:
            continue
        folded = fold(text)
        if any(folded.startswith(beginning) for beginning in stated):
            return text
    return None


def prepend_standfirst(text: str, lead: str | None) -> str:
    """Put the lead before the text, unless it stands in it already."""
    if lead is None or fold(lead)[:_COMPARED_LETTERS] in fold(text):
        return text
    return f"{lead}\n{text}"

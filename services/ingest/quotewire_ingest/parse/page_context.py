"""What a page shows around its text, for the cleaner: titles, links, headings, captions, authors."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.boilerplate.cleaner import PageContext
from quotewire_ingest.parse.html_meta import text_of
from quotewire_ingest.parse.titles import fold

# A block of which this share is link text is a teaser, whatever stands beside the link (a date, a section's name).
_LINKED_SHARE = 0.8
# Shorter titles and captions (folded) are words that a text may well hold for other reasons.
_FEWEST_LETTERS = 8
_HOLDING_LINKS = xpath.elements("//li[.//a] | //p[.//a]")
# Longer blocks are no teasers; looking at them costs time on large pages.
_LONGEST_TEASER = 300


def collect_page_context(tree: HtmlElement, titles: Iterable[str | None], authors: Iterable[str]) -> PageContext:
    """Look at a page before the extractor changes its tree."""
    return PageContext(
        titles=_folded(title for title in titles if title),
        links=_folded(_linked(tree)),
        headings=_folded(text_of(element) for element in tree.iter("h2", "h3", "h4")),
        captions=_folded(text_of(element) for element in tree.iter("figcaption")),
        authors=frozenset(fold(author) for author in authors) - {""},
    )


def _linked(tree: HtmlElement) -> Iterable[str]:
    alone = set()
    for element in tree.iter("a"):
        if not (element.get("href") or "#").startswith("#"):  # a table of contents links to its own page
            alone.add(text_of(element))
    yield from alone
    for element in _HOLDING_LINKS(tree):
        text = text_of(element)
        if 0 < len(text) <= _LONGEST_TEASER and text not in alone:
            linked = sum(
                len(text_of(link)) for link in element.iter("a") if not (link.get("href") or "#").startswith("#")
            )
            if linked >= _LINKED_SHARE * len(text):
                yield text


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(folded for text in texts if len(folded := fold(text)) >= _FEWEST_LETTERS)

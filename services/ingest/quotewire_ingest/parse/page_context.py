"""Collect what a page shows around its text, for the boilerplate cleaner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.boilerplate.cleaner import PageContext
from quotewire_ingest.parse.boilerplate.pull_quotes import find_set_apart
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.xpath import element_text

# A block of which at least this share is link text is a teaser, whatever stands beside the link (a date, a section).
_MIN_LINKED_SHARE = 0.8
# Longer blocks are no teasers, and looking for their links costs time on large pages.
_MAX_TEASER_CHARACTERS = 300
# Shorter titles and captions (folded) are words that a text may contain for other reasons.
_MIN_LETTERS = 8
_BLOCKS_WITH_LINKS = xpath.elements("//li[.//a] | //p[.//a]")


def collect_page_context(tree: HtmlElement, titles: Iterable[str | None], authors: Iterable[str]) -> PageContext:
    """Collect the context of a page's text. Call it before the extractor prunes the tree."""
    return PageContext(
        titles=_fold_all(title for title in titles if title),
        links=_fold_all(_linked_texts(tree)),
        headings=_fold_all(element_text(element) for element in tree.iter("h2", "h3", "h4")),
        captions=_fold_all(element_text(element) for element in tree.iter("figcaption")),
        authors=frozenset(fold(author) for author in authors) - {""},
        set_apart=find_set_apart(tree),
    )


def _linked_texts(tree: HtmlElement) -> Iterator[str]:
    """Yield the texts of links to other pages, then of blocks that are little more than such links."""
    links = {element_text(element) for element in tree.iter("a") if _leads_away(element)}
    yield from links
    for block in _BLOCKS_WITH_LINKS(tree):
        text = element_text(block)
        if 0 < len(text) <= _MAX_TEASER_CHARACTERS and text not in links:
            linked = sum(len(element_text(link)) for link in block.iter("a") if _leads_away(link))
            if linked >= _MIN_LINKED_SHARE * len(text):
                yield text


def _leads_away(link: HtmlElement) -> bool:
    """Whether a link leads to another page; those of a table of contents do not."""
    return not (link.get("href") or "#").startswith("#")


def _fold_all(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(folded for text in texts if len(folded := fold(text)) >= _MIN_LETTERS)

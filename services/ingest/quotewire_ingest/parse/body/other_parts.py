"""Remove what a page shows beside its article, where the form tells it.

Other articles, cards that are links, boxes of links and forms, data that scripts keep in hidden elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.boilerplate.sentences import is_sentence
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.notices import PAYWALL
from quotewire_ingest.parse.xpath import element_text

_SCRIPTS = xpath.elements("//script[not(contains(@type, 'ld+json'))]")
_UNSEEN = ("style", "svg", "iframe", "link", "source", "input", "option", "object", "embed")
_HEADED_ARTICLES = xpath.elements("//article[.//h1][not(ancestor::article)]")
_INNER_ARTICLES = xpath.elements(
    "//article[ancestor::article[.//h1]][not(.//h1)][.//h2//a or .//h3//a or .//a//h2 or .//a//h3]"
)
# A list: an article that holds several.
_LISTS_OF_ARTICLES = xpath.elements("//article[count(.//article) > 1][not(.//h1)]")
_HEADINGS = xpath.elements(".//h1")
# A link that holds paragraphs or headings is a card that leads to another article.
_CARDS = xpath.elements("//a[@href][.//p or .//h1 or .//h2 or .//h3 or .//h4]")
# Data of scripts: hidden, and at most half of it in paragraphs.
_HIDDEN = xpath.elements("//div[contains(@style, 'display')]")
_MAX_SHARE_OF_PARAGRAPHS = 0.5
_HIDING_STYLE = re.compile(r"display:\s*none", re.IGNORECASE)
_BOXES = xpath.elements("//*[self::div or self::section or self::aside or self::ul][@class or @id]")
_BOX_NAME = re.compile(
    r"(?:^|[\s_-])(?:newsletter|related|recommend|most-?(?:read|popular)|popular|latest-?(?:news|stories|articles)|"
    r"read-?(?:more|next|also)|also-?read|more-?(?:news|stories|articles|from|on)|promo|teaser|sign-?up|subscri)",
    re.IGNORECASE,
)
# Larger parts hold the article, whatever they look like.
_MAX_CHARACTERS = 1500
_MAX_SHARE = 0.2
# More paragraphs of boxes than these are not recorded.
_MAX_RECORDED = 50


def remove_unseen(tree: HtmlElement) -> None:
    """Remove elements that no reader sees, except JSON-LD: the extractor copies the tree several times."""
    for script in _SCRIPTS(tree):
        script.drop_tree()
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)


def remove_other_parts(tree: HtmlElement, titles: Iterable[str | None]) -> list[str]:
    """Remove other articles, cards, boxes of links and hidden data; returns the paragraphs of the boxes.

    Args:
        tree: the page; changed in place.
        titles: of the article, by which it is told from others that the page goes on with.
    """
    known = {fold(title) for title in titles if title} - {""}
    boxes = list(_find_boxes(tree))
    paragraphs = (element_text(paragraph) for box in boxes for paragraph in box.iter("p"))
    removed = list(islice(filter(is_sentence, paragraphs), _MAX_RECORDED))
    for element in [*boxes, *_find_other_articles(tree, known), *_find_parts(tree, known)]:
        if element.getparent() is not None:
            element.drop_tree()
    return removed


def _find_other_articles(tree: HtmlElement, titles: Set[str]) -> Iterator[HtmlElement]:
    articles = _HEADED_ARTICLES(tree)
    if articles:
        own = next((article for article in articles if _is_headed(article, titles)), articles[0])
        yield from (article for article in articles if article is not own)
        yield from _LISTS_OF_ARTICLES(tree)
    yield from _INNER_ARTICLES(tree)


def _find_parts(tree: HtmlElement, titles: Set[str]) -> Iterator[HtmlElement]:
    for element in _CARDS(tree):
        if len(element_text(element)) <= _MAX_CHARACTERS and not _is_headed(element, titles):
            yield element
    for element in _HIDDEN(tree):
        if _HIDING_STYLE.search(element.get("style") or "") and (
            _length_of_paragraphs(element) <= _MAX_SHARE_OF_PARAGRAPHS * len(element_text(element))
        ):
            yield element


def _find_boxes(tree: HtmlElement) -> Iterator[HtmlElement]:
    named = [box for box in _BOXES(tree) if _BOX_NAME.search(f"{box.get('class') or ''} {box.get('id') or ''}")]
    largest = min(_MAX_CHARACTERS, _MAX_SHARE * _length_of_paragraphs(tree)) if named else 0
    for box in named:
        text = element_text(box)
        if len(text) <= largest and not _HEADINGS(box) and not PAYWALL.search(text):
            yield box


def _is_headed(element: HtmlElement, titles: Set[str]) -> bool:
    return any(fold(element_text(heading)) in titles for heading in _HEADINGS(element))


def _length_of_paragraphs(element: HtmlElement) -> int:
    return sum(len(element_text(paragraph)) for paragraph in element.iter("p"))

"""Reject pages with status 200 that are no articles.

Bot walls, consent pages, error pages, forms, front pages and lists; and the beginning of an article that is for sale
(``paywall``). Such a page is short, so words alone decide nothing about a page with a real text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.metadata.html_meta import PageMeta
from quotewire_ingest.parse.notices import BOT_WALL, CONSENT, ERROR_TEXT, ERROR_TITLE, PAYWALL
from quotewire_ingest.parse.xpath import element_text
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import is_home_page

# Longer texts are not judged by their words: a bot wall or a consent page explains itself in a paragraph or two.
_MAX_NOTICE_CHARACTERS = 900
# With an offer to read on beside it, a text of this length is the beginning of an article; a longer beginning is kept.
_MAX_TEASER_CHARACTERS = 500
_MAX_OFFER_CHARACTERS = 300
_BOT_ELEMENT_IDS = {"challenge-form", "cf-challenge", "cf-wrapper", "px-captcha", "datadome", "captcha-container"}
_IDS = xpath.strings("//@id")
_NOT_FREE = ("false", "0", "no", "https://schema.org/false", "http://schema.org/false")
# A page is a list if it has this many links as long as a headline, with more characters in them than in the text.
_MIN_LIST_LINKS = 20
_MIN_HEADLINE_WORDS = 5
# It is one too if so many lines of its text, and so large a share of them, are headings that lead to other pages, and
# the paragraphs after such headings.
_MIN_LISTED_LINES = 6
_MIN_LISTED_SHARE = 0.5
_MAX_LISTED = 60
_LINKED_HEADINGS = xpath.elements(
    "//h2[.//a[@href]] | //h3[.//a[@href]] | //h4[.//a[@href]] | //a[@href]//h2 | //a[@href]//h3"
)
_NEXT_PARAGRAPH = xpath.elements("following::p[1]")
# An offer is beside the article where it stands in the same part of the page; other articles' offers are elsewhere.
_OFFERS = xpath.elements(
    "//*[self::article or self::main or @role='main']//*[self::p or self::div or self::h2 or self::h3 or self::h4]"
    f"[not(.//p or .//div)][string-length() <= {_MAX_OFFER_CHARACTERS}]"
    "[not(ancestor::nav or ancestor::aside or ancestor::footer or ancestor::a or ancestor::li)]"
)


@dataclass(frozen=True, slots=True)
class PageSignals:
    """What in a page's tree shows that it is no article."""

    has_bot_element: bool
    headlines: frozenset[str]
    """Texts of links that are as long as a headline."""
    listed: frozenset[str]
    """Headings that lead to other pages, and the paragraph after each, folded."""


def collect_signals(tree: HtmlElement) -> PageSignals:
    """Collect the signals of a page. Call it before the extractor prunes the tree."""
    links = (element_text(link) for link in tree.iter("a"))
    return PageSignals(
        not _BOT_ELEMENT_IDS.isdisjoint(_IDS(tree)),
        frozenset(text for text in links if text.count(" ") >= _MIN_HEADLINE_WORDS - 1),
        frozenset(_fold_listed(tree)),
    )


def reject_non_articles(signals: PageSignals, meta: PageMeta, text: str, url: str | None, dated: bool) -> None:
    """Raise ``Rejected`` for a page that is no article.

    Args:
        signals: from :func:`collect_signals`.
        meta: statements of the page.
        text: what the extractor found.
        url: the canonical URL.
        dated: whether the page states when it was published; then only its URL can show that it is no article.
    """
    if url is not None and is_home_page(url):
        raise Rejected(RejectionReason.INDEX_PAGE, "a front page, not an article")
    if dated:
        return
    if len(text) < _MAX_NOTICE_CHARACTERS:
        titles = [meta.title_element or "", *meta.headings]
        head = " ".join(titles)
        if signals.has_bot_element or BOT_WALL.search(head) or BOT_WALL.search(text):
            raise Rejected(RejectionReason.BOT_WALL, "the server shows a bot wall instead of the page")
        if any(map(ERROR_TITLE.search, titles)):
            raise Rejected(RejectionReason.ERROR_PAGE, "an error page with status 200")
        if ERROR_TEXT.search(text):
            raise Rejected(RejectionReason.ERROR_PAGE, "a notice about the page that was asked for, not the page")
        if len(CONSENT.findall(f"{head} {text}")) > 1:  # many pages mention consent once
            raise Rejected(RejectionReason.CONSENT_PAGE, "the server asks for consent instead of showing the page")
    if "article" not in (meta.first("og:type") or "").lower() and _is_list(signals, text):
        raise Rejected(RejectionReason.INDEX_PAGE, "a list of articles, not an article")


def reject_paywalled(tree: HtmlElement, meta: PageMeta, accessible_for_free: object, text: str) -> None:
    """Raise ``Rejected`` (``paywall``) for a page that shows only a paragraph or two of its article.

    Args:
        tree: the page; only of a short text it is looked at for an offer to subscribe and read on.
        meta: statements of the page.
        accessible_for_free: JSON-LD's ``isAccessibleForFree``, which means little by itself: outlets send the whole
            text all the same, or the beginning that they give away (3 of 333 pages, whose true text is that beginning).
        text: what the extractor found.
    """
    if len(text) >= _MAX_NOTICE_CHARACTERS:
        return
    locked = (meta.first("article:content_tier") or "").lower() == "locked"
    if locked or PAYWALL.search(text) or (len(text) < _MAX_TEASER_CHARACTERS and _has_offer(tree, accessible_for_free)):
        raise Rejected(
            RejectionReason.PAYWALL, "the page shows the beginning of the article, the rest is for subscribers"
        )


def _has_offer(tree: HtmlElement, accessible_for_free: object) -> bool:
    if str(accessible_for_free).lower() in _NOT_FREE and PAYWALL.search(element_text(tree)):
        return True
    return any(PAYWALL.search(element_text(element)) for element in _OFFERS(tree))


def _fold_listed(tree: HtmlElement) -> Iterator[str]:
    for heading in islice(_LINKED_HEADINGS(tree), _MAX_LISTED):
        yield fold(element_text(heading))
        yield from (fold(element_text(paragraph)) for paragraph in _NEXT_PARAGRAPH(heading))


def _is_list(signals: PageSignals, text: str) -> bool:
    lines = text.split("\n")
    listed = sum(fold(line) in signals.listed for line in lines)
    if listed >= max(_MIN_LISTED_LINES, _MIN_LISTED_SHARE * len(lines)):
        return True
    own = sum(len(line) for line in lines if line.strip("-–•* ") not in signals.headlines)
    return len(signals.headlines) >= _MIN_LIST_LINKS and sum(map(len, signals.headlines)) > own

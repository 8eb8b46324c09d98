"""Reject pages with status 200 that are no articles: bot walls, consent pages, error pages, front pages and lists.

Such a page is short, so words alone decide nothing about a page with a real text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.metadata.html_meta import PageMeta
from quotewire_ingest.parse.xpath import element_text
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import is_home_page

# Longer texts are not judged by their words: a bot wall or a consent page explains itself in a paragraph or two.
_MAX_NOTICE_CHARACTERS = 900
_BOT = re.compile(
    r"just a moment|attention required|are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"pardon our interruption"
    r"|unusual traffic|access (?:to this page has been )?denied|enable javascript and cookies|"
    r"checking (?:if the site|your browser)"
    r"|security check|ddos protection|captcha|request (?:was )?blocked",
    re.IGNORECASE,
)
_BOT_ELEMENT_IDS = {"challenge-form", "cf-challenge", "cf-wrapper", "px-captcha", "datadome", "captcha-container"}
_IDS = xpath.strings("//@id")
_CONSENT = re.compile(
    r"before you continue|we (?:and our partners )?(?:use|store|value) .{0,40}(?:cookies|"
    r"privacy)|accept (?:all|and continue)"
    r"|manage (?:your )?(?:cookies|consent|preferences)|cookie[- ]einstellungen|"
    r"alle akzeptieren|accepter (?:tout|et continuer)|aceptar (?:todo|y continuar)|"
    r"accetta",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"^\W*(?:error\b|40[34]\b|410\b|50[0-4]\b|(?:the )?(?:page|article|story|"
    r"content)?\s*(?:you (?:are looking|requested).{0,30})?(?:was |could )?not (?:be )?found"
    r"|(?:sorry|oops)[,!. ]|page (?:unavailable|removed)|seite nicht gefunden|"
    r"page (?:introuvable|non trouvée)|página no encontrada|pagina non trovata)",
    re.IGNORECASE,
)
_NOT_FREE = ("false", "0", "no", "https://schema.org/false", "http://schema.org/false")
_PAYWALL = re.compile(
    r"(?:subscribe|sign in|log in|register|become a (?:subscriber|member)) (?:now )?"
    r"to (?:continue|keep|read|unlock|view)"
    r"|to (?:continue|keep) reading,? (?:please )?(?:subscribe|sign|log|register|become|create)"
    r"|(?:this|the) (?:article|story|content) is (?:only )?(?:for|available to|reserved for) (?:our )?"
    r"(?:subscribers|members)"
    r"|already a subscriber\?|abonnez-vous pour lire|réservé aux abonnés|(?:jetzt|bitte) abonnieren,? um weiterzulesen"
    r"|weiterlesen mit|suscr[ií]bete para (?:seguir|continuar|leer)|solo para suscriptores|riservato agli abbonati",
    re.IGNORECASE,
)
# A page is a list if it has this many links as long as a headline, with more characters in them than in the text.
_MIN_LIST_LINKS = 20
_MIN_HEADLINE_WORDS = 5


@dataclass(frozen=True, slots=True)
class PageSignals:
    """What in a page's tree shows that it is no article."""

    has_bot_element: bool
    headlines: frozenset[str]
    """Texts of links that are as long as a headline."""


def collect_signals(tree: HtmlElement) -> PageSignals:
    """Collect the signals of a page. Call it before the extractor prunes the tree."""
    links = (element_text(link) for link in tree.iter("a"))
    return PageSignals(
        not _BOT_ELEMENT_IDS.isdisjoint(_IDS(tree)),
        frozenset(text for text in links if text.count(" ") >= _MIN_HEADLINE_WORDS - 1),
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
        if signals.has_bot_element or _BOT.search(head) or _BOT.search(text):
            raise Rejected(RejectionReason.BOT_WALL, "the server shows a bot wall instead of the page")
        if any(map(_ERROR.search, titles)):
            raise Rejected(RejectionReason.ERROR_PAGE, "an error page with status 200")
        if len(_CONSENT.findall(f"{head} {text}")) > 1:  # many pages mention consent once
            raise Rejected(RejectionReason.CONSENT_PAGE, "the server asks for consent instead of showing the page")
    if "article" not in (meta.first("og:type") or "").lower() and _is_list(signals, text):
        raise Rejected(RejectionReason.INDEX_PAGE, "a list of articles, not an article")


def is_paywalled(tree: HtmlElement, accessible_for_free: object) -> bool:
    """Whether a page says that its article is not free, and asks to subscribe.

    Call it before the extractor prunes the tree. ``accessible_for_free`` is JSON-LD's ``isAccessibleForFree``, which
    means little by itself: outlets send the whole text all the same, or the beginning that they give away (3 of 333
    pages, whose true text is that beginning).
    """
    return str(accessible_for_free).lower() in _NOT_FREE and bool(_PAYWALL.search(element_text(tree)))


def reject_paywalled(meta: PageMeta, paywalled: bool, text: str) -> None:
    """Raise ``Rejected`` (``paywall``) for a page that shows only a paragraph or two of its article."""
    locked = (meta.first("article:content_tier") or "").lower() == "locked"
    if len(text) < _MAX_NOTICE_CHARACTERS and (paywalled or locked or _PAYWALL.search(text)):
        raise Rejected(
            RejectionReason.PAYWALL, "the page shows the beginning of the article, the rest is for subscribers"
        )


def _is_list(signals: PageSignals, text: str) -> bool:
    own = sum(len(line) for line in text.split("\n") if line.strip("-–•* ") not in signals.headlines)
    return len(signals.headlines) >= _MIN_LIST_LINKS and sum(map(len, signals.headlines)) > own

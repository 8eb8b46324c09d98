"""Pages with status 200 that are no articles: bot walls, consent pages, error pages, front pages and lists.

A wall is short, so words alone decide nothing on a page with a real text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.html_meta import PageMeta, text_of
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import is_home_page

# The longest text, in characters, that is judged by its words: walls explain themselves in a paragraph or two.
_WALL_CHARACTERS = 900
_BOT = re.compile(
    r"just a moment|attention required|are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"pardon our interruption"
    r"|unusual traffic|access (?:to this page has been )?denied|enable javascript and cookies|"
    r"checking (?:if the site|your browser)"
    r"|security check|ddos protection|captcha|request (?:was )?blocked",
    re.IGNORECASE,
)
_BOT_ELEMENTS = {"challenge-form", "cf-challenge", "cf-wrapper", "px-captcha", "datadome", "captcha-container"}
_IDS = xpath.texts("//@id")
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
# A list page: so many links with as many words as a headline, and more words in them than in the text.
_LIST_LINKS = 20
_HEADLINE_WORDS = 5


@dataclass(frozen=True, slots=True)
class PageSignals:
    """What of a page's tree tells walls and lists; taken before the extractor changes the tree."""

    bot_element: bool
    headlines: frozenset[str]
    """Texts of links that are as long as a headline."""


def collect_signals(tree: HtmlElement) -> PageSignals:
    """Look at the tree."""
    links = (text_of(link) for link in tree.iter("a"))
    return PageSignals(
        not _BOT_ELEMENTS.isdisjoint(_IDS(tree)),
        frozenset(words for words in links if words.count(" ") >= _HEADLINE_WORDS - 1),
    )


def reject_non_articles(seen: PageSignals, meta: PageMeta, text: str, url: str | None, dated: bool) -> None:
    """Refuse a page that is no article; ``dated``: it states when it was published. Raises ``Rejected``."""
    if url is not None and is_home_page(url):
        raise Rejected(RejectionReason.INDEX_PAGE, "a front page, not an article")
    if dated:
        return
    if len(text) < _WALL_CHARACTERS:
        head = " ".join([meta.title_element or "", *meta.headings])
        if seen.bot_element or _BOT.search(head) or _BOT.search(text):
            raise Rejected(RejectionReason.BOT_WALL, "the server shows a bot wall instead of the page")
        if any(map(_ERROR.search, [meta.title_element or "", *meta.headings])):
            raise Rejected(RejectionReason.ERROR_PAGE, "an error page with status 200")
        if len(_CONSENT.findall(f"{head} {text}")) > 1:  # one mention stands on many pages
            raise Rejected(RejectionReason.CONSENT_PAGE, "the server asks for consent instead of showing the page")
    if "article" not in (meta.first("og:type") or "").lower() and _is_list(seen, text):
        raise Rejected(RejectionReason.INDEX_PAGE, "a list of articles, not an article")


def is_paywalled(tree: HtmlElement, free: object) -> bool:
    """Whether a page says that its article is not free, and calls to subscribe; before the extractor changes the tree.

    ``free``: what JSON-LD says under ``isAccessibleForFree``. By itself it means little: outlets send the whole text
    all the same, or the beginning that they give away (3 of 333 pages, whose truth is that beginning).
    """
    return str(free).lower() in _NOT_FREE and bool(_PAYWALL.search(text_of(tree)))


def reject_paywalled(meta: PageMeta, for_sale: bool, text: str) -> None:
    """Refuse a page that shows a paragraph or two of an article that is for sale. Raises ``Rejected``."""
    locked = (meta.first("article:content_tier") or "").lower() == "locked"
    if len(text) < _WALL_CHARACTERS and (for_sale or locked or _PAYWALL.search(text)):
        raise Rejected(
            RejectionReason.PAYWALL, "the page shows the beginning of the article, the rest is for subscribers"
        )


def _is_list(seen: PageSignals, text: str) -> bool:
    own = sum(len(line) for line in text.split("\n") if line.strip("-–•* ") not in seen.headlines)
    return len(seen.headlines) >= _LIST_LINKS and sum(map(len, seen.headlines)) > own

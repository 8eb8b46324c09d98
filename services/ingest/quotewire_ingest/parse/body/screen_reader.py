"""Take words that only screen readers say out of sentences: "opens in new tab", "external link"."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.xpath import element_text

# What a link says about itself, at the end of its words.
_LINK_NOTE = (
    r"(?:(?:link )?opens? (?:external link )?(?:in |an? )*(?:new|another|external) (?:browser )?"
    r"(?:tab|window|page|site|link)(?: or (?:tab|window))?|(?:this )?(?:is an )?external (?:link|site|website)|"
    r"(?:wird |öffnet )?(?:sich )?(?:in |ein )?(?:einem )?neue[mns]? (?:tab|(?:browser)?fenster)(?: geöffnet| öffnen)?|"
    r"externer link|"
    r"(?:s[’']ouvre|ouvre|ouverture) dans une? (?:nouvel(?:le)? )?(?:fenêtre|onglet)(?: externe)?|nouvelle fenêtre|"
    r"(?:se )?abr(?:e|irá) en (?:una )?(?:nueva )?(?:ventana|pestaña)(?: nueva)?|"
    r"(?:si )?apre (?:in )?una nuova (?:finestra|scheda)|abre (?:em|numa) (?:uma )?nova (?:janela|aba|guia)|"
    r"opent (?:in )?(?:een )?nieuw (?:venster|tabblad)|öppnas i (?:ett )?nytt fönster|åpnes i (?:et )?nytt vindu)"
)
_WHOLE_NOTE = re.compile(rf"^[\s,;(\[–-]*{_LINK_NOTE}[\s)\].]*$", re.IGNORECASE)
_NOTE_AT_END = re.compile(rf"\s*(?:[,;–-]\s*|[(\[]\s*){_LINK_NOTE}\s*[)\]]?\s*$", re.IGNORECASE)
# Longer words are no note.
_MAX_NOTE_CHARACTERS = 60
# Classes and styles by which pages hide words from everybody but screen readers.
_HIDING_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr-?only|screen-?reader|visually-?hidden|visuallyhidden|hidden-?visually|visually_hidden|"
    r"assistive|a11y-hidden|accessib(?:ly|ility)-?hidden|show-for-sr|off-?screen|offscreen|element-invisible|"
    r"u-hide-visually|vh$)",
    re.IGNORECASE,
)
_HIDING_STYLE = re.compile(
    r"clip:\s*rect|clip-path:\s*inset|(?:left|text-indent):\s*-\d{3,}|(?=.*width:\s*1px).*height:\s*1px", re.IGNORECASE
)
# A part of each of these classes and styles, whatever its case.
_MARKS = ("idden", "creen", "ssistive", "-only", "_only", "ronly", "rOnly", "nvisible", "vh")
_INLINE = xpath.elements(
    "//*[self::span or self::small or self::em or self::i or self::b or self::strong or self::abbr or self::div]"
    f"[{' or '.join(f'contains(@class, {mark!r})' for mark in _MARKS)} or contains(@style, 'px')"
    " or contains(@style, 'clip')][ancestor::p or ancestor::li or ancestor::blockquote or ancestor::td"
    " or ancestor::dd or ancestor::a or ancestor::h2 or ancestor::h3]"
)
_LINKED_INLINE = xpath.elements(
    "//a//*[self::span or self::small or self::i or self::em] | //a/following-sibling::span[1]"
)
_LINKS = xpath.elements("//a")
# More words than this are text that the page hides for another reason.
_MAX_WORDS = 12


def remove_screen_reader_words(tree: HtmlElement) -> None:
    """Remove words that a page hides from all but screen readers, and what links say about themselves.

    An element beside one that is hidden *from* screen readers stays: of such a pair the extractor takes the other out.
    """
    for element in _INLINE(tree):
        if _is_hidden_visually(element) and not _has_hidden_twin(element):
            size = len(element_text(element).split())
            if size <= _MAX_WORDS and size < _words_around(element):
                element.drop_tree()
    for element in _LINKED_INLINE(tree):
        words = element_text(element)
        if len(words) <= _MAX_NOTE_CHARACTERS and _WHOLE_NOTE.match(words):
            element.drop_tree()
    for link in _LINKS(tree):
        last = link[-1] if len(link) else None
        words = (link.text if last is None else last.tail) or ""
        end = words[-_MAX_NOTE_CHARACTERS:]
        if found := _NOTE_AT_END.search(end):
            words = words[: len(words) - len(end) + found.start()]
            if last is None:
                link.text = words
            else:
                last.tail = words


def _is_hidden_visually(element: HtmlElement) -> bool:
    return bool(_HIDING_CLASS.search(element.get("class") or "") or _HIDING_STYLE.search(element.get("style") or ""))


def _has_hidden_twin(element: HtmlElement) -> bool:
    return any(
        twin is not None and twin.get("aria-hidden") == "true" for twin in (element.getprevious(), element.getnext())
    )


def _words_around(element: HtmlElement) -> int:
    block = next(element.iterancestors("p", "li", "blockquote", "td", "dd", "a", "h2", "h3"))
    return len(element_text(block).split())

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
_INLINE = ("span", "small", "em", "i", "b", "strong", "abbr", "div")
# The blocks and links in whose words they stand.
_BLOCKS = ("p", "li", "blockquote", "td", "dd", "a", "h2", "h3")
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
    for element in _find_hidden(tree):
        if not _has_hidden_twin(element):
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


def _find_hidden(tree: HtmlElement) -> list[HtmlElement]:
    """The parts of blocks that a page hides from the eye. A page repeats few classes: each is searched once."""
    known: dict[tuple[str | None, str | None], bool] = {}
    found: list[HtmlElement] = []
    for element in tree.iter(*_INLINE):
        key = (element.get("class"), element.get("style"))
        if (hidden := known.get(key)) is None:
            hidden = known[key] = bool(_HIDING_CLASS.search(key[0] or "") or _HIDING_STYLE.search(key[1] or ""))
        if hidden and next(element.iterancestors(*_BLOCKS), None) is not None:
            found.append(element)
    return found


def _has_hidden_twin(element: HtmlElement) -> bool:
    return any(
        twin is not None and twin.get("aria-hidden") == "true" for twin in (element.getprevious(), element.getnext())
    )


def _words_around(element: HtmlElement) -> int:
    block = next(element.iterancestors(*_BLOCKS))
    return len(element_text(block).split())

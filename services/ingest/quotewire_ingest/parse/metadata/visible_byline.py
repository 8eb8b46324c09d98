"""Find the byline that a page shows to its readers."""

import re

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.metadata.bylines import BYLINE_PREFIX
from quotewire_ingest.parse.xpath import element_text

# Class, relation or itemprop of an element that holds the author.
_BYLINE_MARK = re.compile(r"(?:^|[\W_])(?:author|by-?line|autor|auteur)s?(?:$|[\W_])", re.IGNORECASE)
# Longer texts hold more than a byline: a teaser, or the author's life.
_MAX_BYLINE_CHARACTERS = 100
_AUTHOR_LABELS = (
    "By", "Von", "Par", "Por", "Door", "Author", "Authors", "Written by", "Autor", "Autorin", "Autorin/Autor",
    "Autor/Autorin", "Autor/in", "Autor:in", "Autor*in", "Geschrieben von", "Verfasst von", "Auteur", "Écrit par",
    "Escrito por", "Autore", "Scritto da", "Geschreven door", "Skrevet av", "Skrevet af", "Skriven av",
    "Napisane przez", "Автор",
)  # fmt: skip
AUTHOR_LABELS = frozenset(fold(label) for label in _AUTHOR_LABELS)
"""Folded texts that announce the author's name and are the whole text of an element."""
_POSSIBLE_LABELS = xpath.elements("//body//*[not(*) and string-length(.) <= 20 and normalize-space(.)]")
_MARK_ATTRIBUTES = ("class", "rel", "itemprop")
_POSSIBLY_MARKED = xpath.elements("//body//*[@class or @rel or @itemprop]")
_INVISIBLE = ("script", "style", "template", "svg")


def find_visible_byline(tree: HtmlElement) -> str | None:
    """Return the text of the first element marked as byline, if it begins like one (``By``, ``von``).

    Otherwise what follows the first element that is only a label (``Author``). In both cases the first only: those
    further down belong to teasers and readers' comments.
    """
    return _find_marked_byline(tree) or _find_labelled_byline(tree)


def _find_marked_byline(tree: HtmlElement) -> str | None:
    marked: dict[str, list[HtmlElement]] = {}
    for element in _POSSIBLY_MARKED(tree):
        for mark in {value: None for name, value in element.items() if name in _MARK_ATTRIBUTES}:
            if _BYLINE_MARK.search(mark):
                marked.setdefault(mark, []).append(element)
    for elements in marked.values():
        for element in elements:
            text = element_text(element) if element.tag not in _INVISIBLE else ""
            if text:
                return text if len(text) <= _MAX_BYLINE_CHARACTERS and BYLINE_PREFIX.match(text) else None
    return None


def _find_labelled_byline(tree: HtmlElement) -> str | None:
    for element in _POSSIBLE_LABELS(tree):
        if element.tag in _INVISIBLE or fold(element.text or "") not in AUTHOR_LABELS:
            continue
        after = element.getnext()
        name = " ".join((element.tail or "").split()) or (element_text(after) if after is not None else "")
        if name:
            return name if len(name) <= _MAX_BYLINE_CHARACTERS else None
    return None

"""Find the byline that a page shows to its readers."""

import re
from collections.abc import Iterator
from itertools import takewhile

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.metadata.bylines import BYLINE_PREFIX
from quotewire_ingest.parse.metadata.shown_line import Place, ShownLine
from quotewire_ingest.parse.xpath import element_text

# Class, relation or itemprop of an element that holds the author.
_BYLINE_MARK = re.compile(r"(?:^|[\W_])(?:author|by-?line|autor|auteur)s?(?:$|[\W_])", re.IGNORECASE)
# The address of a page about an author.
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|yazar(?:lar)?|profiles?|staff|by|journalists?|writers?)/", re.IGNORECASE
)
_NAME_AND_DATE = re.compile(
    r"([^\W\d_][^\W\d_]+(?: [^\W\d_][\w.'’-]+){1,2})\s*[\n|•·–—-][\s|•·–—-]*[^\n]{0,12}\b\d{1,2}\b.*\b\d{4}\b"
)
_POSTED_BY = re.compile(r"(?:posted|published|written)\b.{0,80}?\bby:?\s+(\S.*)", re.IGNORECASE)
# Four words or more with a full stop: "By then it was over."
_SENTENCE = re.compile(r"\S+\s+\S+\s+\S+\s+\S.*[.!?…]$")
# Other words than these with which a page begins a byline, in small letters, stand within sentences too.
_SMALL_PREPOSITION = re.compile(r"(?!(?:by|par|por|von|door)\b)[a-zа-я]")
# First words of places with names of two words.
_PLACE_STARTS = frozenset([
    "New", "North", "South", "East", "West", "Northern", "Southern", "Eastern", "Western", "Central", "United", "Great",
    "Saint", "St", "San", "Santa", "Los", "Las", "Port", "Cape", "Fort", "Mount", "Lake", "Tel", "Hong", "Kuala", "Rio",
    "Buenos", "Addis", "Abu", "Saudi", "Sri", "Costa", "El", "Sierra", "Middle", "Baden", "Bad",
])  # fmt: skip
# A marked line without "By" is a name of so many words at most, with "and" between two.
_MAX_MARKED_WORDS = 8
MAX_BYLINE_CHARACTERS = 100
"""Longer texts hold more than a byline: a teaser, or the author's life."""
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


def find_visible_bylines(tree: HtmlElement, beside: list[ShownLine]) -> Iterator[str]:
    """Yield what may be the byline that a page shows, the surest first, with a line feed between its blocks.

    That is what begins like one (``By``, ``von``) beside the headline; what is marked as one there; the first element
    of the page that is both; what follows the first element that is only a label (``Author``); and a name before a date
    below the headline. Of the third and the fourth only the first counts: those further down belong to teasers and
    readers' comments.
    """
    for line in beside:
        if byline := _byline_in(line.blocks(), _is_marked(line.element)):
            yield byline
    for line in beside:
        if _is_marked(line.element):
            yield from _names_in(line.blocks())
    if marked := _find_marked_byline(tree):
        yield marked
    if labelled := _find_labelled_byline(tree):
        yield labelled
    for line in beside:
        if line.place is Place.BELOW_HEADLINE and (name := _name_before_date(line.blocks())):
            yield name


def _byline_in(blocks: list[str], marked: bool) -> str | None:
    """The rest of a line from the block on that begins like a byline; in an unmarked line no sentence does."""
    for number, block in enumerate(blocks):
        following = blocks[number + 1 :]
        if posted := _POSTED_BY.match(block):
            return f"by {posted[1]}"
        if fold(block) in AUTHOR_LABELS and following:
            block, following = f"{block} {following[0]}", following[1:]
        if len(block) > MAX_BYLINE_CHARACTERS or not BYLINE_PREFIX.match(block):
            continue
        if marked or not (_SENTENCE.search(block) or _SMALL_PREPOSITION.match(block)):
            return "\n".join([block, *following])
    return None


def _names_in(blocks: list[str]) -> Iterator[str]:
    """The first blocks of a marked line, as far as they have the words of a name and no digits."""

    def may_be_name(block: str) -> bool:
        return 1 < len(block.split()) <= _MAX_MARKED_WORDS and not any(char.isdigit() for char in block)

    if names := list(takewhile(may_be_name, blocks)):
        yield "\n".join(names)


def _name_before_date(blocks: list[str]) -> str | None:
    """The first block of a line ("Runa Veld | 3 March 2026"), if it has the form of a name and a date follows."""
    match = _NAME_AND_DATE.match("\n".join(blocks))
    return match[1] if match and match[1].split()[0] not in _PLACE_STARTS else None


def _is_marked(line: HtmlElement) -> bool:
    """Whether an element of a line, or the one around it, is marked as author or byline."""
    parent = line.getparent()
    around = [parent] if parent is not None else []
    return any(
        _BYLINE_MARK.search((element.get(name) or "")[:MAX_BYLINE_CHARACTERS])
        for element in (*around, *line.iter())
        for name in _MARK_ATTRIBUTES
    ) or any(_AUTHOR_PAGE.search((link.get("href") or "")[:MAX_BYLINE_CHARACTERS]) for link in line.iter("a"))


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
                return text if len(text) <= MAX_BYLINE_CHARACTERS and BYLINE_PREFIX.match(text) else None
    return None


def _find_labelled_byline(tree: HtmlElement) -> str | None:
    for element in _POSSIBLE_LABELS(tree):
        if element.tag in _INVISIBLE or fold(element.text or "") not in AUTHOR_LABELS:
            continue
        after = element.getnext()
        name = " ".join((element.tail or "").split()) or (element_text(after) if after is not None else "")
        if name:
            return name if len(name) <= MAX_BYLINE_CHARACTERS else None
    return None

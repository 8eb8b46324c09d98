"""Keep the words of inline elements in their sentence.

The extractor removes elements such as ``time`` and ``label`` with their words, and makes a line of each ``q``.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.xpath import element_text

_BLOCKS = ("p", "li", "dd", "dt", "td", "th", "blockquote", "h2", "h3", "h4", "h5", "h6")
_IN_BLOCK = " or ".join(f"ancestor::{tag}" for tag in _BLOCKS)
_REMOVED_INLINE = xpath.elements(
    f"//*[self::time or self::label or self::output or self::button or self::noindex][{_IN_BLOCK}]"
)
_QUOTATIONS = xpath.elements("//q")
_QUOTATION_MARK = re.compile(r"^\s*[\"“”„«»‘’‚‹›「『]")
_LETTER = re.compile(r"\w")
# The marks that browsers put around a q, and around one inside another, by language.
_MARKS = {
    "de": ("„“", "‚‘"), "cs": ("„“", "‚‘"), "pl": ("„”", "‚’"), "hu": ("„”", "»«"), "ro": ("„”", "«»"),
    "fr": ("«»", "“”"), "it": ("«»", "“”"), "es": ("«»", "“”"), "pt": ("«»", "“”"), "el": ("«»", "“”"),
    "ru": ("«»", "„“"), "uk": ("«»", "„“"), "no": ("«»", "‘’"), "nb": ("«»", "‘’"), "ar": ("«»", "“”"),
    "sv": ("””", "’’"), "fi": ("””", "’’"), "ja": ("「」", "『』"), "zh": ("“”", "‘’"),
}  # fmt: skip
_ENGLISH_MARKS = ("“”", "‘’")
# A drop cap: one letter, with the quotation mark before it.
_DROP_CAP = re.compile(r"^[\"“„«‘']?[^\W\d_]$")
# What follows each is asked element by element: an expression for that goes through all siblings of every one.
_SHORT_LEAVES = xpath.elements(
    "//*[self::div or self::p or self::span or self::b or self::strong or self::big][not(*)]"
    "[string-length(normalize-space()) <= 2]"
)


def keep_inline_words(tree: HtmlElement, language: str | None) -> None:
    """Unwrap the inline elements that the extractor would remove, and write the marks of ``q``.

    Args:
        tree: the page; changed in place.
        language: the ``lang`` of the page, for the form of quotation marks.
    """
    for element in _REMOVED_INLINE(tree):
        if _is_in_sentence(element):
            element.drop_tag()
    marks = _MARKS.get((language or "").lower()[:2], _ENGLISH_MARKS)
    for quotation in _QUOTATIONS(tree):
        depth = sum(1 for _ in quotation.iterancestors("q"))
        quotation.set("data-depth", str(depth % 2))
    for quotation in reversed(_QUOTATIONS(tree)):  # inner ones first: an unwrapped one has no descendants left
        _write_marks(quotation, marks[int(quotation.get("data-depth") or 0)])
    _join_drop_caps(tree)


def _is_in_sentence(element: HtmlElement) -> bool:
    block = next(element.iterancestors(*_BLOCKS), None)
    if block is None:
        return False
    if element.tag == "button" and not _LETTER.search(element.tail or ""):
        return False  # a control behind the text
    return element_text(block) != element_text(element)


def _write_marks(quotation: HtmlElement, marks: str) -> None:
    """Replace a ``q`` by its words between quotation marks; one that is a block of its own becomes a paragraph."""
    if not _QUOTATION_MARK.match(element_text(quotation)):
        quotation.text = marks[0] + (quotation.text or "").lstrip()
        if len(quotation):
            quotation[-1].tail = (quotation[-1].tail or "").rstrip() + marks[1]
        else:
            quotation.text = quotation.text.rstrip() + marks[1]
    parent = quotation.getparent()
    if next(quotation.iterancestors(*_BLOCKS), None) is None and element_text(parent) == element_text(quotation):
        quotation.tag = "p"
        quotation.attrib.pop("data-depth", None)
    else:
        quotation.drop_tag()


def _join_drop_caps(tree: HtmlElement) -> None:
    """Put a first letter that stands in an element of its own back before its paragraph."""
    for element in _SHORT_LEAVES(tree):
        paragraph = next(element.itersiblings(tag=etree.Element), None)
        if paragraph is None or paragraph.tag != "p":
            continue
        letter, words = element_text(element), element_text(paragraph)
        if _DROP_CAP.match(letter) and words[:1].islower() and not (element.tail or "").strip():
            if (paragraph.text or "").strip():
                paragraph.text = letter + paragraph.text.lstrip()
            else:
                paragraph.text = letter
            element.drop_tree()

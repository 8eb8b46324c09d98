"""Letters quoted whole: the one who signs is the one who speaks, whatever announces the letter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.entities.clusters import NamedMention
    from quotewire_extract.quotation import Quotation

_CLOSING = re.compile(
    r"(?:\b(?:yours(?: (?:sincerely|faithfully|truly|ever))?|(?:most )?sincerely(?: yours)?|respectfully(?: yours)?|"
    r"faithfully yours|(?:best|kind|warm) regards|with (?:love|thanks|respect|regret)|signed)\s*[,:]|[—–])\s*$",
    re.IGNORECASE,
)
"""What stands before a signature at the end of a letter. Source: the usual closings of letters in English."""

LONGEST_CLOSING = 30
"""Code points before the signature in which a closing begins: "Respectfully yours," and a mark are 22."""


def signer(scene: ArticleContext, quotation: Quotation) -> NamedMention | None:
    """The person whose name ends the quotation's words after a closing formula, or the marked paragraph after them."""
    start, end = quotation.content[-1]
    if not scene.is_marked(start):
        return None
    below = next((mark for mark in scene.marked if mark[0] > start), None)
    if below is not None and scene.paragraph(below[0]) == scene.paragraph(start) + 1:
        end = max(end, below[1])
    people = [named for named in scene.between(start, end) if named.figure.is_person]
    if not people:
        return None
    last = people[-1].mention
    before = scene.text[max(start, last.start - LONGEST_CLOSING) : last.start]
    ends = not any(character.isalnum() for character in scene.text[last.end : end])
    return people[-1] if ends and _CLOSING.search(before) else None

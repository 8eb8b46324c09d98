"""Letters quoted as a whole: the speaker is who signs, whatever the sentence before says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.entities.clusters import ClusteredMention
    from quotewire_extract.quotation import Quotation

_CLOSING = re.compile(
    r"(?:\b(?:yours(?: (?:sincerely|faithfully|truly|ever))?|(?:most )?sincerely(?: yours)?|respectfully(?: yours)?|"
    r"faithfully yours|(?:best|kind|warm) regards|with (?:love|thanks|respect|regret)|signed)\s*[,:]|[—–])\s*$",
    re.IGNORECASE,
)
"""What stands before a signature at the end of a letter. Source: the usual closings of letters in English."""

MAX_CLOSING = 30
"""Code points before the signature in which a closing begins: "Respectfully yours," and a mark are 22."""


def signer(context: ArticleContext, quotation: Quotation) -> ClusteredMention | None:
    """Return the person who signs: the last name in the quotation or the marked paragraph below, after a closing."""
    start, end = quotation.content[-1]
    if not context.is_marked(start):
        return None
    below = context.marked_after(start)
    if below is not None and context.paragraph(below[0]) == context.paragraph(start) + 1:
        end = max(end, below[1])
    named = next((named for named in reversed(context.mentions_between(start, end)) if named.cluster.is_person), None)
    if named is None:
        return None
    last = named.mention
    before = context.text[max(start, last.start - MAX_CLOSING) : last.start]
    ends = not any(character.isalnum() for character in context.text[last.end : end])
    return named if ends and _CLOSING.search(before) else None

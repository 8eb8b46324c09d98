"""Reports inside reports: in "…, according to Vremya" the sentence may itself say who said it.

The reader gives each word to one attribution, the outer one. Where that only names the outlet, the inner one is what
readers want: it is added, and knows its parent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.quotation import Quotation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext

_OUTER = re.compile(
    r"\b(?:according to|report(?:s|ed|ing)?|quot(?:es|ed|ing)|cit(?:es|ed|ing)|wr(?:ites|ote))\b", re.IGNORECASE
)
_INNER = re.compile(
    r"\s+((?:has |have |had |also |later |earlier )*(?:said|says|saying|stated|states|warned|warns|announced|"
    r"claimed|claims|insisted|insists|argued|argues|added|adds|stressed|noted|told \w+))\s+(that\s+\w)"
)

LONGEST_NAME = 60
"""Code points before a content that begins with "said that" in which its subject's name can begin."""

INNER_SCORE = 0.85
"""Score of a nested report found by its form: it shares its outer one's edges, which are right about as often."""


def nested_reports(scene: ArticleContext, quotations: Sequence[Quotation]) -> list[Quotation]:
    """The inner reports that no quotation covers yet, in the words of outer ones."""
    found: list[Quotation] = []
    for outer in quotations:
        if outer.cue is None or len(outer.content) != 1 or not _OUTER.search(scene.text[slice(*outer.cue)]):
            continue
        start, end = outer.content[0]
        for named in scene.between(start - LONGEST_NAME, end):
            if named.mention.end < start - 1:
                continue  # named before the content, and not right before it
            match = _INNER.match(scene.text, named.mention.end, end)
            if match is None or scene.is_marked(named.mention.start) or named.figure.label == "NORP":
                continue
            known = any(q is not outer and q.cue and start <= q.cue[0] and q.cue[1] <= end for q in quotations)
            if not known and _same_sentence(scene, match.start(), end):
                title = scene.before_name(named.mention.start)
                head = named.mention.start - (len(title) + 1 if title else 0)
                words = (match.start(2), end)
                found.append(
                    Quotation([words], match.span(1), (head, named.mention.end), "indirect", INNER_SCORE, outer.core)
                )
            break
    return found


def _same_sentence(scene: ArticleContext, start: int, end: int) -> bool:
    return scene.sentence(start) == scene.sentence(end - 1)

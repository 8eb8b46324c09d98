"""Free-standing quotations: a paragraph in marks that names nobody goes on with the speaker before, as one of its own.

The reader gives such a stretch to the attribution before it. Where that one reports without marks, the two are not one
quotation: "The minister said it was late." and, a paragraph on, "“We are sorry.”" are an indirect and a direct one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quotewire_extract.quotation import Quotation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext


def apart(scene: ArticleContext, quotations: Sequence[Quotation]) -> list[Quotation]:
    """Take marked stretches in a paragraph of their own out of reports without marks; sorted by where they begin."""
    found: list[Quotation] = []
    for quotation in quotations:
        found += _split(scene, quotation)
    return sorted(found, key=lambda one: one.start)


def _split(scene: ArticleContext, quotation: Quotation) -> list[Quotation]:
    cue = quotation.cue
    if cue is None or len(quotation.content) < 2:
        return [quotation]
    home = scene.paragraph(cue[0])
    own = [s for s in quotation.content if scene.paragraph(s[0]) == home]
    away = [s for s in quotation.content if scene.paragraph(s[0]) != home and scene.is_marked(s[0])]
    whole = own and away and len(own) + len(away) == len(quotation.content)
    if not whole or any(_has_marks(scene, stretch) for stretch in own):
        return [quotation]
    quotation.content = own
    quotation.kind = "indirect"
    rest = Quotation(away, None, None, "direct", quotation.score, quotation.core)
    return [quotation, rest]


def _has_marks(scene: ArticleContext, stretch: tuple[int, int]) -> bool:
    return any(start < stretch[1] and end > stretch[0] for start, end in scene.marked)


FEWEST_WORDS = 6
"""Words of a paragraph in marks from which it is somebody's words: headings and titles in marks are shorter."""

UNCLAIMED_SCORE = 0.85
"""Score of a quotation found by its marks alone, where the encoder saw no attribution to give it to."""


def unclaimed(scene: ArticleContext, quotations: Sequence[Quotation]) -> list[Quotation]:
    """Paragraphs that are wholly one stretch in double marks, sentence and all, and belong to no quotation yet."""
    taken = sorted(stretch for quotation in quotations for stretch in quotation.content)
    found: list[Quotation] = []
    for start, end in scene.marked:
        line = scene.text[scene.paragraphs[scene.paragraph(start)] : scene.line_end(start)]
        words = scene.text[start:end]
        whole = line.strip() == words.strip() and _ends_a_sentence(words)
        if whole and len(words.split()) >= FEWEST_WORDS and not any(a < end and start < b for a, b in taken):
            found.append(Quotation([(start, end)], None, None, "direct", UNCLAIMED_SCORE, UNCLAIMED_SCORE))
    return found


def _ends_a_sentence(words: str) -> bool:
    return words.rstrip("”\"'’» ").endswith((".", "!", "?", "…", ","))

"""One article as the steps of attribution see it: sentences, paragraphs, marked spans, and who is named where."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.clusters import ClusteredMention, EntityCluster
    from quotewire_extract.quotation import CharSpan
    from quotewire_extract.turns import Turn
    from quotewire_names import Gender

MAX_SENTENCE = 2000
"""Code points after which a sentence is split: no rule looks farther. The longest of a newspaper have half as many."""

_NEWLINE = re.compile(r"\n+")
_AFTER_TIME = re.compile(r"[ \t.:–—|-]*")
_TIME = re.compile(
    r"^\s*(?:updated?:?\s*)?\d{1,2}[:.h]\d{2}\s*(?:am|pm|a\.m\.|p\.m\.|gmt|bst|cet|est|edt|utc|ist)?\b", re.IGNORECASE
)


@dataclass(slots=True)
class ArticleContext:
    """The text of an article with its structure, and what is known of the persons in it.

    Args:
        text: the whole text.
        sentences: where sentences begin; completed by the paragraphs.
        marked: the spans in double quotation marks, in order.
        mentions: the entity mentions, in order.
        turns: the turns of a transcript, empty for other articles.
        low_confidence: confidence below which a quotation is flagged.
        roles: role words by number of the person's cluster (``roles.person_roles``).
        genders: gender by number of the person's cluster (``genders.person_genders``).
    """

    text: str
    sentences: list[int]
    marked: Sequence[CharSpan]
    mentions: list[ClusteredMention]
    turns: Sequence[Turn] = ()
    low_confidence: float = 0.0
    roles: dict[int, frozenset[str]] = field(default_factory=dict)
    genders: dict[int, Gender | None] = field(default_factory=dict)
    paragraphs: list[int] = field(init=False)
    sections: list[int] = field(init=False)
    _mention_starts: list[int] = field(init=False)
    _mark_starts: list[int] = field(init=False)
    _people: list[EntityCluster] = field(init=False)
    _clusters: dict[tuple[str, str | None], EntityCluster] = field(default_factory=dict)
    _entry_times: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.paragraphs = [0, *(m.end() for m in _NEWLINE.finditer(self.text))]
        self.sentences = _split_long(
            sorted({*self.sentences, *self.paragraphs[:-1], *(p for p in self.paragraphs[-1:] if p < len(self.text))}),
            len(self.text),
        )
        self.sections = [0, *(p for p in self.paragraphs if _TIME.match(self.text[p : p + 40]))]
        self._mention_starts = [m.mention.start for m in self.mentions]
        self._mark_starts = [start for start, _ in self.marked]
        self._people = list({m.cluster.number: m.cluster for m in self.mentions if m.cluster.is_person}.values())
        for m in self.mentions:
            self._clusters.setdefault((m.cluster.key, m.cluster.label), m.cluster)

    def people(self) -> list[EntityCluster]:
        """Return the persons that the article names, in order of first appearance."""
        return self._people

    def cluster(self, key: str, label: str | None) -> EntityCluster | None:
        """Return the entity with this name_key and label."""
        return self._clusters.get((key, label))

    def sentence(self, position: int) -> int:
        """Return the number of the sentence that contains the position."""
        return bisect_right(self.sentences, position) - 1

    def sentence_span(self, number: int) -> CharSpan:
        """Return start and end of a sentence."""
        number = min(max(0, number), len(self.sentences) - 1)
        start = self.sentences[number]
        end = self.sentences[number + 1] if number + 1 < len(self.sentences) else len(self.text)
        return start, end

    def paragraph(self, position: int) -> int:
        """Return the number of the paragraph that contains the position; empty lines do not count."""
        return bisect_right(self.paragraphs, position) - 1

    def section(self, position: int) -> int:
        """Return the number of the live-blog entry (from a line with a time of day on) that contains the position."""
        return bisect_right(self.sections, position) - 1

    def after_entry_time(self, position: int) -> int:
        """Return where the words begin after the time of day at the head of the position's paragraph; 0 without one."""
        start = self.paragraphs[self.paragraph(position)]
        if start not in self._entry_times:
            time = _TIME.match(self.text[start : start + 40])
            after = _AFTER_TIME.match(self.text, start + time.end()) if time is not None else None
            self._entry_times[start] = after.end() if after is not None else 0
        return self._entry_times[start]

    def is_marked(self, position: int) -> bool:
        """Whether the position is inside double quotation marks."""
        i = bisect_right(self._mark_starts, position) - 1
        return i >= 0 and self.marked[i][0] <= position < self.marked[i][1]

    def marked_after(self, position: int) -> CharSpan | None:
        """Return the first span in double quotation marks that begins behind the position."""
        i = bisect_right(self._mark_starts, position)
        return self.marked[i] if i < len(self.marked) else None

    def mentions_between(self, start: int, end: int) -> list[ClusteredMention]:
        """Return the entity mentions that begin in ``[start, end)``."""
        return self.mentions[
            bisect_right(self._mention_starts, start - 1) : bisect_right(self._mention_starts, end - 1)
        ]


def _split_long(starts: list[int], end: int) -> list[int]:
    """Return where sentences begin, with further ones inside those that are too long."""
    return [
        part
        for start, next_start in zip(starts, [*starts[1:], end], strict=True)
        for part in range(start, max(next_start, start + 1), MAX_SENTENCE)
    ]

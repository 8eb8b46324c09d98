"""Transcripts and interviews: lines that open with a speaker's label, and who the labels are."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quotewire_extract.attribution.speakers import FULL, PERSON, SURNAME, TITLE, UNNAMED, at, of_figure
from quotewire_extract.lexicon import words
from quotewire_extract.quotation import Quotation, SpeakerMention
from quotewire_extract.turns import ANY_LABEL, Turn, find_turns
from quotewire_names.name_key import name_key

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext


@dataclass(slots=True)
class Transcript:
    """The turns of one article, empty where it is no transcript."""

    scene: ArticleContext
    turns: list[Turn]

    @classmethod
    def of(cls, scene: ArticleContext) -> Transcript:
        """Find the turns of an article."""
        return cls(scene, find_turns(scene.text, ANY_LABEL))

    def speaker(self, position: int) -> SpeakerMention | None:
        """Who has the turn that holds the position; None outside of turns."""
        turn = next((turn for turn in self.turns if turn.start <= position < turn.end), None)
        return self._who(turn) if turn is not None else None

    def unheard(self, quotations: list[Quotation]) -> list[Quotation]:
        """The turns of a transcript that hold no quotation yet: what is said in them, word for word."""
        found: list[Quotation] = []
        for turn in self.turns:
            label = self.scene.text[slice(*turn.label)].lower()
            covered = any(q.start < turn.end and q.end > turn.start for q in quotations)
            if not covered and label not in _ASKS:
                found.append(Quotation([(turn.start, turn.end)], None, turn.label, "direct", TURN_SCORE, 1.0))
        return found

    def _who(self, turn: Turn) -> SpeakerMention:
        start, end = turn.label
        label = re.sub(r"\s*\(.*\)$", "", self.scene.text[start:end])
        speaker = self._answering() if label.lower() in _ANSWERS else None
        if speaker is None:
            speaker = self._labelled(label)
        return at(speaker, start, end, self.scene.text)

    def _labelled(self, label: str) -> SpeakerMention:
        low = label.lower()
        if low in _ASKS:
            return SpeakerMention(None, None, "", "interviewer", "interviewer", TITLE, UNNAMED, None)
        if low in words("en/person_nouns.txt") or low in words("en/titles.txt"):
            return SpeakerMention(
                None, None, "", label.capitalize() if label.isupper() else label, name_key(label), TITLE, UNNAMED, None
            )
        parts = [part for part in name_key(label).split() if part not in words("en/titles.txt")] or name_key(
            label
        ).split()
        for figure in self.scene.people():
            known = figure.key.split()
            if parts and (parts[-1] == known[-1] or (len(parts) == 1 and parts[0] in known)):
                return of_figure(figure)
        kept = [
            word for word in label.split() if word.lower().rstrip(".") not in words("en/titles.txt")
        ] or label.split()
        name = " ".join(word.capitalize() if word.isupper() else word for word in kept)
        return SpeakerMention(None, None, "", name, name_key(name), FULL if " " in name else SURNAME, PERSON, "PERSON")

    def _answering(self) -> SpeakerMention | None:
        """Who answers an interview that marks its turns Q and A: the person named most before it begins, else first."""
        begin = self.turns[0].label[0]
        counts = Counter(n.figure.number for n in self.scene.named if n.figure.is_person and n.mention.start < begin)
        people = self.scene.people()
        if not people:
            return None
        best = max(people, key=lambda figure: (counts[figure.number], -figure.number))
        return of_figure(best)


_ASKS = frozenset({"q", "question", "interviewer", "reporter"})
_ANSWERS = frozenset({"a", "answer"})
TURN_SCORE = 0.9
"""Score of a turn that the reader passed over: its form is certain, its being of interest is not."""

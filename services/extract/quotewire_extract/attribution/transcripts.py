"""Transcripts and interviews: who speaks in each turn, and turns that the tagger did not find."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from quotewire_extract.attribution.speaker_mentions import (
    FULL,
    PERSON,
    SURNAME,
    UNNAMED,
    described_speaker,
    speaker_from_cluster,
    with_location,
)
from quotewire_extract.lexicon import words
from quotewire_extract.quotation import Quotation, SpeakerMention
from quotewire_extract.spans import SpanIndex
from quotewire_names import name_key

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.entities.clusters import EntityCluster

_ASKS = frozenset({"q", "question", "interviewer", "reporter"})
_ANSWERS = frozenset({"a", "answer"})
_PARENTHESIS = re.compile(r"(?<!\s)\s*\(.*\)$")
TURN_SCORE = 0.9
"""Score of a turn that the tagger did not find: its form is certain, its relevance is not."""


def add_untagged_turns(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Add the turns of a transcript without any quotation, word for word; not those of the interviewer."""
    tagged = SpanIndex((quotation.start, quotation.end) for quotation in quotations)
    added: list[Quotation] = []
    for turn in context.turns:
        label = context.text[slice(*turn.label)].lower()
        if not tagged.overlaps(turn.start, turn.end) and label not in _ASKS:
            added.append(Quotation([(turn.start, turn.end)], None, turn.label, "direct", TURN_SCORE, 1.0))
    return quotations + added


class Transcript:
    """The speakers of an article's turns, each label resolved once."""

    def __init__(self, context: ArticleContext) -> None:
        """Collect by which words each person is known: the last of the name, and any of it."""
        self._context = context
        self._starts = [turn.start for turn in context.turns]
        self._by_label: dict[str, SpeakerMention] = {}
        self._by_last_word: dict[str, EntityCluster] = {}
        self._by_word: dict[str, EntityCluster] = {}
        for person in context.people() if context.turns else ():
            known = person.key.split()
            for word in known:
                self._by_word.setdefault(word, person)
            if known:
                self._by_last_word.setdefault(known[-1], person)

    def speaker(self, position: int) -> SpeakerMention | None:
        """Return the speaker of the turn that contains the position; None outside of turns."""
        number = bisect_right(self._starts, position) - 1
        turn = self._context.turns[number] if number >= 0 else None
        if turn is None or position >= turn.end:
            return None
        label = _PARENTHESIS.sub("", self._context.text[slice(*turn.label)])
        if label not in self._by_label:
            answers = self._interviewee() if label.lower() in _ANSWERS else None
            self._by_label[label] = answers or self._labelled(label)
        return with_location(self._by_label[label], *turn.label, self._context.text)

    def _labelled(self, label: str) -> SpeakerMention:
        if label.lower() in _ASKS:
            return described_speaker("interviewer", UNNAMED)
        titles = words("en/titles.txt")
        if label.lower() in words("en/person_nouns.txt") or label.lower() in titles:
            return described_speaker(label.capitalize() if label.isupper() else label, UNNAMED)
        key = name_key(label).split()
        parts = [part for part in key if part not in titles] or key
        if parts:
            person = self._by_word.get(parts[0]) if len(parts) == 1 else self._by_last_word.get(parts[-1])
            if person is not None:
                return speaker_from_cluster(person)
        kept = [word for word in label.split() if word.lower().rstrip(".") not in titles] or label.split()
        name = " ".join(word.capitalize() if word.isupper() else word for word in kept)
        return described_speaker(name, PERSON, FULL if " " in name else SURNAME, "PERSON")

    def _interviewee(self) -> SpeakerMention | None:
        """Return who answers in turns Q and A: the person named most before them, of equals the first."""
        context = self._context
        begin = context.turns[0].label[0]
        counts = Counter(n.cluster.number for n in context.mentions if n.cluster.is_person and n.mention.start < begin)
        best = max(context.people(), key=lambda person: (counts[person.number], -person.number), default=None)
        return speaker_from_cluster(best) if best is not None else None

"""Transcripts and interviews: who speaks in each turn, and turns that the tagger did not find."""

from __future__ import annotations

import re
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
from quotewire_names import name_key

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext

_ASKS = frozenset({"q", "question", "interviewer", "reporter"})
_ANSWERS = frozenset({"a", "answer"})
TURN_SCORE = 0.9
"""Score of a turn that the tagger did not find: its form is certain, its relevance is not."""


def add_untagged_turns(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Add the turns of a transcript without any quotation, word for word; not those of the interviewer."""
    added: list[Quotation] = []
    for turn in context.turns:
        label = context.text[slice(*turn.label)].lower()
        covered = any(q.start < turn.end and q.end > turn.start for q in quotations)
        if not covered and label not in _ASKS:
            added.append(Quotation([(turn.start, turn.end)], None, turn.label, "direct", TURN_SCORE, 1.0))
    return quotations + added


def speaker_of_turn(context: ArticleContext, position: int) -> SpeakerMention | None:
    """Return the speaker of the turn that contains the position; None outside of turns."""
    turn = next((turn for turn in context.turns if turn.start <= position < turn.end), None)
    if turn is None:
        return None
    label = re.sub(r"\s*\(.*\)$", "", context.text[slice(*turn.label)])
    speaker = _interviewee(context) if label.lower() in _ANSWERS else None
    return with_location(speaker or _labelled_speaker(context, label), *turn.label, context.text)


def _labelled_speaker(context: ArticleContext, label: str) -> SpeakerMention:
    if label.lower() in _ASKS:
        return described_speaker("interviewer", UNNAMED)
    titles = words("en/titles.txt")
    if label.lower() in words("en/person_nouns.txt") or label.lower() in titles:
        return described_speaker(label.capitalize() if label.isupper() else label, UNNAMED)
    key = name_key(label).split()
    parts = [part for part in key if part not in titles] or key
    for person in context.people():
        known = person.key.split()
        if parts and (parts[-1] == known[-1] or (len(parts) == 1 and parts[0] in known)):
            return speaker_from_cluster(person)
    kept = [word for word in label.split() if word.lower().rstrip(".") not in titles] or label.split()
    name = " ".join(word.capitalize() if word.isupper() else word for word in kept)
    return described_speaker(name, PERSON, FULL if " " in name else SURNAME, "PERSON")


def _interviewee(context: ArticleContext) -> SpeakerMention | None:
    """Return who answers in an interview with turns Q and A: the person named most before it, of equals the first."""
    begin = context.turns[0].label[0]
    counts = Counter(n.cluster.number for n in context.mentions if n.cluster.is_person and n.mention.start < begin)
    best = max(context.people(), key=lambda person: (counts[person.number], -person.number), default=None)
    return speaker_from_cluster(best) if best is not None else None

"""Whether every record of the topics that stages read has exactly one trace, whatever it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chaos.fuzz import STAGES, Fuzzed
from chaos.told import Place, Told
from chaos.topics import TopicContents
from quotewire_runtime.outcomes import Outcome
from quotewire_schemas.dead_letter import Reason

ALLOWED = {str(Reason.REFUSED), str(Reason.TOO_LARGE)}
"""What may still become of a record that the contract allows, for what only a database or a broker can see."""


@dataclass
class Traces:
    """Every record's trace, counted, and what is wrong with them."""

    records: int = 0
    again: int = 0
    """Records that were worked more than once: at least once is the promise."""
    wrong: list[str] = field(default_factory=list)


def traces(told: Iterable[Told], lying: TopicContents, stored: set[str], fuzzed: Mapping[Place, Fuzzed]) -> Traces:
    """Compare what the stages said of each record with what lies where it should.

    Args:
        told: the lines of all logs.
        lying: what lies on the topics.
        stored: the article_id of every row of ``news.articles``.
        fuzzed: the mutated records, by where Kafka put them.
    """
    found = Traces()
    said: defaultdict[Place, list[Told]] = defaultdict(list)
    for line in told:
        if line.place is not None and line.outcome is not None:
            said[line.place].append(line)
    for (topic, partition), end in lying.ends.items():
        for offset in range(end):
            place = (topic, partition, offset)
            found.records += 1
            found.again += len(said[place]) > 1
            found.wrong += _of_one(place, said[place], lying, stored)
    for place, one in fuzzed.items():
        found.wrong += _as_deserved(place, one, lying)
    return found


def _of_one(place: Place, lines: Sequence[Told], lying: TopicContents, stored: set[str]) -> list[str]:
    shown = " ".join(map(str, place))
    outcomes = {str(line.outcome) for line in lines}
    dead = place in lying.dead_at
    if not outcomes:
        return [f"{shown}: no stage says what became of it"]
    if dead != (outcomes == {str(Outcome.DEAD_LETTER)}):
        return [f"{shown}: {' and '.join(sorted(outcomes))}, and {'a' if dead else 'no'} dead letter"]
    line = lines[0]
    article_id = line.article_id or ""
    if dead:
        return []
    if line.service.name == "extract":
        return [] if article_id in lying.enriched_ids else [f"{shown}: {article_id} is not on the enriched topic"]
    if outcomes & {str(Outcome.STORED), str(Outcome.WITHDRAWN)} and article_id not in stored:
        return [f"{shown}: {article_id} is not in the table"]
    return []


def _as_deserved(place: Place, one: Fuzzed, lying: TopicContents) -> list[str]:
    deserved = one.deserves()
    stage, reason = lying.dead_at.get(place, (STAGES[one.topic], None))
    if stage == STAGES[one.topic] and (reason == deserved or (deserved is None and reason in ALLOWED)):
        return []
    return [f"{' '.join(map(str, place))}: became {stage} {reason}, deserved {deserved}"]

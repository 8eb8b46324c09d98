"""Check that every record on the topics that stages consume has exactly one outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chaos.fuzz import STAGES, MutatedRecord
from chaos.service_logs import Location, LogLine
from chaos.topic_contents import TopicContents
from quotewire_runtime.outcomes import Outcome
from quotewire_schemas.dead_letter import Reason

ALLOWED = {str(Reason.REFUSED), str(Reason.TOO_LARGE)}
"""Reasons for which a valid record may still be rejected: only a database or a broker can find them."""


@dataclass
class Traces:
    """The number of records, and what is wrong with their outcomes."""

    records: int = 0
    again: int = 0
    """Records that were processed more than once: delivery is at least once."""
    wrong: list[str] = field(default_factory=list)


def traces(
    log_lines: Iterable[LogLine],
    contents: TopicContents,
    stored: set[str],
    mutated: Mapping[Location, MutatedRecord],
) -> Traces:
    """Compare the outcome that stages logged for each record with topics and tables.

    Args:
        log_lines: the lines of all logs.
        contents: the records on the topics.
        stored: the article_id of every row of ``news.articles``.
        mutated: the mutated records, by their location.
    """
    found = Traces()
    by_location: defaultdict[Location, list[LogLine]] = defaultdict(list)
    for line in log_lines:
        if line.location is not None and line.outcome is not None:
            by_location[line.location].append(line)
    for (topic, partition), end in contents.ends.items():
        for offset in range(end):
            location = (topic, partition, offset)
            found.records += 1
            found.again += len(by_location[location]) > 1
            found.wrong += _check_record(location, by_location[location], contents, stored)
    for location, one in mutated.items():
        found.wrong += _check_mutation(location, one, contents)
    return found


def _check_record(location: Location, lines: Sequence[LogLine], contents: TopicContents, stored: set[str]) -> list[str]:
    shown = " ".join(map(str, location))
    outcomes = {str(line.outcome) for line in lines}
    dead = location in contents.dead_letters
    if not outcomes:
        return [f"{shown}: no stage logged an outcome"]
    if dead != (outcomes == {str(Outcome.DEAD_LETTER)}):
        return [f"{shown}: {' and '.join(sorted(outcomes))}, and {'a' if dead else 'no'} dead letter"]
    line = lines[0]
    article_id = line.article_id or ""
    if dead:
        return []
    if line.service.name == "extract":
        return [] if article_id in contents.enriched_ids else [f"{shown}: {article_id} is not on the enriched topic"]
    if outcomes & {str(Outcome.STORED), str(Outcome.WITHDRAWN)} and article_id not in stored:
        return [f"{shown}: {article_id} is not in the table"]
    return []


def _check_mutation(location: Location, one: MutatedRecord, contents: TopicContents) -> list[str]:
    expected = one.expected_reason()
    stage, reason = contents.dead_letters.get(location, (STAGES[one.topic], None))
    if stage == STAGES[one.topic] and (reason == expected or (expected is None and reason in ALLOWED)):
        return []
    return [f"{' '.join(map(str, location))}: became {stage} {reason}, expected {expected}"]

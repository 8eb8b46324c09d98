"""The checks of the chaos program, on logs and topics made by hand."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chaos.fuzz import STAGES, MutatedRecord, mutated
from chaos.poison import heavy, hooks, poison
from chaos.service_logs import Kill, LogLine, read_logs, recovery_times
from chaos.topic_contents import TopicContents
from chaos.traces import Traces, traces
from kit.builders import article
from kit.services import Service
from quotewire_schemas import encode
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import ARTICLE

REJECTED, PASSED = ("t.article", 0, 0), ("t.article", 0, 1)
STORED = ("t.enriched", 0, 0)


def service(name: str, folder: Path = Path()) -> Service:
    return Service(name, {}, 0, folder / f"{name}.log", folder)


EXTRACT, STORE = service("extract"), service("store")


@dataclass
class TraceCase:
    """Two records at extract, one rejected and one passed on, and one at the store."""

    log_lines: list[LogLine] = field(
        default_factory=lambda: [
            LogLine(EXTRACT, 1.0, "dead_letter", "x", REJECTED, None, frozenset()),
            LogLine(EXTRACT, 1.0, "annotated", "a1", PASSED, None, frozenset()),
            LogLine(STORE, 2.0, "stored", "a1", STORED, None, frozenset()),
        ]
    )
    contents: TopicContents = field(
        default_factory=lambda: TopicContents(
            dead_letters={REJECTED: ("extract", "invalid")},
            enriched_ids={"a1"},
            ends={("t.article", 0): 2, ("t.enriched", 0): 1},
        )
    )
    stored: set[str] = field(default_factory=lambda: {"a1"})
    mutated: dict[tuple[str, int, int], MutatedRecord] = field(
        default_factory=lambda: {
            REJECTED: MutatedRecord(ARTICLE, b"x", b"{}"),
            PASSED: MutatedRecord(ARTICLE, b"a1", encode(article("a1"))),
        }
    )

    def checked(self) -> Traces:
        return traces(self.log_lines, self.contents, self.stored, self.mutated)


def test_one_trace_each_is_right() -> None:
    case = TraceCase()
    case.log_lines.append(case.log_lines[-1])
    assert case.checked() == Traces(records=3, again=1, wrong=[])


def test_a_record_without_an_outcome_is_wrong() -> None:
    case = TraceCase()
    del case.log_lines[1]
    assert case.checked().wrong == ["t.article 0 1: no stage logged an outcome"]


def test_a_dead_letter_that_is_not_on_its_topic_is_wrong() -> None:
    case = TraceCase()
    case.contents.dead_letters.clear()
    assert case.checked().wrong == [
        "t.article 0 0: dead_letter, and no dead letter",
        "t.article 0 0: became extract None, expected invalid",
    ]


def test_two_outcomes_of_which_one_is_a_dead_letter_are_wrong() -> None:
    case = TraceCase()
    case.log_lines.append(LogLine(EXTRACT, 3.0, "annotated", "x", REJECTED, None, frozenset()))
    assert case.checked().wrong == ["t.article 0 0: annotated and dead_letter, and a dead letter"]


def test_an_outcome_without_its_record_is_wrong() -> None:
    case = TraceCase(stored=set())
    case.contents.enriched_ids.clear()
    assert case.checked().wrong == [
        "t.article 0 1: a1 is not on the enriched topic",
        "t.enriched 0 0: a1 is not in the table",
    ]


def test_a_dead_letter_for_another_reason_than_the_contracts_is_wrong() -> None:
    case = TraceCase()
    case.contents.dead_letters[REJECTED] = ("extract", "crash")
    assert case.checked().wrong == ["t.article 0 0: became extract crash, expected invalid"]


def test_a_recovery_lasts_until_a_partition_of_the_killed_service_is_processed() -> None:
    log_lines = [
        LogLine(EXTRACT, 90.0, None, None, None, None, frozenset({0, 1})),
        LogLine(service("extract"), 101.0, "annotated", "b", ("t.article", 7, 0), None, frozenset()),
        LogLine(service("extract"), 109.0, "annotated", "a", ("t.article", 1, 0), None, frozenset()),
    ]
    kill = Kill(EXTRACT, 100.0)
    assert recovery_times([kill], log_lines, {}, {}) == [9.0]
    assert recovery_times([kill], log_lines, {("t.article", 1, 0): 106.0}, {}) == [3.0]
    assert recovery_times([kill, Kill(EXTRACT, 105.0)], log_lines, {}, {}) == [4.0]


def test_incomplete_log_lines_are_skipped(tmp_path: Path) -> None:
    extract = service("extract", tmp_path)
    line = {
        "event": "article", "outcome": "annotated", "article_id": "a1", "topic": "t.article", "partition": 0,
        "offset": 1, "timestamp": "2026-03-02T12:00:00.5Z",
    }  # fmt: skip
    whole = json.dumps(line)
    extract.log.write_text(f'{whole[:60]}{{"event": "stage_starting"}}\n{whole}\nnot JSON\n')
    (only,) = read_logs([extract])
    assert (only.location, only.outcome, only.at) == (PASSED, "annotated", 1772452800.5)


@pytest.mark.parametrize("topic", STAGES)
def test_a_seed_mutates_the_same_again_and_leaves_some_whole(topic: str) -> None:
    found = mutated(topic, 200, random.Random(7), batch=1)
    assert found == mutated(topic, 200, random.Random(7), batch=1)
    reasons = {one.expected_reason() for one in found}
    assert {None, Reason.NOT_JSON, Reason.INVALID} <= reasons
    assert not any(one.expected_reason() is None and (one.key or b"")[:6] != b"poison" for one in found)


def test_the_schemas_alone_give_the_listed_reason_of_poison() -> None:
    for one in poison(1):
        if one.reason is not Reason.REFUSED:
            assert MutatedRecord(one.topic, one.key, one.value).expected_reason() == one.reason
    for one in (*hooks(1), *heavy(1)):
        assert MutatedRecord(one.topic, one.key, one.value).expected_reason() is None

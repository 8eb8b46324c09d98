"""The judges of the chaos program, on logs and topics made by hand."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chaos.fuzz import STAGES, Fuzzed, fuzzed
from chaos.poison import heavy, hooks, poison
from chaos.told import Kill, Told, read_logs, standstills
from chaos.topics import TopicContents
from chaos.traces import Traces, traces
from kit.builders import article
from kit.services import Service
from quotewire_schemas import encode
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import ARTICLE

GIVEN_UP, PASSED = ("t.article", 0, 0), ("t.article", 0, 1)
STORED = ("t.enriched", 0, 0)


def service(name: str, folder: Path = Path()) -> Service:
    return Service(name, {}, 0, folder / f"{name}.log", folder)


EXTRACT, STORE = service("extract"), service("store")


@dataclass
class Scene:
    """Two records at extract, one given up and one passed on, and one at the store."""

    told: list[Told] = field(
        default_factory=lambda: [
            Told(EXTRACT, 1.0, "dead_letter", "x", GIVEN_UP, None, frozenset()),
            Told(EXTRACT, 1.0, "annotated", "a1", PASSED, None, frozenset()),
            Told(STORE, 2.0, "stored", "a1", STORED, None, frozenset()),
        ]
    )
    lying: TopicContents = field(
        default_factory=lambda: TopicContents(
            dead_at={GIVEN_UP: ("extract", "invalid")},
            enriched_ids={"a1"},
            ends={("t.article", 0): 2, ("t.enriched", 0): 1},
        )
    )
    stored: set[str] = field(default_factory=lambda: {"a1"})
    fuzzed: dict[tuple[str, int, int], Fuzzed] = field(
        default_factory=lambda: {
            GIVEN_UP: Fuzzed(ARTICLE, b"x", b"{}"),
            PASSED: Fuzzed(ARTICLE, b"a1", encode(article("a1"))),
        }
    )

    def judged(self) -> Traces:
        return traces(self.told, self.lying, self.stored, self.fuzzed)


def test_one_trace_each_is_right() -> None:
    scene = Scene()
    scene.told.append(scene.told[-1])
    assert scene.judged() == Traces(records=3, again=1, wrong=[])


def test_a_record_that_nobody_tells_of_is_wrong() -> None:
    scene = Scene()
    del scene.told[1]
    assert scene.judged().wrong == ["t.article 0 1: no stage says what became of it"]


def test_a_dead_letter_that_is_not_on_its_topic_is_wrong() -> None:
    scene = Scene()
    scene.lying.dead_at.clear()
    assert scene.judged().wrong == [
        "t.article 0 0: dead_letter, and no dead letter",
        "t.article 0 0: became extract None, deserved invalid",
    ]


def test_two_outcomes_of_which_one_is_a_dead_letter_are_wrong() -> None:
    scene = Scene()
    scene.told.append(Told(EXTRACT, 3.0, "annotated", "x", GIVEN_UP, None, frozenset()))
    assert scene.judged().wrong == ["t.article 0 0: annotated and dead_letter, and a dead letter"]


def test_what_is_told_and_is_nowhere_is_wrong() -> None:
    scene = Scene(stored=set())
    scene.lying.enriched_ids.clear()
    assert scene.judged().wrong == [
        "t.article 0 1: a1 is not on the enriched topic",
        "t.enriched 0 0: a1 is not in the table",
    ]


def test_a_dead_letter_for_another_reason_than_the_contracts_is_wrong() -> None:
    scene = Scene()
    scene.lying.dead_at[GIVEN_UP] = ("extract", "crash")
    assert scene.judged().wrong == ["t.article 0 0: became extract crash, deserved invalid"]


def test_a_standstill_lasts_until_a_partition_of_the_dead_is_worked() -> None:
    told = [
        Told(EXTRACT, 90.0, None, None, None, None, frozenset({0, 1})),
        Told(service("extract"), 101.0, "annotated", "b", ("t.article", 7, 0), None, frozenset()),
        Told(service("extract"), 109.0, "annotated", "a", ("t.article", 1, 0), None, frozenset()),
    ]
    kill = Kill(EXTRACT, 100.0)
    assert standstills([kill], told, {}, {}) == [9.0]
    assert standstills([kill], told, {("t.article", 1, 0): 106.0}, {}) == [3.0]
    assert standstills([kill, Kill(EXTRACT, 105.0)], told, {}, {}) == [4.0]


def test_logs_are_read_past_lines_that_a_kill_has_torn(tmp_path: Path) -> None:
    extract = service("extract", tmp_path)
    line = {
        "event": "article", "outcome": "annotated", "article_id": "a1", "topic": "t.article", "partition": 0,
        "offset": 1, "timestamp": "2026-03-02T12:00:00.5Z",
    }  # fmt: skip
    whole = json.dumps(line)
    extract.log.write_text(f'{whole[:60]}{{"event": "starting"}}\n{whole}\nnot JSON\n')
    (only,) = read_logs([extract])
    assert (only.place, only.outcome, only.at) == (PASSED, "annotated", 1772452800.5)


@pytest.mark.parametrize("topic", STAGES)
def test_a_seed_mutates_the_same_again_and_leaves_some_whole(topic: str) -> None:
    found = fuzzed(topic, 200, random.Random(7), batch=1)
    assert found == fuzzed(topic, 200, random.Random(7), batch=1)
    reasons = {one.deserves() for one in found}
    assert {None, Reason.NOT_JSON, Reason.INVALID} <= reasons
    assert not any(one.deserves() is None and (one.key or b"")[:6] != b"poison" for one in found)


def test_the_contract_alone_judges_poison_as_it_is_listed() -> None:
    for one in poison(1):
        if one.reason is not Reason.REFUSED:
            assert Fuzzed(one.topic, one.key, one.value).deserves() == one.reason
    for one in (*hooks(1), *heavy(1)):
        assert Fuzzed(one.topic, one.key, one.value).deserves() is None

"""The definitions of the long runs, without running them."""

from __future__ import annotations

import random

import pytest

from chaos.disturbances import CLOCKS, KINDS, SERVICES, draw_schedule, estimated_duration_s, settings_for
from chaos.long import RUNS, _command


@pytest.mark.parametrize("name", RUNS)
def test_a_run_counts_known_kinds_and_replicas_of_known_services(name: str) -> None:
    words = _command(RUNS[name], 1.0, seed=1)
    counted = {word.partition("=")[0] for word in words if "=" in word}
    assert counted
    assert counted <= set(KINDS) | set(SERVICES)


def test_scale_leaves_one_of_each_kind_and_the_replicas_and_seconds_as_they_are() -> None:
    assert _command(["4000", "kill=450", "old=3", "--replicas", "extract=3", "--away", "60"], 0.1, seed=7) == [
        "chaos", "--seed", "7", "--articles", "400", "kill=45", "old=1", "--replicas", "extract=3", "--away", "60",
    ]  # fmt: skip


def test_every_kind_has_a_duration() -> None:
    assert all(estimated_duration_s({kind: 1}, away_s=10, frozen_s=10) > 0 for kind in KINDS)
    counts = {"clock": 2, "disk-warc": 1, "kafka-stop": 1}
    assert estimated_duration_s(counts, away_s=10, frozen_s=20) == 2 * 23 + 18 + 18


def test_services_and_clocks_are_chosen_equally_often() -> None:
    schedule = draw_schedule({"kill": 6, "clock": 8, "kafka-stop": 1}, random.Random(3))
    assert sorted(one.target for one in schedule if one.kind == "kill") == sorted(SERVICES * 2)
    assert sorted(one.target for one in schedule if one.kind == "clock") == sorted(CLOCKS * 2)
    assert [one.share for one in schedule] == sorted(one.share for one in schedule)


def test_hooks_are_on_in_a_run_with_hooks_alone() -> None:
    assert settings_for({"kill": 1}) == {}
    assert settings_for({"hook": 1})["EXTRACT__PIPELINES__EN"] == "en_poisonable"

"""The state says what a stage does, and the watchdog believes it."""

from collections.abc import Callable
from typing import Any

import pytest

from quotewire_runtime.observability import metrics
from quotewire_runtime.stage.state import StageState, State
from quotewire_runtime.stage.watchdog import EXIT_NOT_STOPPED, EXIT_STALLED, Watchdog


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def dog(clock: Clock, state: StageState, **more: Any) -> Watchdog:
    told: dict[str, Callable[[], Any]] = {
        "lag": lambda: 10,
        "progress_at": lambda: 1000.0,
        "loop_ran_at": lambda: clock.now,
        "stopping": lambda: False,
    }
    return Watchdog(state, stall_s=60, grace_s=20, monotonic=clock, **(told | more))


def running(clock: Clock) -> StageState:
    state = StageState("extract", monotonic=clock)
    state.enter(State.RUNNING, "")
    return state


def test_lag_without_progress_ends_the_process(clock: Clock) -> None:
    watch = dog(clock, running(clock))
    assert watch.check() is None
    clock.now += 59
    assert watch.check() is None
    clock.now += 2
    assert watch.check() == EXIT_STALLED


def test_what_comes_in_after_a_quiet_time_gets_its_time(clock: Clock) -> None:
    lag = [0]
    watch = dog(clock, running(clock), lag=lambda: lag[0])
    clock.now += 1000
    assert watch.check() is None
    lag[0] = 1
    assert watch.check() is None
    clock.now += 59
    assert watch.check() is None
    clock.now += 2
    assert watch.check() == EXIT_STALLED


@pytest.mark.parametrize("lag", [0, None])
def test_without_lag_or_knowledge_of_it_nothing_happens(clock: Clock, lag: int | None) -> None:
    watch = dog(clock, running(clock), lag=lambda: lag)
    clock.now += 1000
    assert watch.check() is None


@pytest.mark.parametrize("state", [State.WAITING, State.PAUSED, State.STARTING])
def test_who_waits_is_not_stalled(clock: Clock, state: State) -> None:
    stage = running(clock)
    stage.enter(state, "the database is away")
    watch = dog(clock, stage)
    clock.now += 1000
    assert watch.check() is None
    stage.enter(State.RUNNING, "")
    clock.now += 30
    assert watch.check() is None, "it gets its time again after waiting"


def test_a_loop_that_stands_still_ends_the_process(clock: Clock) -> None:
    watch = dog(clock, running(clock), lag=lambda: 0, loop_ran_at=lambda: 1000.0)
    clock.now += 61
    assert watch.check() == EXIT_STALLED


def test_stopping_has_its_grace(clock: Clock) -> None:
    state = running(clock)
    watch = dog(clock, state, stopping=lambda: True)
    assert watch.check() is None
    assert state.current.state is State.STOPPING
    clock.now += 19
    assert watch.check() is None
    clock.now += 2
    assert watch.check() == EXIT_NOT_STOPPED


def test_a_stop_that_takes_long_hurries_once(clock: Clock) -> None:
    hurried: list[float] = []
    watch = dog(clock, running(clock), stopping=lambda: True, abandon=lambda: hurried.append(clock.now))
    for _ in range(20):
        assert watch.check() is None
        clock.now += 1
    assert hurried == [1012.0]


def test_one_state_at_a_time_in_the_metrics() -> None:
    state = StageState("extract")
    state.enter(State.WAITING, "x")
    values = {
        name: metrics.REGISTRY.get_sample_value("quotewire_stage_state", {"stage": "extract", "state": name})
        for name in metrics.STATES
    }
    assert values == {"starting": 0, "running": 0, "waiting": 1, "paused": 0, "stopping": 0}
    assert tuple(State) == metrics.STATES


def test_another_reason_keeps_the_states_beginning(clock: Clock) -> None:
    state = StageState("extract", monotonic=clock)
    assert state.enter(State.WAITING, "database")
    clock.now += 5
    assert not state.enter(State.WAITING, "Kafka")
    assert (state.current.why, state.current.entered_at) == ("Kafka", 1000.0)


def test_stopping_is_final(clock: Clock) -> None:
    state = running(clock)
    state.enter(State.STOPPING, "told to stop")
    assert not state.enter(State.RUNNING, "")
    assert state.current.state is State.STOPPING

"""The watchdog ends a process that has stalled or cannot stop, and no other."""

from collections.abc import Callable
from typing import Any

import pytest

from kit.clock import ManualClock
from quotewire_runtime.stage.state import StageState, State
from quotewire_runtime.stage.watchdog import EXIT_NOT_STOPPED, EXIT_STALLED, Watchdog


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1000.0)


def watchdog(clock: ManualClock, state: StageState, **more: Any) -> Watchdog:
    inputs: dict[str, Callable[[], Any]] = {
        "lag": lambda: 10,
        "progress_at": lambda: 1000.0,
        "loop_ran_at": lambda: clock.now,
        "stopping": lambda: False,
    }
    return Watchdog(state, stall_s=60, grace_s=20, monotonic=clock, **(inputs | more))


def running(clock: ManualClock) -> StageState:
    state = StageState("extract", monotonic=clock)
    state.enter(State.RUNNING, "")
    return state


def test_lag_without_progress_ends_the_process(clock: ManualClock) -> None:
    watch = watchdog(clock, running(clock))
    assert watch.check() is None
    clock.now += 59
    assert watch.check() is None
    clock.now += 2
    assert watch.check() == EXIT_STALLED


def test_time_without_lag_does_not_count(clock: ManualClock) -> None:
    lag = [0]
    watch = watchdog(clock, running(clock), lag=lambda: lag[0])
    clock.now += 1000
    assert watch.check() is None
    lag[0] = 1
    assert watch.check() is None
    clock.now += 59
    assert watch.check() is None
    clock.now += 2
    assert watch.check() == EXIT_STALLED


@pytest.mark.parametrize("lag", [0, None])
def test_without_lag_or_with_unknown_lag_nothing_happens(clock: ManualClock, lag: int | None) -> None:
    watch = watchdog(clock, running(clock), lag=lambda: lag)
    clock.now += 1000
    assert watch.check() is None


@pytest.mark.parametrize("state", [State.WAITING, State.PAUSED, State.STARTING])
def test_a_stage_that_does_not_run_is_not_stalled(clock: ManualClock, state: State) -> None:
    stage = running(clock)
    stage.enter(state, "the database is unavailable")
    watch = watchdog(clock, stage)
    clock.now += 1000
    assert watch.check() is None
    stage.enter(State.RUNNING, "")
    clock.now += 30
    assert watch.check() is None, "the time starts again after waiting"


def test_a_stalled_event_loop_ends_the_process(clock: ManualClock) -> None:
    watch = watchdog(clock, running(clock), lag=lambda: 0, loop_ran_at=lambda: 1000.0)
    clock.now += 61
    assert watch.check() == EXIT_STALLED


def test_a_stop_longer_than_the_grace_period_ends_the_process(clock: ManualClock) -> None:
    state = running(clock)
    watch = watchdog(clock, state, stopping=lambda: True)
    assert watch.check() is None
    assert state.current.state is State.STOPPING
    clock.now += 19
    assert watch.check() is None
    clock.now += 2
    assert watch.check() == EXIT_NOT_STOPPED


def test_a_long_stop_abandons_the_batches_once(clock: ManualClock) -> None:
    abandoned: list[float] = []
    watch = watchdog(clock, running(clock), stopping=lambda: True, abandon=lambda: abandoned.append(clock.now))
    for _ in range(20):
        assert watch.check() is None
        clock.now += 1
    assert abandoned == [1012.0]

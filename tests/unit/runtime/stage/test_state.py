"""The state of a stage."""

from kit.clock import ManualClock
from quotewire_runtime.observability import metrics
from quotewire_runtime.stage.state import StageState, State


def test_the_metrics_show_one_state_at_a_time() -> None:
    state = StageState("extract")
    state.enter(State.WAITING, "x")
    values = {
        name: metrics.REGISTRY.get_sample_value("quotewire_stage_state", {"stage": "extract", "state": name})
        for name in metrics.STATES
    }
    assert values == {"starting": 0, "running": 0, "waiting": 1, "paused": 0, "stopping": 0}
    assert tuple(State) == metrics.STATES


def test_another_reason_keeps_the_beginning_of_the_state() -> None:
    clock = ManualClock(1000.0)
    state = StageState("extract", monotonic=clock)
    assert state.enter(State.WAITING, "database")
    clock.now += 5
    assert not state.enter(State.WAITING, "Kafka")
    assert (state.current.why, state.current.entered_at) == ("Kafka", 1000.0)


def test_stopping_is_final() -> None:
    state = StageState("extract")
    state.enter(State.STOPPING, "asked to stop")
    assert not state.enter(State.RUNNING, "")
    assert state.current.state is State.STOPPING


def test_only_stopping_follows_paused() -> None:
    state = StageState("extract")
    state.enter(State.PAUSED, "5 dead letters in a row")
    assert not state.enter(State.WAITING, "database")
    assert not state.enter(State.RUNNING, "")
    assert (state.current.state, state.current.why) == (State.PAUSED, "5 dead letters in a row")
    assert state.enter(State.STOPPING, "asked to stop")

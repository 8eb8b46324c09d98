"""The supervisor starts, restarts, records and stops processes; the services are stubs, Kafka and PostgreSQL real."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from kit.eventually import soon
from kit.ports import free_port
from quotewire.cli import run
from quotewire.local.home import Home, NoStreamRunning, running_stream
from quotewire.local.processes import HOME_VARIABLE, ProcessIdentity, processes_of_home, terminate
from quotewire.local.state import PartState, StreamState, SupervisorPhase
from quotewire.local.supervisor import stop_leftovers

pytestmark = pytest.mark.integration

Supervise = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def home(session_folder: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    stub_home = Home(session_folder / "homes" / f"{request.node.name} Käse 🗞")
    yield stub_home
    stop_leftovers(stub_home, stub_home.read_state(), within=0)


@pytest.fixture
def supervise(home: Home, session_folder: Path, kafka: str, empty_postgres_dsn: str) -> Iterator[Supervise]:
    """Start a supervisor over stubs, on the session's Kafka and PostgreSQL unless told to start its own."""
    started: list[subprocess.Popen[str]] = []

    def start(*services: str, own_parts: bool = False, **more: str) -> "subprocess.Popen[str]":
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), HOME_VARIABLE: str(session_folder), **more}
        if not own_parts:
            env["QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS"] = kafka
            env["QUOTEWIRE_POSTGRES__DSN"] = empty_postgres_dsn
        command = [sys.executable, "-m", "kit.stub_supervisor", str(home.root), *services]
        process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def running(home: Home) -> StreamState:
    state = home.read_state()
    assert state.phase is SupervisorPhase.RUNNING, f"{state.phase}: {state.error}"
    return state


def service(state: StreamState, name: str) -> PartState:
    return next(one for one in state.services if one.name == name)


def of(part: PartState) -> ProcessIdentity:
    assert part.identity is not None
    return part.identity


def test_everything_starts_is_recorded_and_stops(home: Home, supervise: Supervise) -> None:
    process = supervise("reader=well", "writer=well", own_parts=True)
    state = soon(lambda: running(home), within=120)
    assert [(one.name, one.ready) for one in state.services] == [("reader", True), ("writer", True)]
    assert [one.name for one in state.parts if one.pid] == ["postgres", "kafka"] or [
        one.name for one in state.parts if one.pid
    ] == ["kafka", "postgres"]
    assert all(of(part).alive() for part in (*state.services, *state.parts) if part.pid)
    assert running_stream(home.root).kafka == state.kafka
    assert (home.root / "state.json").stat().st_mode & 0o077 == 0, "the record holds a password"

    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert processes_of_home(home.root) == []
    assert home.read_state().phase is SupervisorPhase.STOPPED
    with pytest.raises(NoStreamRunning, match="quotewire up --home"):
        running_stream(home.root)

    again = supervise("reader=well", "writer=well", own_parts=True)
    resumed = soon(lambda: running(home), within=120)
    assert resumed.ports == state.ports, "a home keeps its ports while they are free"
    again.terminate()
    assert again.wait(60) == 0
    assert processes_of_home(home.root) == []


def test_a_killed_service_is_restarted_and_its_workers_end(home: Home, supervise: Supervise) -> None:
    supervise("reader=well", "writer=well")
    before = soon(lambda: running(home))
    workers = psutil.Process(service(before, "reader").pid).children()
    assert workers, "the stub has a worker"
    os.kill(of(service(before, "reader")).pid, signal.SIGKILL)

    def restarted() -> StreamState:
        state = running(home)
        assert service(state, "reader").pid != service(before, "reader").pid
        assert service(state, "reader").ready
        return state

    after = soon(restarted)
    assert (service(after, "reader").restarts, service(after, "writer").restarts) == (1, 0)
    assert service(after, "writer").pid == service(before, "writer").pid
    assert not any(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE for worker in workers)


def test_down_stops_everything_after_the_supervisor_was_killed(
    home: Home, supervise: Supervise, capsys: pytest.CaptureFixture[str]
) -> None:
    process = supervise("reader=well", "writer=well")
    state = soon(lambda: running(home))
    process.kill()
    process.wait()
    assert all(of(one).alive() for one in state.services), "they run on without their supervisor"
    assert run(["status", "--home", str(home.root), "--json"]) == 1
    assert '"phase": "unsupervised"' in capsys.readouterr().out
    assert run(["down", "--home", str(home.root)]) == 0
    assert "left-over processes stopped" in capsys.readouterr().out
    assert processes_of_home(home.root) == []
    assert not any(of(one).alive() for one in state.services)
    assert run(["down", "--home", str(home.root)]) == 0
    assert "nothing runs" in capsys.readouterr().out


def test_a_new_supervisor_stops_the_processes_of_a_killed_one(home: Home, supervise: Supervise) -> None:
    first = supervise("reader=well")
    old = of(service(soon(lambda: running(home)), "reader"))
    first.kill()
    first.wait()
    supervise("reader=well")

    def replaced() -> bool:
        state = running(home)
        return state.supervised() and of(service(state, "reader")) != old

    soon(replaced)
    assert not old.alive()


def test_a_second_supervisor_is_rejected_in_one_line(home: Home, supervise: Supervise) -> None:
    supervise("reader=well")
    soon(lambda: running(home))
    _, message = supervise("reader=well").communicate(timeout=60)
    assert message == f"another `quotewire up` runs on {home.root}; see quotewire status\n"
    assert running(home).supervised(), "the first one goes on"


def test_a_service_that_cannot_start_ends_the_start_with_its_own_message(home: Home, supervise: Supervise) -> None:
    process = supervise("reader=well", "writer=broken")
    _, message = process.communicate(timeout=60)
    assert process.returncode == 1
    assert message.startswith("writer ended with 1; its last line: 'the model is not there: pip install it'; log: ")
    assert message.count("\n") == 1
    assert (home.read_state().phase, home.read_state().error) == (SupervisorPhase.FAILED, message.strip())
    assert processes_of_home(home.root) == []


def test_a_service_that_is_never_ready_says_what_it_waits_for(home: Home, supervise: Supervise) -> None:
    process = supervise("reader=unready", STUB_PATIENCE="1")
    _, message = process.communicate(timeout=60)
    assert "reader is not ready after 1 s (model: it is still being carved)" in message
    assert processes_of_home(home.root) == []


def test_a_service_that_ignores_sigterm_is_killed_after_its_timeout(home: Home, supervise: Supervise) -> None:
    process = supervise("reader=stubborn")
    soon(lambda: running(home))
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert processes_of_home(home.root) == []


def test_a_second_ctrl_c_kills_at_once(home: Home, supervise: Supervise) -> None:
    process = supervise("reader=stubborn", STUB_GRACE="600")
    soon(lambda: running(home))
    process.send_signal(signal.SIGINT)
    soon(lambda: home.read_state().phase is SupervisorPhase.STOPPING)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert processes_of_home(home.root) == []


def test_a_taken_port_is_left_for_another(home: Home, supervise: Supervise) -> None:
    process = supervise("reader=well")
    port = soon(lambda: running(home)).ports["reader"]
    process.terminate()
    process.wait()
    squatter = subprocess.Popen([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)])
    try:
        soon(lambda: any(c.laddr.port == port for c in psutil.Process(squatter.pid).net_connections()))
        supervise("reader=well")
        assert soon(lambda: running(home)).ports["reader"] != port
    finally:
        squatter.kill()
        squatter.wait()


def test_a_home_that_cannot_be_created_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert run(["up", "--home", str(tmp_path / "file"), "--detach"]) == 1
    message = capsys.readouterr().err
    assert message.startswith("quotewire: cannot use")
    assert message.count("\n") == 1


def test_an_unreadable_record_counts_as_nothing_running(home: Home, supervise: Supervise) -> None:
    home.create()
    (home.root / "state.json").write_text('{"phase": "run')
    supervise("reader=well")
    assert soon(lambda: running(home)).supervised()


def test_a_reused_pid_is_not_signalled() -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        real = ProcessIdentity.of(stranger.pid)
        assert terminate([ProcessIdentity(real.pid, real.started - 100)], within=0) == []
        assert stranger.poll() is None
        assert terminate([real], within=5) == []
        assert stranger.wait(5) == -signal.SIGTERM
    finally:
        stranger.kill()
        stranger.wait()


def test_an_external_kafka_that_is_unavailable_is_reported_and_waited_for(
    home: Home, supervise: Supervise, empty_postgres_dsn: str
) -> None:
    address = f"127.0.0.1:{free_port()}"
    process = supervise(
        "reader=well",
        own_parts=True,
        QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS=address,
        QUOTEWIRE_POSTGRES__DSN=empty_postgres_dsn,
    )

    def reported() -> bool:
        return any(f"waiting: Kafka does not answer at {address}" in part.doing for part in home.read_state().parts)

    soon(reported, within=60)
    assert [part.name for part in home.read_state().parts if part.pid] == [], "neither part is started here"
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


def test_ctrl_c_during_the_start_leaves_nothing(home: Home, supervise: Supervise) -> None:
    process = supervise("reader=well", own_parts=True)
    soon(lambda: any(part.name == "kafka" and part.pid for part in home.read_state().parts), within=120)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert processes_of_home(home.root) == []
    assert home.read_state().phase is SupervisorPhase.STOPPED

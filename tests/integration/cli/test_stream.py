"""The whole stream by the command alone, as an operator uses it: up, submit, query, break, down."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from kit.eventually import soon
from quotewire.local.home import Home
from quotewire.local.processes import HOME_VARIABLE, processes_of_home

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

WITHIN = 300  # seconds; the longest takes 20 where nothing else runs, and a crowded machine several times that
SAMPLES = Path(__file__).parents[3] / "cli/quotewire/samples"
COMMAND = [sys.executable, "-m", "quotewire"]


def quotewire(*arguments: object, within: float = WITHIN, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        timeout=within,
        stdin=subprocess.DEVNULL,
    )


def json_of(*arguments: object) -> Any:
    done = quotewire(*arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(session_folder: Path) -> Iterator[Path]:
    """A running stream over all our samples, with a Kafka and a PostgreSQL of its own."""
    os.environ[HOME_VARIABLE] = str(session_folder)  # the supervisor carries it, so that the reaper would find it
    root = session_folder / "homes" / "stream"
    done = quotewire("up", "--home", root, "--detach", SAMPLES)
    assert done.returncode == 2, f"the empty sample is rejected: {done.stderr}"
    assert "empty.txt: the file is empty" in done.stderr
    assert "14 inputs: 13 published, 1 rejected" in done.stderr
    yield root
    quotewire("down", "--home", root)
    del os.environ[HOME_VARIABLE]


def test_all_samples_are_stored_and_can_be_queried(home: Path) -> None:
    soon(lambda: len(json_of("articles", "--home", home, "--format", "json")) == 13, within=WITHIN)
    quotes = json_of("quotes", "--home", home, "--speaker", "Oduya", "--format", "json")
    assert any("We have waited four months for this" in quote["content"] for quote in quotes)


def test_status_gives_programs_all_addresses(home: Path) -> None:
    status = json_of("status", "--home", home, "--json")
    assert [one["name"] for one in status["services"]] == ["ingest", "extract", "store"]
    for one in status["services"]:
        assert psutil.pid_exists(one["pid"])
        assert one["metrics_url"].startswith("http://127.0.0.1:")
    assert int(status["kafka"].rpartition(":")[2]) < 32768
    assert status["postgres"].startswith("postgresql://")


def test_status_shows_people_what_went_through(home: Path) -> None:
    printed = quotewire("status", "--home", home).stdout
    for words in ("news.article.v1", "news.quotations", "ingest.inputs", "logs:"):
        assert words in printed
    assert "not counted" not in printed


def test_a_second_up_says_so_and_submits_to_the_first(home: Path, tmp_path: Path) -> None:
    (tmp_path / "late.txt").write_text("Late post\n\n“The post is late,” said Runa Felsenthal on Monday morning.\n")
    done = quotewire("up", "--home", home, tmp_path / "late.txt")
    assert done.returncode == 0
    assert "already running, by supervisor" in done.stderr
    assert "1 input: 1 published" in done.stderr


def test_submitting_outlasts_a_killed_service(home: Path, tmp_path: Path) -> None:
    before = {one["name"]: one["pid"] for one in json_of("status", "--home", home, "--json")["services"]}
    for name in ("ingest", "extract"):
        os.kill(before[name], signal.SIGKILL)
    (tmp_path / "killed.txt").write_text("Mill wheel turns\n\n“It turns again,” said Osric Penhaligon, the miller.\n")
    done = quotewire("submit", "--home", home, tmp_path / "killed.txt")
    assert done.returncode == 0, done.stderr

    def stored() -> bool:
        quotes = json_of("quotes", "--home", home, "--speaker", "Penhaligon", "--format", "json")
        return [quote["content"] for quote in quotes] != []

    soon(stored, within=WITHIN)
    # A restarted service may work before its next readiness check says so.
    soon(lambda: quotewire("status", "--home", home).returncode == 0, within=WITHIN)
    after = {one["name"]: one for one in json_of("status", "--home", home, "--json")["services"]}
    assert {name: after[name]["restarts"] for name in after} == {"ingest": 1, "extract": 1, "store": 0}
    assert after["ingest"]["pid"] != before["ingest"]


@pytest.mark.parametrize("part", ["kafka", "postgres"])
def test_the_stream_outlasts_a_killed_part(home: Path, tmp_path: Path, part: str) -> None:
    state = Home(home).read_state()
    victim = next(one for one in state.parts if one.name == part)
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    name = {"kafka": "Isolde Trevanion", "postgres": "Cuthbert Mowbray"}[part]
    (tmp_path / f"{part}.txt").write_text(f"Storm over {part}\n\n“We go on,” said {name}, who keeps the lighthouse.\n")
    done = quotewire("ingest", "--home", home, tmp_path / f"{part}.txt")  # the alias of submit
    assert done.returncode == 0, done.stderr

    def healthy_again() -> bool:
        if quotewire("quotes", "--home", home, "--speaker", name, "--format", "json").stdout.strip() in ("", "[]"):
            return False
        return quotewire("status", "--home", home, "--json").returncode == 0

    soon(healthy_again, within=WITHIN)
    again = next(one for one in Home(home).read_state().parts if one.name == part)
    assert (again.restarts, again.ready) == (1, True)


def test_down_leaves_nothing_running_and_keeps_the_store(home: Path) -> None:
    pids = [one["pid"] for one in json_of("status", "--home", home, "--json")["services"]]
    done = quotewire("down", "--home", home)
    assert done.returncode == 0, done.stderr
    assert processes_of_home(home) == []
    assert not any(psutil.pid_exists(pid) for pid in pids)
    stopped = quotewire("articles", "--home", home)
    assert (stopped.returncode, stopped.stderr.count("\n")) == (3, 1)
    assert "quotewire up --home" in stopped.stderr

    again = quotewire("up", "--home", home, "--detach")
    assert again.returncode == 0, again.stderr
    assert len(json_of("articles", "--home", home, "--format", "json")) == 17


def test_ctrl_c_at_a_terminal_stops_everything(session_folder: Path) -> None:
    root = session_folder / "homes" / "terminal"
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [*COMMAND, "up", "--home", str(root), str(SAMPLES / "ferry.txt")])
    screen = bytearray()

    def shown(words: str) -> bool:
        with contextlib.suppress(OSError):
            screen.extend(os.read(terminal, 65536))
        return words in screen.decode("utf8", "replace")

    soon(lambda: shown("Ctrl-C stops it"), within=WITHIN)
    soon(lambda: shown("1 input: 1 published"), within=WITHIN)
    os.write(terminal, b"\x03")
    soon(lambda: shown("stopped; everything is kept in"), within=WITHIN)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert processes_of_home(Home(root).root) == []


def test_the_demo_shows_who_said_what_and_leaves_nothing(tmp_path: Path) -> None:
    done = quotewire("demo", TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "Maren Oduya" in done.stdout
    for words in ("Who said what", "news.quote.v1", "news.quotations", "skipped"):
        assert words in done.stdout
    assert processes_of_home(tmp_path, below=True) == []
    assert list(tmp_path.iterdir()) == []


def test_a_killed_demo_takes_its_stream_with_it(session_folder: Path) -> None:
    root = session_folder / "homes" / "demo"
    demo = subprocess.Popen(
        [*COMMAND, "demo", "--keep", str(root)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    soon(lambda: any(part.name == "kafka" and part.pid for part in Home(root).read_state().parts), within=WITHIN)
    demo.kill()
    demo.wait()
    soon(lambda: not Home(root).read_state().supervised(), within=WITHIN)
    assert processes_of_home(root) == []

"""What `quotewire up` refuses before it starts anything, and how an ended part is told."""

import sys
from pathlib import Path

import pytest

from quotewire.cli import run
from quotewire.local.daemon import launch
from quotewire.local.errors import PartFailed
from quotewire.local.home import Home
from quotewire.local.part import Part
from quotewire.local.state import PartState, StreamState, SupervisorPhase


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["missing.txt"], "missing.txt: no such file; nothing was started"),
        (["--sources", "missing.yaml"], "missing.yaml: no such file; --sources takes a list of feeds to poll"),
        (["--sources", "bad.yaml"], "bad.yaml: sources.0.id: Field required"),
    ],
)
def test_what_cannot_work_is_told_before_anything_starts(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text("sources:\n  - feeds: [https://courant.example/feed.xml]\n")
    monkeypatch.setenv("QUOTEWIRE_SOURCES__FILE", "")  # so that it is as before when the test ends
    assert run(["up", "--home", "home", *words]) == 2
    assert capsys.readouterr().err == f"quotewire: {told}\n"
    assert not Path("home").exists()


@pytest.mark.parametrize("front", [[], ["--detach"]], ids=["in front", "detached"])
@pytest.mark.parametrize(
    "variable",
    ["QUOTEWIRE_LOCAL__KAFKA_HEAP_MIB", "QUOTEWIRE_WORK__BATCH", "QUOTEWIRE_EXTRACT__WORKERS", "QUOTEWIRE_HTTP__PORT"],
)
def test_a_wrong_setting_is_named_without_its_value_before_anything_starts(
    front: list[str],
    variable: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, "lots")
    assert run(["up", "--home", str(tmp_path / "home"), *front]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"quotewire: {variable}: Input should be a valid integer")
    assert (told.count("\n"), "lots" in told) == (1, False)
    assert not (tmp_path / "home").exists()


def test_a_start_that_fails_is_not_told_in_the_words_of_the_one_before(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    before = PartState(name="supervisor", pid=1, started=1.0)
    home.write_state(StreamState(supervisor=before, phase=SupervisorPhase.FAILED, error="what went wrong last week"))
    with home.lock(), pytest.raises(PartFailed, match="another `quotewire up` runs on"):
        launch(home, lambda state: None)


class Brief(Part):
    """A part that says its last words at once."""

    words = ""

    def command(self) -> list[str | Path]:
        return [sys.executable, "-c", f"import sys; sys.exit({self.words!r})"]

    def is_ready(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "quotewire: QUOTEWIRE_HTTP__PORT: not a number",
            "brief ended with 1: QUOTEWIRE_HTTP__PORT: not a number; log: ",
        ),
        (
            "java.lang.RuntimeException: no storage\n\tat kafka.Kafka.main(Kafka.scala) [kafka.jar:?]\n\t... 3 more",
            "brief ended with 1; its last line: 'java.lang.RuntimeException: no storage'; log: ",
        ),
        ("KeyError: 7", "brief ended with 1; its last line: 'KeyError: 7'; log: "),
    ],
)
def test_an_ended_part_is_told_with_its_last_words(words: str, told: str, tmp_path: Path) -> None:
    part = Brief("brief", tmp_path, tmp_path / "brief.log")
    part.words = words
    part.start()
    with pytest.raises(PartFailed) as error:
        part.wait_ready()
    assert str(error.value) == f"{told}{tmp_path / 'brief.log'}"

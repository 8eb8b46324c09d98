"""The command line: help, verbs, errors of one line, exit codes."""

import resource
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
import typer

from quotewire import cli, verb_group
from quotewire_runtime.errors import QuotewireError


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A verb `try`; the test says in `does` what it returns or raises."""
    box: dict[str, object] = {}
    app = verb_group.new_app()

    @app.command(cls=verb_group.VerbCommand)
    def attempt(target: Annotated[str, typer.Argument(metavar="PATH")] = "", count: int = 0) -> object:
        """Try it.

        Example:

            quotewire try this
        """
        does = box["does"]
        if isinstance(does, BaseException):
            raise does
        return does

    module = ModuleType("quotewire.verbs.try")
    monkeypatch.setattr(module, "app", app, raising=False)
    monkeypatch.setitem(sys.modules, "quotewire.verbs.try", module)
    monkeypatch.setitem(verb_group.SUMMARIES, "try", "try it")
    return box


def test_help_lists_every_verb_and_is_fast(capsys: pytest.CaptureFixture[str]) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "quotewire", "--help"], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 0.5, "seconds of work; the elapsed time depends on other programs"
    assert done.returncode == 0
    for name in verb_group.SUMMARIES:
        assert f"\n  {name} " in done.stdout


def test_the_help_imports_no_verb() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "quotewire", "--help"], capture_output=True, text=True
    )
    assert "quotewire.cli" in done.stderr
    assert "quotewire.verbs" not in done.stderr


@pytest.mark.parametrize("help_option", ["-h", "help", "--help"])
def test_help_can_be_asked_for_in_three_ways(help_option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([help_option]) == 0
    assert "Usage: quotewire VERB" in capsys.readouterr().out


@pytest.mark.parametrize("verb", [*verb_group.SUMMARIES, "sources status", "topics apply", "topics describe"])
def test_every_verb_exists_and_has_help_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*verb.split(), "--help"]) == 0
    printed = capsys.readouterr().out
    assert f"quotewire {verb}" in printed.partition("\n")[2], "an example"
    assert "str>" not in printed, "no names of Python types"
    assert "str]>" not in printed, "no names of Python types"


def test_no_verb_is_bad_usage_and_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 2
    assert "Usage: quotewire VERB" in capsys.readouterr().out


def test_a_mistyped_verb_is_answered_with_a_similar_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["stauts"]) == 2
    assert capsys.readouterr().err == (
        "quotewire: no verb 'stauts', did you mean `quotewire status`; see quotewire --help\n"
    )


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("quotewire 0.")


class Unavailable(QuotewireError):
    exit_code = 3


@pytest.mark.parametrize(
    ("does", "code", "message"),
    [
        (None, 0, ""),
        (1, 1, ""),
        (QuotewireError("the page is empty; give another"), 1, "quotewire: the page is empty; give another\n"),
        (Unavailable("Kafka is unavailable; start it"), 3, "quotewire: Kafka is unavailable; start it\n"),
        (typer.Exit(2), 2, ""),
        (KeyboardInterrupt(), 130, "quotewire: interrupted\n"),
    ],
)
def test_how_a_verb_ends_is_the_exit_code(
    verb: dict[str, object], does: object, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verb["does"] = does
    assert cli.run(["try"]) == code
    assert capsys.readouterr().err == message


@pytest.mark.parametrize("arguments", [["--nmae", "x"], ["--count", "many"], ["this", "surplus"]])
def test_bad_usage_is_one_line_that_points_to_the_help(
    verb: dict[str, object], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["try", *arguments]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("quotewire: ")
    assert printed.endswith("; see quotewire try --help\n")
    assert printed.count("\n") == 1


def test_a_defect_is_one_line_and_its_traceback_is_kept(
    verb: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    verb["does"] = ZeroDivisionError("division by zero\nand more")
    assert cli.run(["try"]) == cli.DEFECT
    printed = capsys.readouterr().err
    assert printed.startswith("quotewire: a defect of ours, ZeroDivisionError: division by zero; details: ")
    assert "Traceback" in Path(printed.strip().rpartition(" ")[2]).read_text(encoding="utf8")


def test_a_closed_pipe_is_no_error() -> None:
    piped = subprocess.run(
        f"{sys.executable} -m quotewire --help | head -1", shell=True, capture_output=True, text=True
    )
    assert piped.stderr == ""


def test_indented_lines_of_a_docstring_keep_their_breaks(
    verb: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["try", "--help"]) == 0
    assert "    quotewire try this\n" in capsys.readouterr().out

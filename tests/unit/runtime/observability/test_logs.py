"""Logs of libraries are short and not repeated; our own are complete."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from kit.clock import ManualClock
from quotewire_runtime.config.settings import LogSettings
from quotewire_runtime.observability import logs


def test_repetitions_of_a_library_are_suppressed_and_counted() -> None:
    clock = ManualClock()
    once = logs.OncePerMinute(clock=clock)

    def log(port: int) -> logging.LogRecord | None:
        line = logging.LogRecord("aiokafka.conn", logging.ERROR, "", 1, "cannot connect to %s", (port,), None)
        return line if once.filter(line) else None

    first = log(1)
    assert first is not None
    assert [log(port) for port in range(2, 50)] == [None] * 48
    clock.now = 61
    again = log(50)
    assert again is not None
    assert again.getMessage() == "cannot connect to 50 (and 48 more like it since)"


@contextmanager
def json_log() -> Iterator[None]:
    """Configure logging as a service does; restore it afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure(LogSettings(format="json"), "extract")
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
        for name in (*logs.LIBRARIES, *logs.REPEATED_CRASHES):
            logging.getLogger(name).setLevel(logging.NOTSET)


def test_libraries_log_one_line_without_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    with json_log():
        try:
            raise ValueError("deep inside")
        except ValueError:
            logging.getLogger("aiokafka.conn").exception("failed\nbadly")
        logging.getLogger("faust.app").info("about itself")
    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert (logged["event"], logged["logger"], "exception" in logged) == ("failed badly", "aiokafka.conn", False)


def test_our_own_exceptions_keep_their_stack(capsys: pytest.CaptureFixture[str]) -> None:
    with json_log():
        try:
            raise ValueError("deep inside")
        except ValueError:
            logs.get_logger("quotewire.stage").exception("stage_failed")
    logged = json.loads(capsys.readouterr().out)
    assert "ValueError: deep inside" in logged["exception"]


def test_every_line_names_its_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with json_log():
        logs.get_logger("quotewire.stage").info("stage_starting", health="http://127.0.0.1:1")
    logged = json.loads(capsys.readouterr().out)
    assert (logged["event"], logged["stage"], logged["level"]) == ("stage_starting", "extract", "info")

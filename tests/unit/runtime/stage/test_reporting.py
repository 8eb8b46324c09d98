"""Waiting is told once a minute, libraries once a minute, articles once."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog
from structlog.testing import capture_logs

from kit.fake_client import record
from quotewire_runtime.config.settings import LogSettings
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outcomes import OUTCOMES, Outcome
from quotewire_runtime.records import Done
from quotewire_runtime.results import Reject
from quotewire_runtime.stage.reporting import StageReporter
from quotewire_schemas.dead_letter import Reason


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_line_when_it_begins_one_a_minute_one_at_the_end() -> None:
    clock = Clock()
    with capture_logs() as lines:
        waiting = OutageLog(structlog.get_logger(), clock=clock)
        waiting.recovered()
        for _ in range(1300):
            waiting.report("Kafka is away")
            clock.now += 0.1
        waiting.recovered()
        waiting.recovered()
    began, *ongoing, ended = [line["event"] for line in lines]
    assert (began, ended) == ("waiting_for_dependency", "dependency_recovered")
    assert ongoing == ["still_waiting_for_dependency"] * 2
    assert lines[2]["waited_s"] == 120


def test_a_librarys_repetitions_are_held_back_and_counted() -> None:
    clock = Clock()
    once = logs.OncePerMinute(clock=clock)

    def say(port: int) -> logging.LogRecord | None:
        line = logging.LogRecord("aiokafka.conn", logging.ERROR, "", 1, "cannot connect to %s", (port,), None)
        return line if once.filter(line) else None

    first = say(1)
    assert first is not None
    assert [say(port) for port in range(2, 50)] == [None] * 48
    clock.now = 61
    again = say(50)
    assert again is not None
    assert again.getMessage() == "cannot connect to 50 (and 48 more like it since)"


@contextmanager
def json_log() -> Iterator[None]:
    """Logging as a service has it; put back afterwards."""
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


def test_an_article_has_one_canonical_line(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.initialise("extract")
    done = Done(Outcome.PARTIAL, "abc", (), {"quotes": 3})
    with json_log():
        reporter = StageReporter("extract")
        reporter.record_outcome(record(b"x", offset=9), done, handled_ms=12.34, total_s=1)
        reporter.record_outcome(record(b"x", key=b"\xff"), Reject(Reason.CRASH, "died"), handled_ms=1, total_s=1)
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first.items() >= {
        "event": "article", "stage": "extract", "outcome": "partial", "article_id": "abc", "duration_ms": 12.3,
        "topic": "news.article.v1", "partition": 0, "offset": 9, "quotes": 3, "level": "info",
    }.items()  # fmt: skip
    assert (second["outcome"], second["reason"], second["article_id"]) == ("dead_letter", "crash", "\ufffd")


def test_libraries_log_one_line_without_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    with json_log():
        try:
            raise ValueError("deep inside")
        except ValueError:
            logging.getLogger("aiokafka.conn").exception("failed\nbadly")
        logging.getLogger("faust.app").info("about itself")
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["event"], told["logger"], "exception" in told) == ("failed badly", "aiokafka.conn", False)


def test_our_own_exceptions_keep_their_stack(capsys: pytest.CaptureFixture[str]) -> None:
    with json_log():
        try:
            raise ValueError("deep inside")
        except ValueError:
            logs.get_logger("quotewire.stage").exception("leaves")
    told = json.loads(capsys.readouterr().out)
    assert "ValueError: deep inside" in told["exception"]


def test_known_values_start_at_zero() -> None:
    for stage in ("ingest", "extract", "store"):
        metrics.initialise(stage)
        for outcome in OUTCOMES[stage]:
            labels = {"stage": stage, "outcome": outcome}
            assert metrics.REGISTRY.get_sample_value("quotewire_articles_total", labels) is not None
    assert b"quotewire_build_info" in metrics.exposition()
    assert b"_created" not in metrics.exposition()


def test_the_documentation_lists_every_metric() -> None:
    text = metrics.documentation()
    for family in metrics.REGISTRY.collect():
        if family.name.startswith("quotewire"):
            assert f"`{family.name}" in text
    assert all(entry.help.endswith(".") for entry in metrics.CATALOGUE)

"""Logs on standard output: JSON for machines, columns on a terminal; one canonical line per article and stage."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

from quotewire_runtime.config.settings import LogSettings
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.records import Facts, Record

REPEAT_S = 60.0
"""A library may say the same thing once a minute: a client that lost its broker says it thousands of times."""
TWICE = ("faust.agents.actor", "faust.worker")
"""These tell of a crash once more that the engine has logged with its stack."""
NOISY = ("aiokafka", "faust", "mode", "kafka")
"""Libraries whose repetitions are held back; their INFO is about themselves, so they start at WARNING."""


class OncePerMinute(logging.Filter):
    """Let a message of a library through once a minute, with the number of those held back."""

    def __init__(self, every_s: float = REPEAT_S, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._every_s = every_s
        self._clock = clock
        self._lock = threading.Lock()  # the Kafka consumer logs from a thread of its own
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Decide by logger and template: the arguments differ in every repetition."""
        key = (record.name, str(record.msg)[:120])
        now = self._clock()
        with self._lock:
            last, held = self._seen.get(key, (None, 0))
            if last is not None and now - last < self._every_s:
                self._seen[key] = (last, held + 1)
                return False
            if len(self._seen) > 1000:  # templates that are no templates: forget rather than grow
                self._seen.clear()
            self._seen[key] = (now, 0)
        if held:
            record.msg = f"{record.msg} (and {held} more like it since)"
        return True


class Plain(logging.Filter):
    """Make a library's record one line: its stack goes only with DEBUG, its line breaks become spaces."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drop, only tidy."""
        message = " ".join(record.getMessage().split())
        record.msg, record.args = message[:500], ()
        if not logging.getLogger().isEnabledFor(logging.DEBUG):
            record.exc_info = record.exc_text = None
        return True


def silence() -> None:
    """Keep the services' parts quiet in a command whose output is records, unless logging is set up already."""
    if not structlog.is_configured():
        quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr), wrapper_class=quiet)


def configure(settings: LogSettings, stage: str) -> None:
    """Set up logging of the whole process, the libraries' included. Call once, before anything logs."""
    console = settings.format == "console" or (settings.format == "auto" and sys.stdout.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _stage(stage),
    ]
    exceptions: list[Any] = [] if console else [structlog.processors.format_exc_info]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *exceptions, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level)
    once, plain = OncePerMinute(), Plain()
    quiet = logging.DEBUG if settings.level == "DEBUG" else max(logging.WARNING, logging.getLevelName(settings.level))
    for name in NOISY:
        logging.getLogger(name).setLevel(quiet)
    for name in TWICE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    handler.addFilter(
        lambda record: not record.name.startswith(NOISY) or (once.filter(record) and plain.filter(record))
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def article(
    log: structlog.stdlib.BoundLogger,
    record: Record,
    *,
    outcome: Outcome,
    article_id: str,
    duration_ms: float,
    facts: Facts,
) -> None:
    """Write the canonical line of an article: exactly once per article and stage."""
    log.info(
        "article",
        outcome=str(outcome),
        article_id=article_id,
        duration_ms=round(duration_ms, 1),
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        **facts,
    )


def _stage(stage: str) -> Callable[[Any, str, dict[str, Any]], dict[str, Any]]:
    def add(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event.setdefault("stage", stage)
        return event

    return add

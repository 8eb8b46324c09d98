"""Set up logging to standard output: JSON for machines, columns on a terminal."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

from quotewire_runtime.config.settings import LogSettings

REPEAT_INTERVAL_S = 60.0
"""Seconds between two equal messages of a library: a client that lost its broker logs one thousands of times."""
REPEATED_CRASHES = ("faust.agents.actor", "faust.worker")
"""Loggers that repeat a crash which the engine has logged with its stack."""
LIBRARIES = ("aiokafka", "faust", "mode", "kafka")
"""Loggers whose repetitions are suppressed. Their INFO is of no use to an operator, so they start at WARNING."""


class OncePerMinute(logging.Filter):
    """Pass a message of a library once a minute, with the number of those suppressed."""

    def __init__(self, interval_s: float = REPEAT_INTERVAL_S, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._interval_s = interval_s
        self._clock = clock
        self._lock = threading.Lock()  # the Kafka consumer logs from a thread of its own
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Compare logger and template: the arguments differ in every repetition."""
        key = (record.name, str(record.msg)[:120])
        now = self._clock()
        with self._lock:
            last, suppressed = self._seen.get(key, (None, 0))
            if last is not None and now - last < self._interval_s:
                self._seen[key] = (last, suppressed + 1)
                return False
            if len(self._seen) > 1000:  # some messages are no templates: forget all rather than grow
                self._seen.clear()
            self._seen[key] = (now, 0)
        if suppressed:
            record.msg = f"{record.msg} (and {suppressed} more like it since)"
        return True


class OneLine(logging.Filter):
    """Make a library's record one line: without line breaks, and without the stack unless the level is DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass every record, changed."""
        message = " ".join(record.getMessage().split())
        record.msg, record.args = message[:500], ()
        if not logging.getLogger().isEnabledFor(logging.DEBUG):
            record.exc_info = record.exc_text = None
        return True


def silence() -> None:
    """Suppress the logs of a service's code in a command that prints records, unless logging is configured already."""
    if not structlog.is_configured():
        quiet = structlog.make_filtering_bound_logger(logging.CRITICAL)
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr), wrapper_class=quiet)


def configure(settings: LogSettings, stage: str) -> None:
    """Configure logging of the whole process, libraries included. Call once, before anything logs."""
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
        _add_stage(stage),
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
    once, one_line = OncePerMinute(), OneLine()
    quiet = logging.DEBUG if settings.level == "DEBUG" else max(logging.WARNING, logging.getLevelName(settings.level))
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(quiet)
    for name in REPEATED_CRASHES:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    handler.addFilter(
        lambda record: not record.name.startswith(LIBRARIES) or (once.filter(record) and one_line.filter(record))
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def _add_stage(stage: str) -> Callable[[Any, str, dict[str, Any]], dict[str, Any]]:
    def add(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event.setdefault("stage", stage)
        return event

    return add

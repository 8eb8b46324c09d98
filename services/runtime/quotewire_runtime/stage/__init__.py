"""A stage: read a batch, hand it to the handler, produce what it made, then acknowledge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from quotewire_runtime.config.settings import StageSettings
from quotewire_runtime.observability.health import Check
from quotewire_runtime.records import Done, Emit, Record
from quotewire_runtime.results import Reject, Retry
from quotewire_runtime.stage.handler import Handler
from quotewire_runtime.stage.runner import Runner

__all__ = ["Check", "Done", "Emit", "Handler", "Record", "Reject", "Retry", "run_stage"]


def run_stage(settings: StageSettings, handler: Handler, source: str | Sequence[str]) -> NoReturn:
    """Run a stage until SIGTERM or SIGINT; leaves by ``SystemExit``.

    Exit codes: 0 after a drained stop, 1 after an error that left the loop (logged once), 70 where stopping took
    longer than the grace period, 75 where the consumer stood still in spite of lag.

    Args:
        settings: the service's settings.
        handler: the domain's side.
        source: the topic to read, or several, by their own names (the prefix of the settings is added).
    """
    raise SystemExit(Runner(settings, handler, [source] if isinstance(source, str) else source).run())

"""A stage of the stream: read a batch, handle it, produce the results, acknowledge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from quotewire_runtime.config.settings import StageSettings
from quotewire_runtime.observability.health import Check
from quotewire_runtime.records import Emit, Record
from quotewire_runtime.results import Done, Reject, Retry
from quotewire_runtime.stage.handler import Handler

__all__ = ["Check", "Done", "Emit", "Handler", "Record", "Reject", "Retry", "run_stage", "state", "watchdog"]


def run_stage(settings: StageSettings, handler: Handler, source: str | Sequence[str]) -> NoReturn:
    """Run a stage until SIGTERM or SIGINT; ends by ``SystemExit``.

    Exit codes: 0 after a clean stop, 1 after an error that ended the loop (logged once), 70 if stopping took longer
    than the grace period, 75 if there was lag and no progress.

    Args:
        settings: the service's settings.
        handler: the domain side of the stage.
        source: name of the topic to read, or several, without the prefix that the settings add.
    """
    from quotewire_runtime.stage.runner import Runner  # imports Faust, which takes a second

    raise SystemExit(Runner(settings, handler, [source] if isinstance(source, str) else source).run())

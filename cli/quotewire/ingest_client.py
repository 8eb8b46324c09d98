"""Submits inputs to the ingest service of a stream, through its queue in PostgreSQL."""

from collections.abc import Sequence
from pathlib import Path

from quotewire.local.home import Home, export_stream_env, running_stream
from quotewire.progress import Progress


def queue_conninfo(home: Path | None) -> str:
    """The PostgreSQL with the queue: that of the home, or of the environment. Raises NoStreamRunning."""
    from quotewire_ingest.settings import Settings
    from quotewire_runtime.config.settings import load

    export_stream_env(home)
    return load(Settings).postgres.conninfo()


def submit_with_progress(home: Home, inputs: Sequence[str], progress: Progress) -> int:
    """Submit paths and addresses, wait for the outcome of each, and return the exit code: 2 where one was rejected."""
    if not inputs:
        return 0
    from quotewire_ingest.queue.client import JobListener, submit
    from quotewire_ingest.queue.targets import iter_items

    _, postgres = running_stream(home.root).addresses()
    listener = JobListener(
        on_progress=lambda counts: progress.status(f"{counts.done} of {counts.describe()}"),
        on_finished=lambda one: progress.note(f"quotewire: {one.name}: {one.message or one.outcome}"),
    )
    counts = submit(postgres, iter_items(inputs), listener)
    progress.note(counts.describe())
    return 2 if counts.rejected else 0

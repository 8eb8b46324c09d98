"""Build and run the service."""

from __future__ import annotations

from typing import NoReturn

from quotewire_extract.pipeline import require_installed
from quotewire_extract.service.handler import ExtractHandler
from quotewire_extract.settings import ExtractSettings, Settings
from quotewire_runtime.config.settings import load
from quotewire_runtime.stage import run_stage
from quotewire_runtime.workers.pool import WorkerPool
from quotewire_schemas.topics import ARTICLE


def build(settings: ExtractSettings) -> ExtractHandler:
    """Build the handler without starting it. Raises SettingsError where a pipeline is not installed."""
    for language, name in settings.pipelines.items():
        require_installed(language, name)
    workers = WorkerPool(
        "quotewire_extract.service.worker:annotator",
        config={
            "pipelines": settings.pipelines,
            "threads": settings.threads,
            "release": settings.annotator_release,
        },
        processes=settings.workers,
        deadline_s=settings.deadline_s,
        memory_mib=settings.memory_mib,
    )
    return ExtractHandler(workers)


def with_enough_batches(settings: Settings) -> Settings:
    """Raise ``batches_at_once`` to the number of workers: with fewer batches, workers wait for a slow article.

    In a simulation with 14 workers and 4 batches, workers were idle for more than half of the time.
    """
    batches = max(settings.engine.batches_at_once, settings.extract.workers)
    return settings.model_copy(update={"engine": settings.engine.model_copy(update={"batches_at_once": batches})})


def main() -> NoReturn:
    """Run the service until it is stopped; ends by ``SystemExit``. Raises SettingsError."""
    settings = with_enough_batches(load(Settings))
    run_stage(settings, build(settings.extract), ARTICLE)

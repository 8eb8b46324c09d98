"""The one place where the service is put together."""

from __future__ import annotations

from typing import NoReturn

from quotewire_extract.pipeline import require_installed
from quotewire_extract.service.handler import Extract
from quotewire_extract.settings import ExtractSettings, Settings
from quotewire_runtime.config.settings import load
from quotewire_runtime.stage import run_stage
from quotewire_runtime.workers.pool import WorkerPool
from quotewire_schemas.topics import ARTICLE


def build(settings: ExtractSettings) -> Extract:
    """Build the handler, without starting anything. Raises SettingsError where a pipeline is not installed."""
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
    return Extract(workers)


def busy(settings: Settings) -> Settings:
    """Have at least as many batches under way as there are workers: with fewer, workers wait for a slow article.

    Simulated with 14 workers and 4 batches, more than half of the workers' time was lost.
    """
    at_once = max(settings.engine.batches_at_once, settings.extract.workers)
    return settings.model_copy(update={"engine": settings.engine.model_copy(update={"batches_at_once": at_once})})


def main() -> NoReturn:
    """Run the service until it is told to stop. Raises SettingsError; leaves by ``SystemExit`` otherwise."""
    settings = busy(load(Settings))
    run_stage(settings, build(settings.extract), ARTICLE)

"""Build and run the service."""

from __future__ import annotations

from functools import partial
from typing import NoReturn

from quotewire_extract.pipeline import require_installed
from quotewire_extract.service.earlier_releases import EarlierReleases
from quotewire_extract.service.handler import ExtractHandler
from quotewire_extract.settings import Settings
from quotewire_runtime.config.settings import load
from quotewire_runtime.kafka.edges import edge_values
from quotewire_runtime.stage import run_stage
from quotewire_runtime.workers.pool import WorkerPool
from quotewire_schemas.topics import ARTICLE, Topics


def build(all_settings: Settings) -> ExtractHandler:
    """Build the handler without starting it. Raises SettingsError where a pipeline is not installed."""
    settings, kafka = all_settings.extract, all_settings.kafka
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
    quotations = Topics(kafka.topic_prefix).quote
    return ExtractHandler(workers, EarlierReleases(settings.annotator_release, partial(edge_values, kafka, quotations)))


def with_enough_batches(settings: Settings) -> Settings:
    """Raise ``batches_at_once`` to the number of workers: with fewer batches, workers wait for a slow article.

    In a simulation with 14 workers and 4 batches, workers were idle for more than half of the time.
    """
    batches = max(settings.engine.batches_at_once, settings.extract.workers)
    return settings.model_copy(update={"engine": settings.engine.model_copy(update={"batches_at_once": batches})})


def main() -> NoReturn:
    """Run the service until it is stopped; ends by ``SystemExit``. Raises SettingsError."""
    settings = with_enough_batches(load(Settings))
    run_stage(settings, build(settings), ARTICLE)

"""The handler of the extract stage: it passes records to the workers and turns their answers into results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from quotewire_extract.service import metrics
from quotewire_extract.service.earlier_releases import EarlierReleases
from quotewire_extract.service.worker import RejectedRecord
from quotewire_runtime.observability.health import Check
from quotewire_runtime.records import Record
from quotewire_runtime.results import Done, Reject
from quotewire_runtime.workers.pool import Completed, Failed, WorkerPool


class ExtractHandler:
    """Annotates articles. Stateless: the same record gives the same result again."""

    stage = "extract"

    def __init__(self, workers: WorkerPool, earlier_releases: EarlierReleases) -> None:
        """``workers`` run ``worker.annotator``."""
        self._workers = workers
        self._earlier_releases = earlier_releases

    async def start(self) -> None:
        """Start the workers, which load the pipelines. Raises WorkersBroken where they cannot."""
        metrics.export_zeros()
        await self._workers.start()

    async def stop(self) -> None:
        """Stop the workers."""
        await self._workers.stop()

    async def assigned(self) -> None:
        """Find out whether a lower release has published quotations."""
        await self._earlier_releases.check()

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        """Annotate a batch. An article that kills its worker is rejected; the others of the batch are delivered."""
        voids = self._earlier_releases.possible
        answers = await self._workers.run([(record.key, record.value, voids) for record in records])
        return [_reject_dead(answer) if isinstance(answer, Failed) else _to_result(answer) for answer in answers]

    def progress_at(self) -> float:
        """When a worker last made progress: texts that hang hold up a batch for minutes."""
        return self._workers.progress_at

    def checks(self) -> Mapping[str, Check]:
        """Ready while a worker is up."""
        return {"workers": self._workers.check()}


def _reject_dead(failed: Failed) -> Reject:
    """Reject the article of a worker that died, timed out or used too much memory."""
    return Reject(failed.reason, failed.message)


def _to_result(completed: Completed) -> Done | Reject:
    if isinstance(completed.value, RejectedRecord):
        return Reject(completed.value.reason, completed.value.message)
    done: metrics.AnnotatedRecord = completed.value
    metrics.record(done.counts)
    return replace(done, log_fields={**done.log_fields, "annotate_ms": round(completed.seconds * 1000)})

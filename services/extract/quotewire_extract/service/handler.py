"""The extract stage's side of the engine: it hands records to the workers and gives back what they made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from quotewire_extract.service import metrics
from quotewire_extract.service.worker import Refusal
from quotewire_runtime.observability.health import Check
from quotewire_runtime.records import Done, Record
from quotewire_runtime.results import Reject
from quotewire_runtime.workers.pool import Failed, WorkerPool


class Extract:
    """Annotates articles. Holds no state between batches: the same record gives the same answer again."""

    stage = "extract"

    def __init__(self, workers: WorkerPool) -> None:
        """``workers`` run ``work.annotator``."""
        self._workers = workers

    async def start(self) -> None:
        """Start the workers, which load the pipelines. Raises WorkersBroken where they cannot."""
        metrics.zero()
        await self._workers.start()

    async def stop(self) -> None:
        """End the workers."""
        await self._workers.stop()

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        """Annotate a batch. What a worker does not survive becomes a dead letter; its neighbours are delivered."""
        worked = await self._workers.run([(record.key, record.value) for record in records])
        results: list[Done | Reject] = []
        for result in worked:
            if isinstance(result, Failed):
                results.append(Reject(result.reason, result.message))
            elif isinstance(result.value, Refusal):
                results.append(Reject(result.value.reason, result.value.message))
            else:
                done: metrics.AnnotatedRecord = result.value
                metrics.tell(done.tally)
                results.append(
                    replace(done, log_fields={**done.log_fields, "annotate_ms": round(result.seconds * 1000)})
                )
        return results

    def progress_at(self) -> float:
        """When a worker last got on: texts that hang take a batch minutes."""
        return self._workers.progress_at

    def checks(self) -> Mapping[str, Check]:
        """Ready while a worker is up."""
        return {"workers": self._workers.check()}

"""Report what became of each article: once in the metrics, and once in the log as its canonical line."""

from __future__ import annotations

import time
from collections.abc import Sequence

from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.records import LogFields, Record
from quotewire_runtime.results import Done, Reject

MAX_ID_CHARACTERS = 200
"""Characters of a key in the log: the key of a broken record can be anything."""


class StageReporter:
    """Counts and logs the articles of one stage."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._log = logs.get_logger("quotewire.stage")

    def record_batch_start(self, records: Sequence[Record]) -> None:
        """Count the records of a batch."""
        metrics.IN_PROGRESS.labels(self._stage).inc(len(records))
        metrics.BATCH_ARTICLES.labels(self._stage).observe(len(records))
        metrics.BATCH_BYTES.labels(self._stage).observe(sum(record.size for record in records))

    def record_handling_time(self, seconds: float) -> None:
        """Record the time the handler took for a batch."""
        metrics.BATCH_DURATION.labels(self._stage).observe(seconds)

    def record_batch_end(self, articles: int) -> None:
        """Count the articles of a batch as no longer in progress."""
        metrics.IN_PROGRESS.labels(self._stage).dec(articles)

    def record_outcome(self, record: Record, result: Done | Reject, *, handled_ms: float, total_s: float) -> None:
        """Count and log one article after its acknowledgement.

        Args:
            record: what was read.
            result: what became of it.
            handled_ms: its share of the time the handler took for the batch.
            total_s: time from reading to acknowledging.
        """
        metrics.DURATION.labels(self._stage).observe(total_s)
        if isinstance(result, Reject):
            metrics.DEAD_LETTERS.labels(self._stage, result.reason).inc()
            article_id = (record.key or b"").decode("utf-8", "replace")[:MAX_ID_CHARACTERS]
            fields: LogFields = {"reason": str(result.reason), "message": result.message}
            outcome = Outcome.DEAD_LETTER
        else:
            article_id, fields, outcome = result.article_id, result.log_fields, result.outcome
        metrics.ARTICLES.labels(self._stage, outcome).inc()
        metrics.LAST_PROCESSED.labels(self._stage).set(time.time())
        self._log.info(
            "article",
            outcome=str(outcome),
            article_id=article_id,
            duration_ms=round(handled_ms, 1),
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            **fields,
        )

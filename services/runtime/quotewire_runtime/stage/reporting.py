"""The last step of a stage: tell what became of each article, once in the metrics and once in the log."""

from __future__ import annotations

import time
from collections.abc import Sequence

from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.records import Done, Record
from quotewire_runtime.results import Reject

ID_LIMIT = 200
"""Characters of a key that the log shows: the key of a broken record can be anything."""


class StageReporter:
    """Counts and logs for one stage."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._log = logs.get_logger("quotewire.stage")

    def batch_begins(self, records: Sequence[Record]) -> None:
        """Count what a batch holds."""
        metrics.IN_PROGRESS.labels(self._stage).inc(len(records))
        metrics.BATCH_ARTICLES.labels(self._stage).observe(len(records))
        metrics.BATCH_BYTES.labels(self._stage).observe(sum(record.size for record in records))

    def batch_handled(self, seconds: float) -> None:
        """Count the time the handler took."""
        metrics.BATCH_DURATION.labels(self._stage).observe(seconds)

    def batch_ends(self, articles: int) -> None:
        """So many are no longer in work."""
        metrics.IN_PROGRESS.labels(self._stage).dec(articles)

    def article(self, record: Record, result: Done | Reject, *, handled_ms: float, whole_s: float) -> None:
        """Tell one article's outcome, after its acknowledgement.

        Args:
            record: what was read.
            result: what became of it.
            handled_ms: its part of the time the handler took for its batch.
            whole_s: from reading to acknowledging.
        """
        metrics.DURATION.labels(self._stage).observe(whole_s)
        if isinstance(result, Reject):
            metrics.DEAD_LETTERS.labels(self._stage, result.reason).inc()
            article_id = (record.key or b"").decode("utf-8", "replace")[:ID_LIMIT]
            facts: dict[str, str | int | float] = {"reason": str(result.reason), "message": result.message}
            outcome = Outcome.DEAD_LETTER
        else:
            article_id, facts, outcome = result.article_id, dict(result.facts), result.outcome
        metrics.ARTICLES.labels(self._stage, outcome).inc()
        metrics.LAST_PROCESSED.labels(self._stage).set(time.time())
        logs.article(self._log, record, outcome=outcome, article_id=article_id, duration_ms=handled_ms, facts=facts)

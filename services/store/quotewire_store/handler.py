"""The handler of the store stage: writes enriched articles to PostgreSQL and returns one outcome per record."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from quotewire_runtime.observability import metrics
from quotewire_runtime.observability.health import Check
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable, ValuesRejected
from quotewire_runtime.records import Record
from quotewire_runtime.results import Done, Reject
from quotewire_schemas.article import Origin
from quotewire_schemas.codec import DecodeError, decode
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.enriched import EnrichedArticle
from quotewire_store.apply import apply
from quotewire_store.database import stage_transaction
from quotewire_store.dead_letters import DeadLetterCopier
from quotewire_store.rows import ArticleRows, rows_of

STAGE: Final = "store"

PING_INTERVAL_S: Final = 5.0
"""Seconds between two checks of an idle database: readiness should not wait for the next article."""


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


class StoreHandler:
    """Stores batches of enriched articles; a `quotewire_runtime.stage.Handler`.

    One batch is one transaction, so the engine acknowledges only what is committed. A batch that PostgreSQL rejects is
    bisected until the record at fault is alone; its neighbours are stored.
    """

    stage = STAGE

    def __init__(
        self,
        database: Database,
        dead_letters: DeadLetterCopier | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._dead_letters = dead_letters
        self._clock = clock
        self._in_use = asyncio.Lock()
        self._last_heartbeat_at = 0.0
        self._ping_task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect and check the migrations; raises `Retry` while PostgreSQL is unavailable or not migrated yet."""
        async with stage_transaction(self._database):
            pass
        if self._dead_letters is not None:
            self._dead_letters.start()
        self._ping_task = self._ping_task or asyncio.create_task(self._ping())

    async def stop(self) -> None:
        """Stop copying dead letters and close the connection."""
        if self._ping_task is not None:
            self._ping_task.cancel()
            await asyncio.gather(self._ping_task, return_exceptions=True)
        if self._dead_letters is not None:
            await self._dead_letters.stop()
        await self._database.close()

    async def assigned(self) -> None:
        """Do nothing: what is stored decides about each record."""

    def progress_at(self) -> float:
        """Return 0: a transaction has its own time limit, so the watchdog has nothing to watch."""
        return 0.0

    def checks(self) -> Mapping[str, Check]:
        """Return the parts of readiness."""
        checks = {"postgres": self._database.check}
        if self._dead_letters is not None:
            checks["dead_letters"] = self._dead_letters.check
        return checks

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        """Store a batch; one result per record, in order.

        Raises:
            Retry: PostgreSQL is unavailable. Records that were committed before are `unchanged` the next time.
        """
        decoded = [_decode(record) for record in records]
        articles = [item for item in decoded if isinstance(item, EnrichedArticle)]
        stored = iter(await self._store([rows_of(item) for item in articles if not _is_heartbeat(item)]))
        results: list[Done | Reject] = []
        for item in decoded:
            if isinstance(item, Reject):
                results.append(item)
                continue
            result = Outcome.HEARTBEAT if _is_heartbeat(item) else next(stored)
            results.append(result if isinstance(result, Reject) else self._done(item, result))
        return results

    async def _store(self, batch: Sequence[ArticleRows]) -> list[Outcome | Reject]:
        if not batch:
            return []
        try:
            async with self._in_use, stage_transaction(self._database) as connection:
                return [*await apply(connection, batch)]
        except ValuesRejected as error:
            if len(batch) == 1:
                return [Reject(Reason.REFUSED, f"PostgreSQL refuses it: {error}")]
        middle = len(batch) // 2
        return [*await self._store(batch[:middle]), *await self._store(batch[middle:])]

    async def _ping(self) -> None:
        """Check an idle database, so that its state is known before the next batch."""
        while True:
            await asyncio.sleep(PING_INTERVAL_S)
            if not self._in_use.locked():
                async with self._in_use:
                    with contextlib.suppress(DatabaseUnavailable):  # the check of the database has it
                        async with self._database.transaction() as connection:
                            await connection.execute("SELECT 1")

    def _done(self, item: EnrichedArticle, outcome: Outcome) -> Done:
        article = item.article
        age = (self._clock() - article.ingested_at).total_seconds()
        if outcome in (Outcome.STORED, Outcome.WITHDRAWN) and article.origin == Origin.LIVE:
            metrics.AGE_SECONDS.labels(STAGE).observe(max(age, 0.0))
        elif outcome == Outcome.HEARTBEAT:
            self._observe_heartbeat(article.ingested_at.timestamp(), age)
        facts: dict[str, str | int | float] = {
            "revision": article.revision,
            "annotator_release": item.annotation.annotator_release,
            "origin": str(article.origin),
            "entities": len(item.entities),
            "quotes": len(item.quotes),
            "age_s": round(age, 3),
        }
        return Done(outcome, article.article_id, log_fields=facts)

    def _observe_heartbeat(self, sent_at: float, age: float) -> None:
        """Record that a heartbeat arrived; one that is repeated or late changes nothing."""
        if sent_at > self._last_heartbeat_at:
            self._last_heartbeat_at = sent_at
            metrics.HEARTBEAT_SENT.labels(STAGE).set(sent_at)
            metrics.HEARTBEAT_AGE.labels(STAGE).set(max(age, 0.0))


def _is_heartbeat(item: EnrichedArticle) -> bool:
    return item.article.origin == Origin.HEARTBEAT


def _decode(record: Record) -> EnrichedArticle | Reject:
    try:
        item = decode(EnrichedArticle, record.value)
    except DecodeError as error:
        return Reject(error.reason, error.message)
    article_id = item.article.article_id
    if record.key != article_id.encode("utf-8", "surrogatepass"):
        return Reject(Reason.WRONG_KEY, "the key is not article.article_id")
    for number, quote in enumerate(item.quotes):
        if quote.article_id != article_id:
            return Reject(Reason.INVALID, f"quotes.{number}.article_id is not article.article_id")
    return item

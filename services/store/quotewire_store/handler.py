"""The store's side of a stage: enriched articles in, one outcome per record out, PostgreSQL in between."""

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
from quotewire_runtime.records import Done, Record
from quotewire_runtime.results import Reject
from quotewire_schemas.article import Origin
from quotewire_schemas.codec import DecodeError, decode
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.enriched import EnrichedArticle
from quotewire_store.apply import apply
from quotewire_store.database import stage_transaction
from quotewire_store.dead_letters import DeadLetterReader
from quotewire_store.rows import ArticleRows, rows_of

STAGE: Final = "store"

LOOK_S: Final = 5.0
"""Seconds between two looks at a database that has nothing to do: readiness should not wait for the next article."""


def now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


class StoreHandler:
    """Stores batches of enriched articles; a `quotewire_runtime.stage.Handler`.

    One batch is one transaction, so the engine acknowledges only what is committed. A batch that the database refuses
    is halved until the record that is at fault stands alone; its neighbours are stored.
    """

    stage = STAGE

    def __init__(
        self,
        database: Database,
        dead_letters: DeadLetterReader | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._dead_letters = dead_letters
        self._clock = clock
        self._turn = asyncio.Lock()
        self._beaten_at = 0.0
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect and look at the schema; `Retry` while the server is away or not migrated yet."""
        async with stage_transaction(self._database):
            pass
        if self._dead_letters is not None:
            self._dead_letters.start()
        self._looking = self._looking or asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Close the connection and end the reader of dead letters."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        if self._dead_letters is not None:
            await self._dead_letters.stop()
        await self._database.close()

    def progress_at(self) -> float:
        """Nothing to tell: a transaction has its own time limit."""
        return 0.0

    def checks(self) -> Mapping[str, Check]:
        """Name the parts of readiness."""
        checks = {"postgres": self._database.check}
        if self._dead_letters is not None:
            checks["dead_letters"] = self._dead_letters.check
        return checks

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        """Store a batch; one result per record, in order.

        Raises:
            Retry: PostgreSQL is away. What of the batch was committed before is found `unchanged` the next time.
        """
        read = [_read(record) for record in records]
        articles = [item for item in read if isinstance(item, EnrichedArticle)]
        stored = iter(await self._store([rows_of(item) for item in articles if not _is_heartbeat(item)]))
        results: list[Done | Reject] = []
        for item in read:
            if isinstance(item, Reject):
                results.append(item)
                continue
            result = Outcome.HEARTBEAT if _is_heartbeat(item) else next(stored)
            results.append(result if isinstance(result, Reject) else self._told(item, result))
        return results

    async def _store(self, batch: Sequence[ArticleRows]) -> list[Outcome | Reject]:
        if not batch:
            return []
        try:
            async with self._turn, stage_transaction(self._database) as connection:
                return [*await apply(connection, batch)]
        except ValuesRejected as error:
            if len(batch) == 1:
                return [Reject(Reason.REFUSED, f"PostgreSQL refuses it: {error}")]
        middle = len(batch) // 2
        return [*await self._store(batch[:middle]), *await self._store(batch[middle:])]

    async def _look(self) -> None:
        """Ask the database for a sign of life while no batch does."""
        while True:
            await asyncio.sleep(LOOK_S)
            if not self._turn.locked():
                async with self._turn:
                    with contextlib.suppress(DatabaseUnavailable):  # the problem is in the database's check
                        async with self._database.transaction() as connection:
                            await connection.execute("SELECT 1")

    def _told(self, item: EnrichedArticle, outcome: Outcome) -> Done:
        article = item.article
        age = (self._clock() - article.ingested_at).total_seconds()
        alive = outcome in (Outcome.STORED, Outcome.WITHDRAWN) and article.origin == Origin.LIVE
        if alive:
            metrics.AGE_SECONDS.labels(STAGE).observe(max(age, 0.0))
        elif outcome == Outcome.HEARTBEAT:
            self._beat(article.ingested_at.timestamp(), age)
        facts: dict[str, str | int | float] = {
            "revision": article.revision,
            "annotator_release": item.annotation.annotator_release,
            "origin": str(article.origin),
            "entities": len(item.entities),
            "quotes": len(item.quotes),
            "age_s": round(age, 3),
        }
        return Done(outcome, article.article_id, facts=facts)

    def _beat(self, sent_at: float, age: float) -> None:
        """Tell that a heartbeat came through; one that comes again, or late, does not turn the clock back."""
        if sent_at > self._beaten_at:
            self._beaten_at = sent_at
            metrics.HEARTBEAT_SENT.labels(STAGE).set(sent_at)
            metrics.HEARTBEAT_AGE.labels(STAGE).set(max(age, 0.0))


def _is_heartbeat(item: EnrichedArticle) -> bool:
    return item.article.origin == Origin.HEARTBEAT


def _read(record: Record) -> EnrichedArticle | Reject:
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

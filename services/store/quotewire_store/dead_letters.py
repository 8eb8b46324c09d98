"""Copy the dead letters of all stages into `news.dead_letters`, where people and queries find them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, Protocol, TypeVar

from psycopg.types.json import Jsonb
from pydantic_core import from_json

from quotewire_runtime.kafka.dead_letter import read_dead_letter
from quotewire_runtime.observability import logs
from quotewire_runtime.observability.health import Check
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.errors import ValuesRejected
from quotewire_runtime.postgres.retry import RETRY_INTERVAL_S, retry_until_available
from quotewire_runtime.postgres.text import to_storable
from quotewire_runtime.records import Record

BATCH_SIZE: Final = 50
"""Dead letters per transaction: each can be as large as an article topic allows, 50 of them are some tens of MB."""
KAFKA_INTERVAL_S: Final = 5.0
"""Pause before Kafka is tried again; dead letters are not urgent."""

# The article's row is locked while its dead letter is written: a withdrawal at the same time commits before, and the
# bytes are left out here, or after, and clears them. Bytes that do not say their revision may be of a withdrawn one.
_INSERT: Final = """
    INSERT INTO news.dead_letters (topic, partition, "offset", stage, reason, message, source_topic, source_partition,
                                   source_offset, key, revision, "timestamp", failed_at, headers, value)
    VALUES (%(topic)s, %(partition)s, %(offset)s, %(stage)s, %(reason)s, %(message)s, %(source_topic)s,
            %(source_partition)s, %(source_offset)s, %(key)s, %(revision)s, %(timestamp)s, %(failed_at)s, %(headers)s,
            CASE WHEN (SELECT coalesce(%(revision)s, 1) <= withdrawn_through FROM news.articles
                       WHERE article_id = %(key)s FOR SHARE)
                 THEN NULL ELSE %(value)s::bytea END)
    ON CONFLICT DO NOTHING
"""

log = logs.get_logger("quotewire.dead_letters")
Result = TypeVar("Result")


class DeadLetterSource(Protocol):
    """Gives dead letters: a consumer group on the dead-letter topics."""

    async def start(self) -> None:
        """Connect; raises `UnavailableError` while Kafka does not answer or a topic is missing."""

    async def read(self) -> Sequence[Record]:
        """Wait for records, at most `BATCH_SIZE`; raises `UnavailableError` while Kafka does not answer."""
        ...

    async def commit(self) -> None:
        """Acknowledge everything read so far; raises `UnavailableError` while Kafka does not answer."""

    async def stop(self) -> None:
        """Leave the group."""


class DeadLetterCopier:
    """A task beside the stage that copies dead letters into the table, each exactly once.

    It never affects the stage: while Kafka or PostgreSQL is unavailable it waits, and the records stay on their topics.
    A batch is acknowledged when its rows are committed; a batch that is read again changes nothing, because topic,
    partition and offset are the key of a row.
    """

    def __init__(self, source: DeadLetterSource, database: Database) -> None:
        self._source = source
        self._database = database
        self._task: asyncio.Task[None] | None = None
        self._check = Check(ok=True, detail="not started")

    @property
    def check(self) -> Check:
        """Whether the task runs; may be read from any thread."""
        if self._task is not None and self._task.done():
            return Check(ok=False, detail="copying has ended, see the log; restart the store")
        return self._check

    def start(self) -> None:
        """Start the task; does nothing when called again."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="dead letters")

    async def stop(self) -> None:
        """End the task, leave the group and close the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._source.stop()
        await self._database.close()

    async def _run(self) -> None:
        try:
            await self._retry(self._source.start, KAFKA_INTERVAL_S)
            while True:
                records = await self._retry(self._source.read, KAFKA_INTERVAL_S)
                await self._retry(partial(self._insert, records), RETRY_INTERVAL_S)
                await self._retry(self._source.commit, KAFKA_INTERVAL_S)
        except Exception:  # the outermost loop of the task: what ends it is logged, and does not end the stage
            log.exception("dead_letter_copier_failed")

    async def _retry(self, step: Callable[[], Awaitable[Result]], interval_s: float) -> Result:
        outage = OutageLog(log)
        return await retry_until_available(step, interval_s=interval_s, outage=outage, report=self._set_check)

    def _set_check(self, problem: str | None) -> None:
        """Stay ready while Kafka or PostgreSQL is unavailable: the stage itself is not held up."""
        self._check = Check(ok=True, detail=f"waiting: {problem}" if problem else "up to date with what was read")

    async def _insert(self, records: Sequence[Record]) -> None:
        rows = sorted(map(row_of, records), key=lambda row: str(row["key"]))  # locks in the order of the articles
        try:
            async with self._database.transaction() as connection:
                await connection.cursor().executemany(_INSERT, rows)
        except ValuesRejected as error:
            if len(records) == 1:
                log.error("dead_letter_rejected", why=str(error), topic=records[0].topic)
                return
            for record in records:
                await self._insert([record])


def row_of(record: Record) -> dict[str, object]:
    """Turn a record of a dead-letter topic into columns that PostgreSQL never rejects."""
    letter = read_dead_letter(record)
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "stage": _text(letter.stage),
        "reason": _text(letter.reason),
        "message": _text(letter.message),
        "source_topic": _text(letter.topic),
        "source_partition": min(letter.partition, 2**31 - 1),
        "source_offset": min(letter.offset, 2**63 - 1),
        "key": None if letter.key is None else _text(letter.key),
        "revision": revision_of(record.value),
        "timestamp": letter.timestamp,
        "failed_at": letter.failed_at,
        "headers": Jsonb({_text(name): _text(value) for name, value in letter.headers.items()}),
        "value": record.value,
    }


def revision_of(value: bytes | None) -> int | None:
    """Return the revision of the article or enriched article in these bytes; None where they do not say."""
    try:
        found = from_json(value or b"")
    except ValueError:
        return None
    for part in (found, found.get("article")) if isinstance(found, dict) else ():
        revision = part.get("revision") if isinstance(part, dict) else None
        if type(revision) is int and 1 <= revision < 2**31:
            return revision
    return None


def _text(text: str) -> str:
    return to_storable(text, null_as="\N{SYMBOL FOR NULL}")

"""Keeps the dead letters of all stages in `news.dead_letters`, where people and queries find them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Protocol

import structlog
from psycopg.types.json import Jsonb

from quotewire_runtime import headers
from quotewire_runtime.health import Check
from quotewire_runtime.records import Record
from quotewire_runtime.verdicts import Retry
from quotewire_schemas.topics import specs
from quotewire_store.postgres import Connection, Database, Refused

BATCH: Final = 50
"""Dead letters per transaction: each can be as large as an article topic allows, 50 of them are some tens of MB."""

_INSERT: Final = """
    INSERT INTO news.dead_letters (topic, partition, "offset", stage, reason, message, source_topic, source_partition,
                                   source_offset, key, "timestamp", failed_at, headers, value)
    VALUES (%(topic)s, %(partition)s, %(offset)s, %(stage)s, %(reason)s, %(message)s, %(source_topic)s,
            %(source_partition)s, %(source_offset)s, %(key)s, %(timestamp)s, %(failed_at)s, %(headers)s,
            CASE WHEN EXISTS (SELECT FROM news.articles WHERE article_id = %(key)s AND text IS NULL)
                 THEN NULL ELSE %(value)s::bytea END)
    ON CONFLICT DO NOTHING
"""

log = structlog.get_logger(__name__)


class Source(Protocol):
    """Where dead letters come from: a consumer group over the dead-letter topics."""

    async def start(self) -> None:
        """Join the group; raises `Retry` while Kafka is away."""

    async def read(self) -> Sequence[Record]:
        """Wait for records, at most `BATCH`; raises `Retry` while Kafka is away."""
        ...

    async def commit(self) -> None:
        """Acknowledge everything read so far; raises `Retry` while Kafka is away."""

    async def stop(self) -> None:
        """Leave the group."""


def dead_letter_topics() -> list[str]:
    """Names of all dead-letter topics, without prefix."""
    return [spec.name for spec in specs() if spec.dead_letters_of is not None]


class DeadLetterReader:
    """A task beside the stage that copies dead letters into the table, each exactly once.

    It never touches the stage: while Kafka or PostgreSQL is away it waits, and what stands on the topics stays there.
    The reader is done with a batch when the rows are committed; a batch that comes again changes nothing, because its
    topic, partition and offset are the key.
    """

    def __init__(self, source: Source, database: Database) -> None:
        self._source = source
        self._database = database
        self._task: asyncio.Task[None] | None = None
        self._check = Check(ok=True, detail="dead letters: not started")

    @property
    def check(self) -> Check:
        """Whether the copy keeps up; safe to read from any thread."""
        if self._task is not None and self._task.done():
            return Check(ok=False, detail="dead letters: the reader has ended, see the log; restart the store")
        return self._check

    def start(self) -> None:
        """Begin in the background; harmless when called again."""
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
            await self._patiently(self._source.start)
            while True:
                records = await self._patiently(self._source.read)
                await self._patiently(partial(self._keep, records))
                await self._patiently(self._source.commit)
        except Exception:
            log.exception("dead letters are no longer copied")
            raise

    async def _patiently(self, step: Callable[[], Awaitable[Any]]) -> Any:
        """Repeat a step until the outside lets it through; one log line per outage, not per attempt."""
        waiting = False
        while True:
            try:
                result = await step()
            except Retry as error:
                if not waiting:
                    log.warning("dead letters wait", why=error.message)
                waiting = True
                self._check = Check(ok=True, detail=f"dead letters: waiting: {error.message}")
                await asyncio.sleep(error.after)
            else:
                self._check = Check(ok=True, detail="dead letters: up to date with what was read")
                return result

    async def _keep(self, records: Sequence[Record]) -> None:
        rows = [row_of(record) for record in records]

        async def work(connection: Connection) -> None:
            await connection.cursor().executemany(_INSERT, rows)

        try:
            await self._database.run(work)
        except Refused as error:
            if len(records) == 1:
                log.error("a dead letter is refused by the database", why=str(error), topic=records[0].topic)
                return
            for record in records:
                await self._keep([record])


def row_of(record: Record) -> dict[str, object]:
    """Read a record of a dead-letter topic as columns of the table.

    Made to accept anything: what the record lacks is `unknown` or -1, and no character in it can be refused.
    """

    def text(name: str, otherwise: str) -> str:
        return _printable(headers.text_of(record.headers, name) or otherwise)

    def number(name: str, most: int) -> int:
        found = headers.text_of(record.headers, name) or ""
        return int(found) if found.isascii() and found.isdigit() and len(found) < 19 and int(found) <= most else -1

    timestamp = datetime.fromtimestamp(max(record.timestamp_ms, 0) / 1000, UTC)
    try:
        failed_at = datetime.fromisoformat(text(headers.FAILED_AT, ""))
    except ValueError:
        failed_at = timestamp
    kept = {
        _printable(name): _printable(value) for name, value in headers.as_text(headers.without_error(record.headers))
    }
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "stage": text(headers.STAGE, "unknown"),
        "reason": text(headers.REASON, "unknown"),
        "message": text(headers.MESSAGE, ""),
        "source_topic": text(headers.TOPIC, "unknown"),
        "source_partition": number(headers.PARTITION, 2**31 - 1),
        "source_offset": number(headers.OFFSET, 2**63 - 1),
        "key": None if record.key is None else _printable(record.key.decode("utf-8", "backslashreplace")),
        "timestamp": timestamp,
        "failed_at": failed_at if failed_at.tzinfo else failed_at.replace(tzinfo=UTC),
        "headers": Jsonb(kept),
        "value": record.value,
    }


def _printable(text: str) -> str:
    return text.replace("\0", "\\0")

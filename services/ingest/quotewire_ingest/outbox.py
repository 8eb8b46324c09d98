"""The outbox: records committed together with the state they stem from, and the relay that brings them to Kafka."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiokafka.errors import KafkaError
from psycopg.types.json import Jsonb

from quotewire_ingest.publish.heartbeat import beat
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.kafka.client import missing_topics, new_producer, reason
from quotewire_runtime.kafka.headers import cloud_event
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_schemas import codec
from quotewire_schemas.article import Article
from quotewire_schemas.topics import ARTICLE, CE_ARTICLE, Topics, spec

STAGE = "ingest"
CHANNEL = "ingest_outbox"
# Records sent before their confirmations are awaited together: about 4 MB of ordinary articles.
_AT_ONCE = 500
# Seconds between two looks where no notification comes: one may be lost when the connection changes.
_LOOK_EVERY_S = 1.0
_AGAIN_S = 1.0
# Seconds without a confirmation after which the service is not ready; it goes on waiting.
_SLOW_S = 5.0
# One relay works at a time, whichever replica holds this lock (hashed by PostgreSQL).
_LOCK = "quotewire ingest relay"


async def put(connection: Connection, article: Article) -> None:
    """Put a record into the outbox, inside the caller's transaction. Raises ``Rejected`` (``too_large``)."""
    value = codec.encode(article)
    limit = spec(ARTICLE).max_message_bytes
    # Key, headers and framing take less than 1 KiB.
    if len(value) > limit - 1024:
        raise Rejected(
            RejectionReason.TOO_LARGE, f"the record has {len(value) // 1024} KiB; the topic takes {limit // 1024} KiB"
        )
    headers = cloud_event(
        id=f"{article.article_id}:{article.revision}",
        type=CE_ARTICLE,
        source="quotewire/ingest",
        time=article.ingested_at,
    )
    await connection.execute(
        "INSERT INTO ingest.outbox (topic, key, value, headers) VALUES (%s, %s, %s, %s)",
        (ARTICLE, article.article_id, value, Jsonb([[name, data.decode()] for name, data in headers])),
    )
    await connection.execute(f"NOTIFY {CHANNEL}")


class Relay:
    """Brings the outbox to Kafka in order, at least once; only the replica that holds the lock does.

    A record leaves the outbox when Kafka has confirmed it. Killed in between, the next holder sends it again: the
    consumers know it by its ``ce_id``.
    """

    def __init__(self, kafka: KafkaSettings, database: Database, beat_every_s: float = 0) -> None:
        """``beat_every_s``: seconds between two heartbeat articles, sent by the one relay that works; 0: none."""
        self._beat_every_s = beat_every_s
        self._kafka, self._database = kafka, database
        self._topics = Topics(kafka.topic_prefix)
        self._log = logs.get("relay")
        self.problem: str | None = "starting"
        """Why nothing can be sent now, or None."""

    async def run(self) -> None:
        """Relay until cancelled; waits for Kafka and PostgreSQL as long as it takes."""
        wait = OutageLog(self._log)
        while True:
            try:
                await self._check_topics()
                producer = new_producer(self._kafka, client_id="quotewire-ingest")
                async with _started(producer), self._database.connection() as connection:
                    await self._hold(connection, producer, wait.over)
            except DatabaseUnavailable as error:
                self.problem = str(error)  # the workers tell of it
                await asyncio.sleep(_AGAIN_S)
                continue
            except UnavailableError as error:
                self.problem = str(error)
            except (TimeoutError, KafkaError, OSError) as error:
                self.problem = f"Kafka at {self._kafka.bootstrap_servers} is away: {reason(error)}"
                await self._database.close()  # lets go of the lock: another replica may reach Kafka
            wait.tell(self.problem or "")
            await asyncio.sleep(_AGAIN_S)

    async def _check_topics(self) -> None:
        missing = await missing_topics(self._kafka, [self._topics.article])
        if missing:
            raise UnavailableError(f"no topic {missing[0]}: run `quotewire topics apply`")

    async def _hold(self, connection: Connection, producer: Any, working: Callable[[], None]) -> None:
        await connection.execute(f"LISTEN {CHANNEL}")
        held = False
        beat_at = time.monotonic() + self._beat_every_s
        while True:
            if not held:
                cursor = await connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (_LOCK,))
                held = (await cursor.fetchone()) == (True,)
            self.problem = None
            working()
            if held and self._beat_every_s and time.monotonic() >= beat_at:
                await put(connection, beat(datetime.now(UTC)))
                beat_at = time.monotonic() + self._beat_every_s
            sent = await self._send_some(connection, producer) if held else 0
            if sent < _AT_ONCE:
                async for _ in connection.notifies(timeout=_LOOK_EVERY_S, stop_after=1):
                    break

    async def _send_some(self, connection: Connection, producer: Any) -> int:
        cursor = await connection.execute(
            "SELECT position, topic, key, value, headers FROM ingest.outbox ORDER BY position LIMIT %s", (_AT_ONCE,)
        )
        rows = await cursor.fetchall()
        if not rows:
            return 0
        sending = asyncio.create_task(self._confirmed(producer, rows))
        try:
            while not (await asyncio.wait([sending], timeout=_SLOW_S))[0]:
                self.problem = f"Kafka at {self._kafka.bootstrap_servers} does not confirm what was sent"
            sending.result()
        except KafkaError:
            for row in rows:
                metrics.PRODUCE_FAILURES.labels(STAGE, row[1]).inc()
            raise
        finally:
            sending.cancel()
        await connection.execute("DELETE FROM ingest.outbox WHERE position = ANY(%s)", ([row[0] for row in rows],))
        for row in rows:
            metrics.PRODUCED.labels(STAGE, row[1]).inc()
        return len(rows)

    async def _confirmed(self, producer: Any, rows: list[Any]) -> None:
        confirmations = []
        for _, topic, key, value, headers in rows:
            pairs = [(name, data.encode()) for name, data in headers]
            confirmations.append(await producer.send(self._topics.named(topic), value, key.encode(), headers=pairs))
        for confirmation in confirmations:
            await confirmation


class _started:
    """An aiokafka producer for the length of a block."""

    def __init__(self, producer: Any) -> None:
        self._producer = producer

    async def __aenter__(self) -> Any:
        try:
            await self._producer.start()
        except BaseException:
            await self._producer.stop()
            raise
        return self._producer

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

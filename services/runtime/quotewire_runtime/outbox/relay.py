"""The relay: brings the records of an outbox to Kafka, in order and at least once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.errors import KafkaError

from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.kafka.client import error_text, missing_topics, new_producer
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.table import OutboxRecord, OutboxTable
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_schemas.topics import Topics

# Records sent before their confirmations are awaited together: about 4 MB of ordinary articles.
_BATCH_SIZE = 500
# Seconds between two polls of the table where no notification comes: one may be lost when the connection changes.
_POLL_INTERVAL_S = 1.0
_RETRY_INTERVAL_S = 1.0
# Seconds without a confirmation after which the relay reports a problem; it goes on waiting.
_SLOW_S = 5.0


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Something that the relay at work does every so often, such as putting a heartbeat record into the outbox."""

    interval_s: float
    run: Callable[[Connection], Awaitable[None]]


class Relay:
    """Sends the records of an outbox; of all replicas, only the one that holds the lock does.

    A record leaves the outbox when Kafka has confirmed it. Killed in between, the next holder sends it again: consumers
    know it by its ``ce_id``.
    """

    def __init__(
        self,
        kafka: KafkaSettings,
        database: Database,
        table: OutboxTable,
        *,
        stage: str,
        topics: Sequence[str],
        lock: str,
        periodic: PeriodicTask | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            kafka: where to send the records.
            database: a connection of the relay's own.
            table: the outbox.
            stage: label of the metrics, and part of the Kafka client's name.
            topics: the topics' own names, without prefix; the relay waits until they exist.
            lock: name of the advisory lock, ``hashtextextended(lock, 0)``.
            periodic: done by the replica that holds the lock, for the first time after one interval.
        """
        self._kafka, self._database, self._table = kafka, database, table
        self._stage, self._lock, self._periodic = stage, lock, periodic
        self._topics = Topics(kafka.topic_prefix)
        self._required = [self._topics.named(topic) for topic in topics]
        self._log = logs.get_logger("relay")
        self.problem: str | None = "starting"
        """Why nothing can be sent now, or None."""

    async def run(self) -> None:
        """Relay until cancelled; waits for Kafka and PostgreSQL as long as it takes."""
        outage = OutageLog(self._log)
        while True:
            try:
                await self._check_topics()
                async with self._producer() as producer, self._database.connection() as connection:
                    await self._work(connection, producer, outage)
            except DatabaseUnavailable as error:
                self.problem = str(error)  # those who put records in log it
                await asyncio.sleep(_RETRY_INTERVAL_S)
                continue
            except UnavailableError as error:
                self.problem = str(error)
            except (TimeoutError, KafkaError, OSError) as error:
                self.problem = f"Kafka at {self._kafka.bootstrap_servers} is unavailable: {error_text(error)}"
                await self._database.close()  # releases the lock: another replica may reach Kafka
            outage.report(self.problem or "")
            await asyncio.sleep(_RETRY_INTERVAL_S)

    async def _check_topics(self) -> None:
        missing = await missing_topics(self._kafka, self._required)
        if missing:
            raise UnavailableError(f"no topic {missing[0]}: run `quotewire topics apply`")

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[Any]:
        producer = new_producer(self._kafka, client_id=f"quotewire-{self._stage}")
        try:
            await producer.start()
            yield producer
        finally:
            await producer.stop()

    async def _work(self, connection: Connection, producer: Any, outage: OutageLog) -> None:
        """Send what is there and wait for more, until something fails."""
        await self._table.listen(connection)
        holds_lock = False
        periodic = self._periodic
        due_at = time.monotonic() + (periodic.interval_s if periodic else 0)
        while True:
            holds_lock = holds_lock or await self._try_lock(connection)
            self.problem = None
            outage.recovered()
            if holds_lock and periodic is not None and time.monotonic() >= due_at:
                await periodic.run(connection)
                due_at = time.monotonic() + periodic.interval_s
            sent = await self._send_batch(connection, producer) if holds_lock else 0
            if sent < _BATCH_SIZE:
                async for _ in connection.notifies(timeout=_POLL_INTERVAL_S, stop_after=1):
                    break

    async def _try_lock(self, connection: Connection) -> bool:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (self._lock,))
        return await cursor.fetchone() == (True,)

    async def _send_batch(self, connection: Connection, producer: Any) -> int:
        records = await self._table.first(connection, _BATCH_SIZE)
        if not records:
            return 0
        sending = asyncio.create_task(self._send(producer, records))
        try:
            while not (await asyncio.wait([sending], timeout=_SLOW_S))[0]:
                self.problem = f"Kafka at {self._kafka.bootstrap_servers} does not confirm what was sent"
            sending.result()
        except KafkaError:
            for record in records:
                metrics.PRODUCE_FAILURES.labels(self._stage, record.emit.topic).inc()
            raise
        finally:
            sending.cancel()
        await self._table.delete(connection, records)
        for record in records:
            metrics.PRODUCED.labels(self._stage, record.emit.topic).inc()
        return len(records)

    async def _send(self, producer: Any, records: Sequence[OutboxRecord]) -> None:
        """Send records in order and wait until Kafka has confirmed all of them."""
        confirmations = []
        for record in records:
            emit = record.emit
            topic = self._topics.named(emit.topic)
            confirmations.append(await producer.send(topic, emit.value, emit.key, headers=list(emit.headers)))
        for confirmation in confirmations:
            await confirmation

"""A stream with real Kafka and PostgreSQL and a constant feed of articles, for faults."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kit.program_parts import started_parts
from kit.services import Service, Services
from quotewire.local.kafka import LocalKafka
from quotewire.local.postgres import LocalPostgres
from quotewire_ingest.database import ingest_database
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue import inputs
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_producer
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_schemas.topics import Topics

PREFIX = "faults."
FEED_INTERVAL_S = 1.0

ARTICLE = (
    "The ferry number {number} sails at dawn.\n"
    "“We will not wait for anybody,” harbour master Ilvane Morrec said on Monday. Port and people are made up."
)


@dataclass
class Stream:
    """Kafka, PostgreSQL, the three services, and a thread that feeds an article a second."""

    folder: Path
    kafka: LocalKafka
    postgres: LocalPostgres
    services: Services
    outbox_limit: int = 100
    running: dict[str, Service] = field(default_factory=dict)
    _number: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def service(self, name: str) -> Service:
        """Return the only replica of a service."""
        return self.running[name]

    def start(self) -> None:
        """Start the services, wait until they are ready, and start the feed."""
        for name in ("ingest", "extract", "store"):
            self.running[name] = self.services.make(
                name, OUTBOX__MOST_RECORDS=str(self.outbox_limit), HEARTBEAT__EVERY_S="5"
            ).start()
        for service in self.running.values():
            service.ready()
        threading.Thread(target=self._feed_constantly, daemon=True).start()

    def feed(self, count: int) -> None:
        """Put articles into ingest's queue; raises DatabaseUnavailable."""
        with self._lock:
            numbers = range(self._number, self._number + count)
            self._number += count
        now = datetime.now(UTC)
        documents = [
            Document(
                f"{number}.txt",
                ARTICLE.format(number=number).encode(),
                DocumentKind.TEXT,
                "harbour-post",
                f"{number}.txt",
                now,
            )
            for number in numbers
        ]

        async def put() -> None:
            database = ingest_database(self.services.dsn)
            try:
                async with database.transaction() as connection:
                    await inputs.enqueue(connection, uuid.uuid4(), documents)
            finally:
                await database.close()

        asyncio.run(put())

    def produce(self, value: bytes, count: int) -> None:
        """Produce records to the topic of articles that ingest would never send."""

        async def send() -> None:
            producer = new_producer(KafkaSettings(bootstrap_servers=self.services.kafka, topic_prefix=PREFIX))
            await producer.start()
            for number in range(count):
                await producer.send_and_wait(Topics(PREFIX).article, value, key=str(number).encode())
            await producer.stop()

        asyncio.run(send())

    def end(self) -> None:
        """Stop the feed and kill the services."""
        self._stop.set()
        self.services.end()

    def _feed_constantly(self) -> None:
        while not self._stop.wait(FEED_INTERVAL_S):
            with suppress(DatabaseUnavailable):  # this article was not submitted
                self.feed(1)


@contextmanager
def running() -> Iterator[Stream]:
    """Run a stream in a temporary folder; everything is removed at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quotewire-faults-")))
        parts = stack.enter_context(started_parts(folder, PREFIX))
        stream = Stream(folder, parts.kafka, parts.postgres, parts.services)
        stack.callback(stream.end)
        stream.start()
        yield stream

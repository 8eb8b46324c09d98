"""An ingest service on a real PostgreSQL and without Kafka: what it would publish is in its outbox.

What is tested with it happens before the outbox; the relay and its faults are tested with a real Kafka.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kit.eventually import soon
from kit.ports import free_port
from kit.services import Service, Services
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.queue.client import JobCounts, submit_async
from quotewire_ingest.queue.targets import Item, iter_items
from quotewire_ingest.settings import (
    ArchiveSettings,
    FetchSettings,
    HeartbeatSettings,
    Settings,
    SourceSettings,
    WorkSettings,
)
from quotewire_runtime.config.settings import KafkaSettings, PostgresSettings
from quotewire_schemas import codec
from quotewire_schemas.article import Article

NO_BROKER = f"127.0.0.1:{free_port()}"


@dataclass
class IngestDatabase:
    """The database of one test's ingest service, and the test's folder."""

    dsn: str
    folder: Path

    async def submit(self, *items: Item) -> JobCounts:
        return await submit_async(self.dsn, items)

    async def submit_paths(self, *paths: Path | str) -> JobCounts:
        return await self.submit(*iter_items(paths, max_bytes=1_000_000))

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(statement.encode(), values).fetchall()


@dataclass
class Stream(IngestDatabase):
    """One test's service, whose outbox nobody empties."""

    running: asyncio.Task[None] | None = None

    async def submit(self, *items: Item) -> JobCounts:
        """Submit to the service, and fail with it where it fails."""
        job = asyncio.create_task(super().submit(*items))
        await asyncio.wait([job, *([self.running] if self.running else [])], return_when=asyncio.FIRST_COMPLETED)
        if self.running is not None and self.running.done():
            self.running.result()
        return await job

    def records(self) -> list[Article]:
        """What was published so far, in order."""
        rows = self.query("SELECT value FROM ingest.outbox ORDER BY position")
        return [codec.decode(Article, bytes(row[0])) for row in rows]


@pytest.fixture
def stream(tmp_path: Path, postgres_dsn: str) -> Stream:
    return Stream(postgres_dsn, tmp_path)


@pytest.fixture
def settings(stream: Stream) -> Settings:
    return Settings(
        kafka=KafkaSettings(bootstrap_servers=NO_BROKER),
        postgres=PostgresSettings(dsn=stream.dsn),
        fetch=FetchSettings(allow_private=True, contact="mailto:desk@harbour-post.example"),
        archive=ArchiveSettings(folder=stream.folder / "warc"),
        sources=SourceSettings(),
        work=WorkSettings(host_pause_s=0),
        heartbeat=HeartbeatSettings(every_s=0),
    )


@pytest.fixture
async def service(settings: Settings, stream: Stream) -> AsyncIterator[Ingest]:
    """An ingest service in this process."""
    stop = asyncio.Event()
    ingest = Ingest(settings)
    stream.running = asyncio.create_task(ingest.run(stop))
    yield ingest
    stop.set()
    await stream.running


@pytest.fixture
def services(tmp_path: Path, session_folder: Path, postgres_dsn: str) -> Iterator[Services]:
    """Ingest as processes of their own."""
    made = Services(tmp_path, session_folder, NO_BROKER, "", postgres_dsn)
    yield made
    made.end()


def start_replicas(services: Services, count: int, **settings: str) -> list[Service]:
    """Start ingest processes and wait until all are live: without Kafka none is ever ready."""
    replicas = [services.make("ingest", **settings).start() for _ in range(count)]
    for replica in replicas:
        soon(lambda: replica.get("/live")[0] == 200, 120)  # noqa: B023  # called in this turn
    return replicas

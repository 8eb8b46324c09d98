"""An ingest service on a real PostgreSQL and without Kafka: what it would publish stands in its outbox.

What is looked at here happens before the outbox; the relay and its faults are tested with a real Kafka beside.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kit.harbour_post import site
from kit.ports import free_port
from kit.services import Services
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

__all__ = ["Stream", "site"]

NOBODY = f"127.0.0.1:{free_port()}"


@dataclass
class Stream:
    """One test's database and folder."""

    dsn: str
    folder: Path

    running: asyncio.Task[None] | None = None

    async def feed(self, *items: Item) -> JobCounts:
        """Feed the service, and fail with it where it fails."""
        feeding = asyncio.create_task(submit_async(self.dsn, items))
        await asyncio.wait([feeding, *([self.running] if self.running else [])], return_when=asyncio.FIRST_COMPLETED)
        if self.running is not None and self.running.done():
            self.running.result()
        return await feeding

    async def feed_paths(self, *paths: Path | str) -> JobCounts:
        return await self.feed(*iter_items(paths, max_bytes=1_000_000))

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.dsn) as connection:
            return connection.execute(statement.encode(), values).fetchall()

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
        kafka=KafkaSettings(bootstrap_servers=NOBODY),
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
    made = Services(tmp_path, session_folder, NOBODY, "", postgres_dsn)
    yield made
    made.end()

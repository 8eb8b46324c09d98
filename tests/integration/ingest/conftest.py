"""An ingest service on real parts, in this process or as one of its own, and readers of what it publishes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kit.ingest_without_kafka import IngestDatabase
from kit.services import Services
from kit.topic import records_on
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.settings import ArchiveSettings, FetchSettings, Settings, SourceSettings, WorkSettings
from quotewire_runtime.config.settings import KafkaSettings, PostgresSettings
from quotewire_runtime.kafka.admin import apply_topics
from quotewire_schemas import codec
from quotewire_schemas.article import Article
from quotewire_schemas.topics import ARTICLE


@dataclass
class Stream(IngestDatabase):
    """One test's topics, database and folder."""

    kafka: KafkaSettings

    async def records(self) -> list[tuple[Article, dict[str, str], bytes]]:
        """Everything on the topic now: record, headers, key; in order of partition and offset."""
        found = await records_on(self.kafka, ARTICLE)
        return [
            (codec.decode(Article, message.value), {name: data.decode() for name, data in message.headers}, message.key)
            for message in found
        ]


@pytest.fixture
async def stream(tmp_path: Path, kafka: str, topic_prefix: str, postgres_dsn: str) -> Stream:
    settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix)
    await apply_topics(settings)
    return Stream(postgres_dsn, tmp_path, settings)


@pytest.fixture
def settings(stream: Stream) -> Settings:
    return Settings(
        kafka=stream.kafka,
        postgres=PostgresSettings(dsn=stream.dsn),
        fetch=FetchSettings(allow_private=True, contact="mailto:desk@harbour-post.example"),
        archive=ArchiveSettings(folder=stream.folder / "warc"),
        sources=SourceSettings(),
        work=WorkSettings(host_pause_s=0),
    )


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Ingest]:
    """An ingest service in this process."""
    stop = asyncio.Event()
    ingest = Ingest(settings)
    running = asyncio.create_task(ingest.run(stop))
    yield ingest
    stop.set()
    await running


@pytest.fixture
def services(
    tmp_path: Path, session_folder: Path, kafka: str, topic_prefix: str, postgres_dsn: str
) -> Iterator[Services]:
    """Ingest as processes of their own."""
    made = Services(tmp_path, session_folder, kafka, topic_prefix, postgres_dsn)
    yield made
    made.end()

"""Files that are split: their slices join, and replicas share them."""

import asyncio
import json
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from kit.eventually import eventually
from kit.ingest_without_kafka import Stream, start_replicas
from kit.services import Services
from kit.warcs import page, write_warc
from quotewire_ingest.bootstrap import Ingest, outbox_backpressure
from quotewire_ingest.database import ingest_database
from quotewire_ingest.queue.inputs import enqueue, lease
from quotewire_ingest.queue.kinds import FileInput, InputKind
from quotewire_ingest.queue.slices import next_slice
from quotewire_ingest.queue.splitter import Splitter
from quotewire_ingest.settings import OutboxSettings
from quotewire_runtime.observability import logs
from quotewire_runtime.observability.outage_log import OutageLog

pytestmark = pytest.mark.integration


def outcomes(stream: Stream) -> dict[str, int]:
    return dict(stream.query("SELECT outcome, count(*) FROM ingest.inputs WHERE outcome IS NOT NULL GROUP BY 1"))


async def test_a_warc_file_cut_off_in_the_middle(stream: Stream, service: Ingest, tmp_path: Path) -> None:
    path = write_warc(tmp_path / "crawl.warc.gz", [page(number) for number in range(6)])
    path.write_bytes(path.read_bytes()[:-100])
    counts = await stream.submit_paths(path)
    assert counts.outcomes == {"published": 5, "unchanged": 1, "rejected": 1}
    [(name, message)] = stream.query("SELECT name, message FROM ingest.inputs WHERE reason = 'truncated'")
    assert name.startswith(f"{path}@")
    assert "pages before it that are read: 5" in message
    article = stream.records()[0]
    assert article.fetched_at.isoformat() == "2026-03-02T10:00:00+00:00"
    assert article.source_id == "harbour-post.example"


async def test_a_missing_file_is_rejected(stream: Stream, service: Ingest, tmp_path: Path) -> None:
    counts = await stream.submit(FileInput(str(tmp_path / "gone.warc.gz"), "crawl"))
    assert counts.outcomes == {"rejected": 1}
    assert stream.query("SELECT reason FROM ingest.inputs") == [("missing",)]


async def test_a_slow_splitter_queues_nothing_twice(postgres_dsn: str, tmp_path: Path) -> None:
    path = write_warc(tmp_path / "crawl.warc.gz", [page(number) for number in range(3)])
    wait = OutageLog(logs.get_logger("test"))
    databases = [ingest_database(postgres_dsn, name) for name in ("slow", "quick", "third")]
    slow, quick = (
        Splitter(database, 60, 10**6, outbox_backpressure(databases[2], OutboxSettings()), wait)
        for database in databases[:2]
    )
    async with databases[2].transaction() as connection:
        await enqueue(connection, uuid.uuid4(), [FileInput(str(path), "crawl")])
    first = await slow.lease()
    assert first is not None
    async with databases[2].transaction() as connection:
        await connection.execute("UPDATE ingest.inputs SET leased_until = now() - interval '1 second'")
    second = await quick.lease()
    assert second is not None
    await quick.split(second)
    await slow.split(first)
    async with databases[2].transaction() as connection:
        cursor = await connection.execute("SELECT kind, count(*) FROM ingest.inputs GROUP BY 1 ORDER BY 1")
        assert await cursor.fetchall() == [("file", 1), ("warc_record", 3)]
    for database in databases:
        await database.close()


async def test_slices_of_a_file_join_without_a_gap(postgres_dsn: str, tmp_path: Path) -> None:
    warc = write_warc(tmp_path / "crawl.warc.gz", [page(number) for number in range(450)])
    lines = tmp_path / "many.jsonl"
    lines.write_text("".join(json.dumps({"id": str(number), "text": "words"}) + "\n" for number in range(450)))
    database = ingest_database(postgres_dsn, "one")
    async with database.transaction() as connection:
        await enqueue(connection, uuid.uuid4(), [FileInput(str(path), "crawl") for path in (warc, lines)])
        leased = await lease(connection, "one", [InputKind.FILE], 2, 60)
    for item in leased:
        names, file, last, slices = [], item.item, False, 0
        assert isinstance(file, FileInput)
        while not last:
            part = next_slice(file, 10**6)
            names += [one.name for one in part.items]
            file, last, slices = replace(file, progress=part.progress), part.last, slices + 1
        assert slices == 3
        assert len(set(names)) == len(names) == file.progress.queued == 450
    await database.close()


async def test_three_replicas_share_a_file_and_one_is_killed(
    stream: Stream, services: Services, tmp_path: Path
) -> None:
    count = 60
    path = write_warc(tmp_path / "crawl.warc", [page(number) for number in range(count)], packed=False)
    replicas = start_replicas(services, 3, WORK__BATCH="4")
    feeding = asyncio.create_task(stream.submit_paths(path))
    await eventually(lambda: sum(outcomes(stream).values()) >= 15, within=120)
    replicas[0].kill()
    counts = await feeding
    assert counts.outcomes == {"published": count, "unchanged": 1}
    records = stream.records()
    assert len({article.article_id for article in records}) == len(records) == count
    assert {article.revision for article in records} == {1}

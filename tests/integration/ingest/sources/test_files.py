"""Files that ingest reads where they lie: WARC files shared by replicas, and folders that are watched."""

import asyncio
import json
import os
import time
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from kit.eventually import eventually, soon
from kit.services import Services
from kit.warcs import page, write_warc
from quotewire_ingest.bootstrap import Ingest, outbox_backpressure
from quotewire_ingest.database import ingest_database
from quotewire_ingest.queue.inputs import enqueue, lease
from quotewire_ingest.queue.kinds import FileInput, InputKind
from quotewire_ingest.queue.slices import next_slice
from quotewire_ingest.queue.splitter import Splitter
from quotewire_ingest.settings import OutboxSettings, Settings, SourceSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources.folders import FolderWatcher
from quotewire_runtime.observability import logs
from quotewire_runtime.observability.outage_log import OutageLog

from .conftest import Stream

pytestmark = pytest.mark.integration


def outcomes(stream: Stream) -> dict[str, int]:
    return dict(stream.query("SELECT outcome, count(*) FROM ingest.inputs WHERE outcome IS NOT NULL GROUP BY 1"))


async def test_a_warc_file_cut_off_in_the_middle(stream: Stream, service: Ingest, tmp_path: Path) -> None:
    path = write_warc(tmp_path / "crawl.warc.gz", [page(number) for number in range(6)])
    path.write_bytes(path.read_bytes()[:-100])
    tally = await stream.feed_paths(path)
    assert tally.outcomes == {"published": 5, "unchanged": 1, "rejected": 1}
    [(name, message)] = stream.query("SELECT name, message FROM ingest.inputs WHERE reason = 'truncated'")
    assert name.startswith(f"{path}@")
    assert "pages before it that are read: 5" in message
    article = stream.records()[0]
    assert article.fetched_at.isoformat() == "2026-03-02T10:00:00+00:00"
    assert article.source_id == "harbour-post.example"


async def test_a_file_that_is_not_there_or_no_longer(stream: Stream, service: Ingest, tmp_path: Path) -> None:
    tally = await stream.feed(FileInput(str(tmp_path / "gone.warc.gz"), "crawl"))
    assert tally.outcomes == {"rejected": 1}
    assert stream.query("SELECT reason FROM ingest.inputs") == [("missing",)]


async def test_who_was_too_slow_queues_nothing_twice(postgres_dsn: str, tmp_path: Path) -> None:
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
    replicas = [services.make("ingest", WORK__BATCH="4", HEARTBEAT__EVERY_S="0").start() for _ in range(3)]
    for replica in replicas:
        soon(lambda: replica.get("/live")[0] == 200, 120)  # noqa: B023
    feeding = asyncio.create_task(stream.feed_paths(path))
    await eventually(lambda: sum(outcomes(stream).values()) >= 15, within=120)
    replicas[0].kill()
    tally = await feeding
    assert tally.outcomes == {"published": count, "unchanged": 1}
    records = stream.records()
    assert len({article.article_id for article in records}) == len(records) == count
    assert {article.revision for article in records} == {1}


@pytest.fixture
def watched(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    wish = tmp_path / "sources.yaml"
    wish.write_text(f"sources:\n  - id: harbour-post\n    folders: ['{tmp_path / 'inbox'}']\n")
    sources = SourceSettings(file=wish, folder_look_s=0.2, folder_settle_s=1)
    return settings.model_copy(update={"sources": sources})


def put(folder: Path, name: str, body: bytes, age_s: float = 60) -> Path:
    """Rename a file in, as those do who want it taken at once."""
    hidden = folder / f".{name}"
    hidden.write_bytes(body)
    then = time.time() - age_s
    os.utime(hidden, (then, then))
    return hidden.rename(folder / name)


async def test_files_put_into_a_folder_are_taken_once(stream: Stream, watched: Path, service: Ingest) -> None:
    put(watched, "ferry.txt", b"The ferry was late again, the harbour master Ilvane Morrec said.")
    put(watched, "page.html", page(1))
    put(watched, "many.jsonl", b'{"id": "1", "text": "The pier is closed, Runa Veld said."}\n{"text": 7}\n')
    write_warc(watched / ".crawl", [page(2), page(3)]).rename(watched / "crawl.warc.gz")
    put(watched, "notes.part", b"not yet")
    done = {"published": 5, "rejected": 1, "unchanged": 4}
    await eventually(lambda: outcomes(stream) == done, within=60)
    assert stream.query("SELECT DISTINCT source_id FROM ingest.articles") == [("harbour-post",)]
    polls = stream.query("SELECT polls FROM ingest.feeds")[0][0]
    await eventually(lambda: stream.query("SELECT polls FROM ingest.feeds")[0][0] > polls + 3, within=60)
    assert outcomes(stream) == done
    put(watched, "ferry.txt", b"The ferry is in time, the harbour master Ilvane Morrec said.", age_s=30)
    await eventually(lambda: outcomes(stream).get("published") == 6, within=60)
    assert max(stream.query("SELECT revision FROM ingest.articles")) == (2,)


async def test_a_file_is_not_taken_while_it_is_written(postgres_dsn: str, tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    source = Source(id="harbour-post", folders=[tmp_path])
    databases = [ingest_database(postgres_dsn), ingest_database(postgres_dsn), ingest_database(postgres_dsn)]
    quick, other = (FolderWatcher(one, SourceSettings(folder_settle_s=0), [source]) for one in databases[:2])
    patient = FolderWatcher(databases[2], SourceSettings(folder_settle_s=3600), [source])

    async def taken() -> list[int]:
        for watcher in (quick, other, patient):
            await watcher.scan()
        async with databases[0].transaction() as connection:
            cursor = await connection.execute(
                "SELECT f.size FROM ingest.files f JOIN ingest.inputs i ON i.name = f.path"
            )
            return [row[0] for row in await cursor.fetchall()]

    for text in ("The", "The ferry", "The ferry was late"):
        put(tmp_path, path.name, text.encode())
        assert await taken() == []
    assert await taken() == [18]
    assert await taken() == [18]
    for database in databases:
        await database.close()


async def test_a_folder_that_is_gone_is_told(stream: Stream, watched: Path, service: Ingest) -> None:
    await eventually(lambda: stream.query("SELECT 1 FROM ingest.feeds WHERE last_success IS NOT NULL"), within=60)
    await asyncio.to_thread(watched.rmdir)
    [(error,)] = await eventually(
        lambda: stream.query("SELECT last_error FROM ingest.feeds WHERE last_error IS NOT NULL"), within=60
    )
    assert error == "the folder cannot be read: no such file or directory"

"""Folders that are watched: every complete file is queued once."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from kit.eventually import eventually
from kit.ingest_without_kafka import Stream
from kit.warcs import page, write_warc
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.database import ingest_database
from quotewire_ingest.settings import Settings, SourceSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources.folders import FolderWatcher

pytestmark = pytest.mark.integration


def outcomes(stream: Stream) -> dict[str, int]:
    return dict(stream.query("SELECT outcome, count(*) FROM ingest.inputs WHERE outcome IS NOT NULL GROUP BY 1"))


@pytest.fixture
def watched(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    sources_file = tmp_path / "sources.yaml"
    sources_file.write_text(f"sources:\n  - id: harbour-post\n    folders: ['{tmp_path / 'inbox'}']\n")
    sources = SourceSettings(file=sources_file, folder_look_s=0.2, folder_settle_s=1)
    return settings.model_copy(update={"sources": sources})


def put(folder: Path, name: str, body: bytes, age_s: float = 60) -> Path:
    """Rename a file in, as writers do who want it queued at once."""
    hidden = folder / f".{name}"
    hidden.write_bytes(body)
    then = time.time() - age_s
    os.utime(hidden, (then, then))
    return hidden.rename(folder / name)


async def test_files_in_a_folder_are_queued_once(stream: Stream, watched: Path, service: Ingest) -> None:
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


async def test_a_file_is_not_queued_while_it_is_written(postgres_dsn: str, tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    source = Source(id="harbour-post", folders=[tmp_path])
    databases = [ingest_database(postgres_dsn), ingest_database(postgres_dsn), ingest_database(postgres_dsn)]
    quick, other = (FolderWatcher(one, SourceSettings(folder_settle_s=0), [source]) for one in databases[:2])
    slow = FolderWatcher(databases[2], SourceSettings(folder_settle_s=3600), [source])

    async def queued() -> list[int]:
        for watcher in (quick, other, slow):
            await watcher.scan()
        async with databases[0].transaction() as connection:
            cursor = await connection.execute(
                "SELECT f.size FROM ingest.files f JOIN ingest.inputs i ON i.name = f.path"
            )
            return [row[0] for row in await cursor.fetchall()]

    for text in ("The", "The ferry", "The ferry was late"):
        put(tmp_path, path.name, text.encode())
        assert await queued() == []
    assert await queued() == [18]
    assert await queued() == [18]
    for database in databases:
        await database.close()


async def test_a_missing_folder_is_reported(stream: Stream, watched: Path, service: Ingest) -> None:
    await eventually(lambda: stream.query("SELECT 1 FROM ingest.feeds WHERE last_success IS NOT NULL"), within=60)
    await asyncio.to_thread(watched.rmdir)
    [(error,)] = await eventually(
        lambda: stream.query("SELECT last_error FROM ingest.feeds WHERE last_error IS NOT NULL"), within=60
    )
    assert error == "the folder cannot be read: no such file or directory"

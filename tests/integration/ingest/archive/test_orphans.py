"""Records that no row names are destroyed, and no others."""

import asyncio
import gzip
from pathlib import Path

import psycopg
import pytest

from kit.documents import fetched_page, submitted_text
from kit.eventually import eventually
from kit.ingest_without_kafka import Stream, start_replicas
from kit.services import Services
from kit.warcs import archived_text
from quotewire_ingest.archive.folder import SEARCHES_FILE
from quotewire_ingest.archive.orphans import OrphanSearch
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.database import ingest_database
from quotewire_ingest.queue.kinds import WithdrawInput
from quotewire_runtime.observability import metrics

pytestmark = pytest.mark.integration

WORDS = "The ferry was late again"


def destroyed() -> float:
    labels = {"stage": "ingest", "reason": "orphaned"}
    return metrics.REGISTRY.get_sample_value("quotewire_raw_records_destroyed_total", labels) or 0


async def test_what_a_replica_appended_before_it_died_is_destroyed(stream: Stream, service: Ingest) -> None:
    await stream.submit(fetched_page(1), fetched_page(2), submitted_text())
    [(withdrawn,)] = stream.query("SELECT article_id FROM ingest.articles WHERE url LIKE '%%/2'")
    await stream.submit(WithdrawInput(withdrawn))
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.archive_folders") == [(1,)])
    archive, database = Archive(stream.folder / "warc", 2**20), ingest_database(stream.dsn)
    whole, _ = [archive.append(fetched_page(number)) for number in (3, 4)]
    archive.close()
    torn = archive.append(fetched_page(5))
    archive.close()
    path, torn_path = stream.folder / "warc" / whole.ref.file, stream.folder / "warc" / torn.ref.file
    torn_path.write_bytes(torn_path.read_bytes()[:-30])
    before = destroyed()

    search = OrphanSearch(database, archive)
    assert await search.run() == 0, "it may be that its transaction is not over"
    assert await search.run() == 3
    assert destroyed() - before == 3
    for file in (path, torn_path):
        assert gzip.decompress(file.read_bytes()) == b""
    left = archived_text(stream.folder / "warc")
    assert "This is number 1." in left
    assert "the harbour master Ilvane Morrec" in left
    assert await search.run() == 0
    assert stream.query("SELECT count(*) FROM ingest.raw WHERE folder = %s", archive.folder_id) == [(2,)]
    await database.close()


async def test_the_copy_of_a_replica_that_was_killed_before_its_commit_is_destroyed(
    stream: Stream, services: Services
) -> None:
    folder = services.folder / "warc"
    [replica] = start_replicas(services, 1)
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.archive_folders") == [(1,)], within=60)
    with psycopg.connect(stream.dsn) as holding:
        holding.execute("LOCK TABLE ingest.outbox IN EXCLUSIVE MODE")
        submitting = asyncio.create_task(stream.submit(submitted_text()))
        await eventually(lambda: archived_text(folder).count(WORDS) == 1, within=60)
        replica.kill()
    replica.start()
    assert (await submitting).outcomes == {"published": 1}
    assert archived_text(folder).count(WORDS) == 2

    database = ingest_database(stream.dsn)
    search = OrphanSearch(database, Archive(folder, 2**20))
    assert [await search.run() for _ in range(2)] == [0, 1]
    assert archived_text(folder).count(WORDS) == 1
    assert stream.query("SELECT count(*) FROM ingest.raw") == [(1,)]
    await database.close()


async def test_orphans_between_published_records_are_destroyed_while_the_file_is_written(
    stream: Stream, service: Ingest
) -> None:
    archive, database = Archive(stream.folder / "warc", 2**20), ingest_database(stream.dsn)
    search = OrphanSearch(database, archive)
    await search.run()
    kept = [archive.append(fetched_page(number)) for number in range(5)]
    for number in (0, 2, 4):
        one = kept[number]
        stream.query(
            "INSERT INTO ingest.raw (article_id, revision, sha256, file, start, length, folder)"
            " VALUES (%s, 1, '', %s, %s, %s, %s) RETURNING 1",
            str(number), one.ref.file, one.ref.offset, one.length, archive.folder_id,
        )  # fmt: skip
    await search.run()
    assert await search.run() == 2
    more = archive.append(fetched_page(6))
    archive.flush()
    text = gzip.decompress((stream.folder / "warc" / more.ref.file).read_bytes()).decode()
    assert [number for number in range(7) if f"This is number {number}." in text] == [0, 2, 4, 6]
    archive.close()
    await database.close()


async def test_a_folder_of_another_database_is_left_as_it_is(postgres_dsn: str, tmp_path: Path) -> None:
    archive, database = Archive(tmp_path, 2**20), ingest_database(postgres_dsn)
    archive.append(fetched_page(1))
    archive.close()
    search = OrphanSearch(database, archive)
    for _ in range(3):
        assert await search.run() == 0
    assert "This is number 1." in archived_text(tmp_path)
    await database.close()


async def test_a_database_that_was_restored_from_a_backup_destroys_nothing(postgres_dsn: str, tmp_path: Path) -> None:
    archive, database = Archive(tmp_path, 2**20), ingest_database(postgres_dsn)
    search = OrphanSearch(database, archive)
    for _ in range(3):
        await search.run()
    archive.append(fetched_page(1))
    archive.close()
    async with database.transaction() as connection:
        await connection.execute("UPDATE ingest.archive_folders SET searches = 1")
    assert [await search.run() for _ in range(2)] == [0, 0]
    assert "This is number 1." in archived_text(tmp_path)
    (tmp_path / SEARCHES_FILE).unlink()
    assert [await search.run() for _ in range(2)] == [1, 0]
    await database.close()


async def test_records_of_earlier_releases_get_their_folder(stream: Stream, service: Ingest) -> None:
    await stream.submit(fetched_page(1))
    stream.query("UPDATE ingest.raw SET folder = NULL RETURNING 1")
    archive, database = Archive(stream.folder / "warc", 2**20), ingest_database(stream.dsn)
    search = OrphanSearch(database, archive)
    await search.run()
    await search.run()
    assert stream.query("SELECT folder FROM ingest.raw") == [(archive.folder_id,)]
    await database.close()

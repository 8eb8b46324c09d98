"""Raw bytes are destroyed in the folder in which they are, whichever replica withdraws the article."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kit.documents import submitted_text
from kit.eventually import eventually
from kit.ingest_without_kafka import Stream, start_replicas
from kit.services import Service, Services
from kit.warcs import archived_text
from quotewire_ingest.archive.destructions import destroy_waiting, update_metrics
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.database import ingest_database
from quotewire_ingest.queue.kinds import WithdrawInput
from quotewire_runtime.observability import metrics

pytestmark = pytest.mark.integration

WORDS = "The ferry was late again"


def start_with_folder(services: Services, folder: Path) -> Service:
    [replica] = start_replicas(services, 1, ARCHIVE__FOLDER=str(folder))
    return replica


def value(replica: Service, name: str) -> float | None:
    families = text_string_to_metric_families(replica.get("/metrics")[1])
    return next((sample.value for family in families for sample in family.samples if sample.name == name), None)


async def test_bytes_are_destroyed_in_the_folder_of_another_replica(
    stream: Stream, services: Services, tmp_path: Path
) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    owner = start_with_folder(services, mine)
    await stream.submit(submitted_text())
    [(article_id,)] = stream.query("SELECT article_id FROM ingest.raw")
    owner.kill()
    withdrawing = start_with_folder(services, other)
    assert (await stream.submit(WithdrawInput(article_id))).outcomes == {"withdrawn": 1}

    # The owner is gone: the record waits, every replica counts it, and the command says so.
    assert stream.query("SELECT message FROM ingest.inputs WHERE kind = 'withdraw'") == [
        ("1 of its 1 archived records wait for a replica that has their folder",)
    ]
    await eventually(lambda: value(withdrawing, "quotewire_destructions_waiting") == 1, within=60)
    assert (value(withdrawing, "quotewire_destructions_oldest_timestamp_seconds") or 0) > 0
    assert WORDS in archived_text(mine)
    [(path,)] = stream.query(
        "SELECT path FROM ingest.archive_folders JOIN ingest.destructions USING (folder) WHERE why = 'withdrawn'"
    )
    assert path == str(mine)

    # It comes back, with its folder mounted elsewhere.
    moved = mine.rename(tmp_path / "moved")
    start_with_folder(services, moved)
    await eventually(lambda: stream.query("SELECT * FROM ingest.destructions") == [], within=60)
    assert WORDS not in archived_text(moved)
    assert stream.query("SELECT * FROM ingest.raw") == []
    await eventually(lambda: value(withdrawing, "quotewire_destructions_waiting") == 0, within=60)


async def test_a_replica_without_an_archive_withdraws_what_others_archived(
    stream: Stream, services: Services, tmp_path: Path
) -> None:
    owner = start_with_folder(services, tmp_path / "mine")
    await stream.submit(submitted_text())
    [(article_id,)] = stream.query("SELECT article_id FROM ingest.raw")
    owner.kill()
    start_replicas(services, 1, ARCHIVE__FOLDER="")
    await stream.submit(WithdrawInput(article_id))
    assert WORDS in archived_text(tmp_path / "mine")
    start_with_folder(services, tmp_path / "mine")
    await eventually(lambda: WORDS not in archived_text(tmp_path / "mine"), within=60)


async def test_records_of_earlier_releases_are_destroyed_where_their_file_is(
    stream: Stream, service: Ingest, tmp_path: Path
) -> None:
    await stream.submit(submitted_text())
    [(file, start, length)] = stream.query("SELECT file, start, length FROM ingest.raw")
    stream.query(
        "INSERT INTO ingest.destructions (file, start, length, why) VALUES (%s, %s, %s, 'withdrawn') RETURNING 1",
        file, start, length,
    )  # fmt: skip
    database = ingest_database(stream.dsn)
    assert await destroy_waiting(database, Archive(tmp_path / "other", 2**20)) == 0
    assert WORDS in archived_text(stream.folder / "warc")
    assert await destroy_waiting(database, Archive(stream.folder / "warc", 2**20)) == 0
    assert WORDS not in archived_text(stream.folder / "warc")
    await database.close()


async def test_a_record_whose_file_is_not_in_its_folder_stays_counted(postgres_dsn: str, tmp_path: Path) -> None:
    archive, database = Archive(tmp_path, 2**20), ingest_database(postgres_dsn)
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO ingest.destructions (file, start, length, folder, why) VALUES ('a', 0, 99, %s, 'withdrawn')",
            (archive.folder_id,),
        )
    assert await destroy_waiting(database, archive) == 1
    await update_metrics(database)
    assert metrics.REGISTRY.get_sample_value("quotewire_destructions_waiting", {"stage": "ingest"}) == 1
    await database.close()

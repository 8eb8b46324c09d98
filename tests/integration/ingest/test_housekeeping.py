"""What is past its time is deleted in short transactions; one task that fails stops neither the others nor ingest."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from kit.documents import fetched_page, submitted_text
from kit.ingest_without_kafka import Stream
from quotewire_ingest import housekeeping
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.database import ingest_database
from quotewire_ingest.housekeeping import Housekeeping
from quotewire_ingest.queue import inputs
from quotewire_ingest.settings import ArchiveSettings, Settings
from quotewire_runtime.observability import metrics

pytestmark = pytest.mark.integration

OLD = "now() - interval '200 days'"


def fill(stream: Stream, rows: int) -> None:
    for statement in (
        f"INSERT INTO ingest.inputs (job, kind, name, outcome, done_at) SELECT '{uuid.UUID(int=1)}', 'text', n::text,"
        f" 'published', {OLD} FROM generate_series(1, {rows}) n RETURNING 1",
        f"INSERT INTO ingest.links (link, feed, seen_at) SELECT n::text, 'f', {OLD} FROM generate_series(1, {rows}) n"
        " RETURNING 1",
        "INSERT INTO ingest.pushes (source_id, key, sha256, job, articles, received_at)"
        f" SELECT 's', n::text, '', '{uuid.UUID(int=1)}', 1, {OLD} FROM generate_series(1, {rows}) n RETURNING 1",
    ):
        stream.query(statement)


def left(stream: Stream) -> list[int]:
    tables = ("inputs", "links", "pushes")
    return [stream.query(f"SELECT count(*) FROM ingest.{table}")[0][0] for table in tables]


def failures(task: str) -> float:
    labels = {"stage": "ingest", "task": task}
    return metrics.REGISTRY.get_sample_value("quotewire_housekeeping_failures_total", labels) or 0.0


async def test_rows_are_deleted_batch_by_batch_until_none_is_left(
    stream: Stream, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "_BATCH_SIZE", 10)
    fill(stream, 25)
    stream.query(
        "INSERT INTO ingest.inputs (job, kind, name) VALUES (%s, 'text', 'waits') RETURNING 1", uuid.UUID(int=1)
    )
    database = ingest_database(stream.dsn)
    transactions = 0
    whole = database.transaction

    def counted() -> Any:
        nonlocal transactions
        transactions += 1
        return whole()

    monkeypatch.setattr(database, "transaction", counted)
    assert set((await Housekeeping(database, None, [], settings).clean_up()).values()) == {None}
    assert left(stream) == [1, 0, 0]
    assert transactions == 9
    await database.close()


async def test_a_task_that_fails_is_counted_and_the_others_are_done(
    stream: Stream, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(inputs, "delete_outcomes", refused)
    fill(stream, 3)
    before = failures("outcomes"), failures("links")
    database = ingest_database(stream.dsn)
    problems = await Housekeeping(database, None, [], settings).clean_up()
    assert problems == {
        "outcomes": "[Errno 28] No space left on device", "idempotency_keys": None, "links": None,
    }  # fmt: skip
    assert left(stream) == [3, 0, 0]
    assert (failures("outcomes") - before[0], failures("links") - before[1]) == (1, 0)
    await database.close()


async def test_a_segment_that_cannot_be_written_keeps_its_records_and_no_others(
    stream: Stream, service: Ingest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings.model_copy(update={"archive": ArchiveSettings(folder=settings.archive.folder, keep_days=5)})
    await stream.submit(fetched_page(1), fetched_page(2), submitted_text())
    stream.query("DELETE FROM ingest.outbox RETURNING 1")
    stream.query("UPDATE ingest.raw SET kept_at = now() - interval '10 days' RETURNING 1")
    [(bad,), *_] = stream.query("SELECT min(start) FROM ingest.raw")
    archive, database = Archive(stream.folder / "warc", 2**20), ingest_database(stream.dsn)
    [(name,)] = stream.query("SELECT DISTINCT file FROM ingest.raw")
    other = stream.folder / "warc" / "quotewire-other.warc.gz"
    other.write_bytes((stream.folder / "warc" / name).read_bytes())
    stream.query("UPDATE ingest.raw SET file = %s WHERE start <> %s RETURNING 1", other.name, bad)
    destroy = archive.destroy

    def broken(file: str, start: int, length: int, why: bytes = b"") -> None:
        if Path(file).name == name:
            raise PermissionError(13, "Permission denied")
        destroy(file, start, length, why)

    monkeypatch.setattr(archive, "destroy", broken)
    problems = await Housekeeping(database, archive, [], settings).clean_up()
    assert problems["raw_bytes"] == f"1 files keep raw bytes that are expired; {name}: Permission denied"
    assert stream.query("SELECT file, start FROM ingest.raw") == [(name, bad)]
    monkeypatch.setattr(archive, "destroy", destroy)
    assert (await Housekeeping(database, archive, [], settings).clean_up())["raw_bytes"] is None
    assert stream.query("SELECT file FROM ingest.raw") == []
    archive.close()
    await database.close()

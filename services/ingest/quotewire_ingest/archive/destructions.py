"""Destroy archived records: at once where their folder is this replica's, else by a replica that has it.

What waits for another replica is a row of ``ingest.destructions`` until that replica has destroyed it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.decision import STAGE
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.postgres.connection import Connection, Database

# Records destroyed in one transaction. Each is written to the disk: together well below the 30 seconds for which a
# transaction may be idle.
_BATCH_SIZE = 50
_WAITING = (
    "SELECT file, start, length, folder, why FROM ingest.destructions"
    " WHERE (folder = %(folder)s OR (folder IS NULL AND file = ANY(%(files)s)))"
    " AND (file, start) > (%(file)s, %(start)s)"
    " ORDER BY file, start LIMIT %(limit)s FOR UPDATE SKIP LOCKED"
)


@dataclass(frozen=True, slots=True)
class ArchivedRecord:
    """Where a record is. ``folder``: the id of its folder; None for what an early release archived."""

    file: str
    start: int
    length: int
    folder: str | None


def destroy_here(archive: Archive, record: ArchivedRecord, why: str) -> bool:
    """Destroy a record if it is in this folder; return whether it is gone. Blocking; a failure is logged."""
    try:
        if record.folder != archive.folder_id and (
            record.folder is not None or not (archive.folder / record.file).exists()
        ):
            return False
        if archive.destroy(record.file, record.start, record.length, why.encode()):
            metrics.RAW_DESTROYED.labels(STAGE, why).inc()
    except OSError as error:
        problem = error.strerror or str(error)
        logs.get_logger("archive").warning("raw_bytes_not_destroyed", file=record.file, why=problem)
        return False
    return True


async def destroy(connection: Connection, archive: Archive | None, records: Sequence[ArchivedRecord], why: str) -> int:
    """Destroy records, in the caller's transaction; return how many wait for a replica that has their folder."""
    waiting = [
        record
        for record in records
        if archive is None or not await asyncio.to_thread(destroy_here, archive, record, why)
    ]
    for record in waiting:
        await connection.execute(
            "INSERT INTO ingest.destructions (file, start, length, folder, why) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (record.file, record.start, record.length, record.folder, why),
        )
    return len(waiting)


async def destroy_waiting(database: Database, archive: Archive) -> int:
    """Destroy what waits in this folder, each record tried once; return how many failed. Raises ``OSError``."""
    files = await _files_without_folder(database, archive)
    file, start, failed = "", -1, 0
    while True:
        async with database.transaction() as connection:
            cursor = await connection.execute(
                _WAITING,
                {"folder": archive.folder_id, "files": files, "file": file, "start": start, "limit": _BATCH_SIZE},
            )
            rows = await cursor.fetchall()
            for *location, why in rows:
                record = ArchivedRecord(*location)
                if not await asyncio.to_thread(destroy_here, archive, record, why):
                    failed += 1
                else:
                    await connection.execute(
                        "DELETE FROM ingest.destructions WHERE file = %s AND start = %s", (record.file, record.start)
                    )
        if len(rows) < _BATCH_SIZE:
            return failed
        file, start = rows[-1][:2]


async def _files_without_folder(database: Database, archive: Archive) -> list[str]:
    """Return the files in this folder that hold waiting records of which no folder is known."""
    async with database.transaction() as connection:
        cursor = await connection.execute("SELECT DISTINCT file FROM ingest.destructions WHERE folder IS NULL")
        files = [row[0] for row in await cursor.fetchall()]
    return [file for file in files if (archive.folder / file).exists()]


async def update_metrics(database: Database) -> None:
    """Set the metrics of what waits, in all folders."""
    async with database.transaction() as connection:
        cursor = await connection.execute(
            "SELECT count(*), coalesce(extract(epoch FROM min(since)), 0)::float8 FROM ingest.destructions"
        )
        count, oldest = await cursor.fetchone() or (0, 0.0)
    metrics.DESTRUCTIONS.labels(STAGE).set(count)
    metrics.DESTRUCTIONS_OLDEST.labels(STAGE).set(oldest)

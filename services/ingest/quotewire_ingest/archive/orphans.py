"""Destroy orphans: records in the archive that no row names, because the transaction that wrote them did not commit."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from quotewire_ingest.archive.destructions import ArchivedRecord, destroy_here
from quotewire_ingest.archive.folder import read_searches, segments, write_searches
from quotewire_ingest.archive.members import iter_members
from quotewire_ingest.archive.writer import MIN_RECORD_BYTES, Archive
from quotewire_runtime.observability import logs
from quotewire_runtime.postgres.connection import Connection, Database

_NAMED = (
    "SELECT start, start + length FROM (SELECT file, start, length FROM ingest.raw UNION ALL"
    " SELECT file, start, length FROM ingest.destructions) AS named"
    " WHERE file = %s AND start < %s AND start + length > %s ORDER BY start"
)


class OrphanSearch:
    """Compares the files of a folder with the rows, each part of a file once.

    A part is compared when it was there already at the call before: so long ago that the transactions that wrote it are
    over. The caller makes sure of that by the time between two calls.
    """

    def __init__(self, database: Database, archive: Archive) -> None:
        self._database, self._archive = database, archive
        self._sizes: dict[str, int] | None = None
        self._log = logs.get_logger("archive")

    async def run(self) -> int:
        """Destroy the orphans in what was written before the last call; return their number. Raises ``OSError``."""
        folder = self._archive.folder_id
        sizes = await asyncio.to_thread(_sizes, self._archive.folder)
        searches_before = await asyncio.to_thread(read_searches, self._archive.folder)
        async with self._database.transaction() as connection:
            searches = await self._register(connection, sizes, searches_before)
            await connection.execute(
                "DELETE FROM ingest.archive_files WHERE folder = %s AND file <> ALL(%s)", (folder, list(sizes))
            )
            cursor = await connection.execute(
                "SELECT file, checked FROM ingest.archive_files WHERE folder = %s", (folder,)
            )
            checked: dict[str, int] = dict(await cursor.fetchall())
        before, self._sizes = self._sizes or {}, sizes
        if searches_before > searches:
            self._log.warning("database_older_than_archive", folder=str(self._archive.folder))
            return 0
        await asyncio.to_thread(write_searches, self._archive.folder, searches)
        found = 0
        for file in sorted(before.keys() & sizes.keys()):
            if before[file] > checked.get(file, 0):
                found += await self._check(file, checked.get(file, 0), before[file])
        return found

    async def _register(self, connection: Connection, sizes: Mapping[str, int], searches_before: int) -> int:
        """Write down where the folder is, and count this search; return how many the database knows.

        Where it knows fewer than the folder did before, this one is not counted: the database is a backup.

        When the folder is new to the database, the files that no row names are passed over. They belong to another
        database, or to one that was lost: nothing says that they are orphans.
        """
        folder = self._archive.folder_id
        cursor = await connection.execute(
            "INSERT INTO ingest.archive_folders (folder, path, host) VALUES (%s, %s, %s) ON CONFLICT (folder)"
            " DO UPDATE SET path = excluded.path, host = excluded.host, seen_at = now(),"
            " searches = archive_folders.searches + (archive_folders.searches >= %s)::int RETURNING searches",
            (folder, str(self._archive.folder.absolute()), socket.gethostname(), searches_before),
        )
        [searches] = await cursor.fetchone() or (0,)
        if searches == 0:
            await connection.execute(
                "INSERT INTO ingest.archive_files (file, folder, checked)"
                " SELECT file, %s, size FROM unnest(%s::text[], %s::bigint[]) AS there(file, size)"
                " WHERE NOT EXISTS (SELECT FROM ingest.raw r WHERE r.file = there.file) ON CONFLICT DO NOTHING",
                (folder, list(sizes), list(sizes.values())),
            )
            await asyncio.to_thread(write_searches, self._archive.folder, 0)
        return int(searches)

    async def _check(self, file: str, start: int, end: int) -> int:
        folder = self._archive.folder_id
        async with self._database.transaction() as connection:
            await connection.execute(
                "UPDATE ingest.raw SET folder = %s WHERE file = %s AND folder IS NULL", (folder, file)
            )
            cursor = await connection.execute(_NAMED, (file, end, start))
            named = await cursor.fetchall()
        found, checked = await asyncio.to_thread(_destroy_between, self._archive, file, named, start, end)
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT INTO ingest.archive_files (file, folder, checked) VALUES (%s, %s, %s)"
                " ON CONFLICT (file) DO UPDATE SET folder = excluded.folder, checked = excluded.checked",
                (file, folder, checked),
            )
        if found:
            self._log.warning("orphans_destroyed", file=file, records=found)
        return found


def _destroy_between(
    archive: Archive, file: str, named: Sequence[tuple[int, int]], start: int, end: int
) -> tuple[int, int]:
    """Destroy what lies between the named parts of a file up to ``end``; return how many records, and how far."""
    found = 0
    path = archive.folder / file
    size = path.stat().st_size
    with path.open("rb") as segment:
        for next_start, next_end in [*named, (size, size)]:
            for member in iter_members(segment, start, next_start):
                if member.start >= end:
                    return found, start
                start = member.end
                if member.empty or member.length < MIN_RECORD_BYTES:
                    continue
                record = ArchivedRecord(file, member.start, member.length, archive.folder_id)
                if not destroy_here(archive, record, "orphaned"):
                    return found, member.start
                found += 1
            start = max(start, next_end)
    return found, start


def _sizes(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_size for name in segments(folder)}

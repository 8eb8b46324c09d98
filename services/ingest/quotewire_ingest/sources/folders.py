"""Watch folders: every new file is queued once, when it is complete, by whichever replica sees it first."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from quotewire_ingest.archive.warc_index import is_warc
from quotewire_ingest.crash import CrashSite, crashes_rejected
from quotewire_ingest.files import KIND_BY_SUFFIX
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.kinds import FileInput
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import SourceSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources import feed_table
from quotewire_runtime.observability import logs
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.postgres.text import to_storable

# Files queued in one transaction.
_BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class FileVersion:
    """A file as one scan saw it."""

    path: Path
    size: int
    mtime_ns: int


class FolderWatcher:
    """Watches the folders of `sources.yaml` until cancelled."""

    def __init__(self, database: Database, settings: SourceSettings, sources: Sequence[Source]) -> None:
        self._database, self._settings = database, settings
        self._folders = [(folder, source) for source in sources for folder in source.folders]
        self._last_scan: set[FileVersion] = set()
        self._enqueued: set[FileVersion] = set()
        self._log = logs.get_logger("folders")

    async def run(self) -> None:
        """Scan and queue what is complete, until cancelled."""
        outage = OutageLog(self._log)
        while True:
            try:
                await self.scan()
                outage.recovered()
            except DatabaseUnavailable as error:
                outage.report(str(error))
            await asyncio.sleep(self._settings.folder_look_s)

    async def scan(self) -> None:
        """Scan each folder once; queue the files that have not changed since the last scan.

        Raises:
            DatabaseUnavailable: PostgreSQL does not answer.
        """
        found: set[FileVersion] = set()
        for folder, source in self._folders:
            try:
                with crashes_rejected(CrashSite.FOLDER, str(folder)):
                    found |= await self._scan(folder, source)
            except Rejected as rejected:
                async with self._database.transaction() as connection:
                    await feed_table.save_folder_failure(connection, str(folder), to_storable(rejected.message))
        self._last_scan, self._enqueued = found, self._enqueued & found

    async def _scan(self, folder: Path, source: Source) -> set[FileVersion]:
        try:
            found = await asyncio.to_thread(list_files, folder)
        except OSError as error:
            message = f"the folder cannot be read: {(error.strerror or type(error).__name__).lower()}"
            async with self._database.transaction() as connection:
                await feed_table.save_folder_failure(connection, str(folder), message)
            return set()
        complete = sorted(
            (file for file in found - self._enqueued if file in self._last_scan and self._is_settled(file)),
            key=lambda file: file.path,
        )
        for first in range(0, len(complete), _BATCH_SIZE):
            await self._enqueue(folder, source, complete[first : first + _BATCH_SIZE])
        if not complete:
            async with self._database.transaction() as connection:
                await feed_table.save_folder_scan(connection, str(folder))
        return found

    def _is_settled(self, file: FileVersion) -> bool:
        """Return whether nobody has written for a while; a time in the future counts as one in the past."""
        return abs(time.time() - file.mtime_ns / 1e9) >= self._settings.folder_settle_s

    async def _enqueue(self, folder: Path, source: Source, complete: Sequence[FileVersion]) -> None:
        """Queue the files that no replica has queued yet, and remember them, in one transaction."""
        new: list[FileInput] = []
        async with self._database.transaction() as connection:
            for file in complete:
                item = FileInput(str(file.path), source.id, file.path.relative_to(folder).as_posix())
                new += [item] if await _remember(connection, file, source.id) else []
            for item in new:  # a job each: a large file holds up no other
                await inputs.enqueue(connection, uuid.uuid4(), [item])
            if new:
                await feed_table.save_yield(connection, str(folder), len(new), datetime.now(UTC))
        self._enqueued |= set(complete)
        if new:
            self._log.info("files_enqueued", source_id=source.id, folder=str(folder), files=len(new))


def list_files(folder: Path) -> set[FileVersion]:
    """List the files below a folder that ingest can parse; not hidden ones, nor those being written (`.part`).

    Raises ``OSError`` where the folder itself cannot be listed.
    """
    os.listdir(folder)  # noqa: PTH208  # os.walk ignores a folder that is missing
    found: set[FileVersion] = set()
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent) / name
            if name.startswith(".") or not (path.suffix.lower() in KIND_BY_SUFFIX or is_warc(path)):
                continue
            try:
                status = path.stat()
            except OSError:  # deleted meanwhile
                continue
            if path.is_file():
                found.add(FileVersion(path, status.st_size, status.st_mtime_ns))
    return found


async def _remember(connection: Connection, file: FileVersion, source_id: str) -> bool:
    """Remember a file as queued; return False where a replica has done so already."""
    cursor = await connection.execute(
        "INSERT INTO ingest.files (path, size, mtime_ns, source_id) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (to_storable(str(file.path)), file.size, file.mtime_ns, source_id),
    )
    return cursor.rowcount > 0

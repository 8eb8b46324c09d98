"""Watches folders: every new file is taken once, when it is complete, by whichever replica sees it first."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from quotewire_ingest.archive.warc import is_warc
from quotewire_ingest.files import KIND_BY_SUFFIX
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.inputs import FILE, Order
from quotewire_ingest.settings import SourceSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources.state import note_yield
from quotewire_runtime.observability import logs
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.postgres.text import to_storable

# Files taken in one transaction.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was at one look."""

    path: Path
    size: int
    mtime_ns: int


class FolderWatcher:
    """Watches the folders of a wish until cancelled."""

    def __init__(self, database: Database, settings: SourceSettings, wish: Sequence[Source]) -> None:
        self._database, self._settings = database, settings
        self._folders = [(folder, source) for source in wish for folder in source.folders]
        self._last_look: set[Seen] = set()
        self._taken: set[Seen] = set()
        self._log = logs.get_logger("folders")

    async def run(self) -> None:
        """Look, take what is complete, for ever."""
        wait = OutageLog(self._log)
        while True:
            try:
                await self.look()
                wait.recovered()
            except DatabaseUnavailable as error:
                wait.report(str(error))
            await asyncio.sleep(self._settings.folder_look_s)

    async def look(self) -> None:
        """Look into each folder once; take the files that have not changed since the last look.

        Raises:
            DatabaseUnavailable: PostgreSQL does not answer.
        """
        here: set[Seen] = set()
        for folder, source in self._folders:
            here |= await self._look(folder, source)
        self._last_look, self._taken = here, self._taken & here

    async def _look(self, folder: Path, source: Source) -> set[Seen]:
        try:
            here = await asyncio.to_thread(files_in, folder)
        except OSError as error:
            async with self._database.transaction() as connection:
                await _note_trouble(connection, folder, (error.strerror or type(error).__name__).lower())
            return set()
        ripe = sorted(
            (one for one in here - self._taken if one in self._last_look and self._is_settled(one)),
            key=lambda one: one.path,
        )
        for first in range(0, len(ripe), _AT_ONCE):
            await self._take(folder, source, ripe[first : first + _AT_ONCE])
        if not ripe:
            async with self._database.transaction() as connection:
                await _note_look(connection, folder)
        return here

    def _is_settled(self, one: Seen) -> bool:
        """Whether nobody has written for a while; a clock that is behind counts as settled, not as for ever."""
        return abs(time.time() - one.mtime_ns / 1e9) >= self._settings.folder_settle_s

    async def _take(self, folder: Path, source: Source, ripe: Sequence[Seen]) -> None:
        """Queue those that no replica has taken yet, and remember them, in one transaction."""
        orders = []
        async with self._database.transaction() as connection:
            for one in ripe:
                cursor = await connection.execute(
                    "INSERT INTO ingest.files (path, size, mtime_ns, source_id) VALUES (%s, %s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    (to_storable(str(one.path)), one.size, one.mtime_ns, source.id),
                )
                if cursor.rowcount:
                    external = one.path.relative_to(folder).as_posix()
                    orders.append(Order(FILE, str(one.path), source.id, external_id=external))
            for order in orders:  # a job each: a large file holds up no other
                await inputs.enqueue(connection, uuid.uuid4(), [order])
            if orders:
                await note_yield(connection, str(folder), len(orders), datetime.now(UTC))
        self._taken |= set(ripe)
        if orders:
            self._log.info("taken", source_id=source.id, folder=str(folder), files=len(orders))


def files_in(folder: Path) -> set[Seen]:
    """The files below a folder that are of a kind we read; hidden ones and such being written (`.part`) are not.

    Raises ``OSError`` where the folder itself cannot be listed.
    """
    os.listdir(folder)  # noqa: PTH208  # os.walk passes over a folder that is not there
    found: set[Seen] = set()
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent) / name
            if name.startswith(".") or not (path.suffix.lower() in KIND_BY_SUFFIX or is_warc(path)):
                continue
            try:
                status = path.stat()
            except OSError:  # taken away meanwhile
                continue
            if path.is_file():
                found.add(Seen(path, status.st_size, status.st_mtime_ns))
    return found


async def _note_trouble(connection: Connection, folder: Path, words: str) -> None:
    await connection.execute(
        "UPDATE ingest.feeds SET failures = failures + 1, last_error = %s, last_poll = now(), polls = polls + 1"
        " WHERE url = %s",
        (f"the folder cannot be read: {words}", str(folder)),
    )


async def _note_look(connection: Connection, folder: Path) -> None:
    await connection.execute(
        "UPDATE ingest.feeds SET failures = 0, last_error = NULL, last_poll = now(), last_success = now(),"
        " polls = polls + 1 WHERE url = %s",
        (str(folder),),
    )

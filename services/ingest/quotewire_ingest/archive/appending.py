"""What one transaction appends to the archive: on the disk before the commit, destroyed where there will be none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from quotewire_ingest.archive.destructions import ArchivedRecord, destroy_here
from quotewire_ingest.archive.writer import Archive, WrittenRecord
from quotewire_ingest.model import Document


class Appending:
    """The archive as one transaction uses it."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._written: list[WrittenRecord] = []

    def append(self, document: Document) -> WrittenRecord:
        """Write one document. Raises ``OSError`` (the disk is full)."""
        self._written.append(written := self.archive.append(document))
        return written

    def discard(self) -> None:
        """Destroy everything that was appended; what cannot be destroyed now is found as an orphan later."""
        for written in self._written:
            record = ArchivedRecord(written.ref.file, written.ref.offset, written.length, written.folder)
            destroy_here(self.archive, record, "orphaned")


@asynccontextmanager
async def appending(archive: Archive | None) -> AsyncIterator[Appending | None]:
    """Use the archive in a transaction, which commits after this block; None where nothing is archived.

    Where the block raises, nothing is committed and what it appended is destroyed. Whether a commit went through that
    raised is not known: ``orphans.py`` destroys what it left behind. Raises ``OSError`` (the disk is full).
    """
    if archive is None:
        yield None
        return
    transaction = Appending(archive)
    try:
        yield transaction
        await asyncio.to_thread(archive.flush)
    except BaseException:
        await asyncio.to_thread(transaction.discard)
        raise

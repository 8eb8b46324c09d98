"""Destroy raw bytes that wait for it, destroy orphans, and fill in addresses that earlier releases did not keep."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time

from quotewire_ingest.archive import destructions
from quotewire_ingest.archive.orphans import OrphanSearch
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.publish import addresses
from quotewire_runtime.observability import logs
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable

# Seconds between two looks at what waits to be destroyed in this folder.
_DESTROY_INTERVAL_S = 10.0
# The same after one that failed: each failure is a line in the log.
_RETRY_INTERVAL_S = 600.0
# Seconds between two searches for orphans, and so the least age of what counts as one. No transaction takes as long: a
# statement is ended after 20 s, and PostgreSQL ends a transaction that was idle for 30 s.
_ORPHANS_INTERVAL_S = 900.0
# Articles whose addresses are filled in by one transaction: about two seconds.
_BACKFILL_BATCH_SIZE = 500


class Maintenance:
    """Runs until cancelled, beside the workers; what fails is logged and tried again."""

    def __init__(self, database: Database, archive: Archive | None) -> None:
        """``archive``: None where this replica archives nothing; what waits for others is counted all the same."""
        self._database, self._archive = database, archive
        self._orphans = None if archive is None else OrphanSearch(database, archive)
        self._destroyed_at = self._orphans_at = -math.inf
        self._pause_s = 0.0
        self._position: addresses.BackfillPosition | None = addresses.BackfillPosition()
        self._log = logs.get_logger("archive")

    async def run(self) -> None:
        """Do everything that is due, until cancelled."""
        while True:
            with contextlib.suppress(DatabaseUnavailable):  # the workers log it
                try:
                    await self._run_due()
                except OSError as error:
                    self._log.warning("archive_not_maintained", why=error.strerror or str(error))
            await asyncio.sleep(_DESTROY_INTERVAL_S)

    async def _run_due(self) -> None:
        try:
            if self._archive is not None and time.monotonic() - self._destroyed_at >= self._pause_s:
                failed = await destructions.destroy_waiting(self._database, self._archive)
                self._destroyed_at, self._pause_s = time.monotonic(), _RETRY_INTERVAL_S if failed else 0
        finally:
            await destructions.update_metrics(self._database)
        if self._orphans is not None and time.monotonic() - self._orphans_at >= _ORPHANS_INTERVAL_S:
            await self._orphans.run()
            self._orphans_at = time.monotonic()
        while self._position is not None:
            async with self._database.transaction() as connection:
                self._position = await addresses.backfill(connection, self._position, _BACKFILL_BATCH_SIZE)

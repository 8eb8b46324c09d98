"""Destroy raw bytes that wait for it, destroy orphans, and fill in addresses that earlier releases did not keep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from quotewire_ingest.archive import destructions
from quotewire_ingest.archive.orphans import OrphanSearch
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.decision import STAGE
from quotewire_ingest.publish import addresses
from quotewire_runtime.observability import logs, metrics
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
    """Runs until cancelled, beside the workers; what fails is logged, counted and tried again."""

    def __init__(self, database: Database, archive: Archive | None) -> None:
        """``archive``: None where this replica archives nothing; what waits for others is counted all the same."""
        self._database, self._archive = database, archive
        self._orphans = None if archive is None else OrphanSearch(database, archive)
        self._destroy_at = self._search_at = 0.0
        self._position: addresses.BackfillPosition | None = addresses.BackfillPosition()
        self._log = logs.get_logger("archive")

    async def run(self) -> None:
        """Do everything that is due, until cancelled."""
        tasks = {"destructions": self._destroy, "orphans": self._search, "addresses": self._fill_in}
        for name in tasks:
            metrics.HOUSEKEEPING_DONE.labels(STAGE, name).set_to_current_time()
        while True:
            for name, task in tasks.items():
                await self._attempt(name, task)
            await asyncio.sleep(_DESTROY_INTERVAL_S)

    async def _attempt(self, name: str, task: Callable[[], Awaitable[None]]) -> None:
        try:
            await task()
        except DatabaseUnavailable:  # the workers log it
            metrics.HOUSEKEEPING_FAILURES.labels(STAGE, name).inc()
        except Exception as error:  # a defect here must not end the service
            metrics.HOUSEKEEPING_FAILURES.labels(STAGE, name).inc()
            self._log.warning("housekeeping_failed", task=name, why=str(error), exc_info=not isinstance(error, OSError))
        else:
            metrics.HOUSEKEEPING_DONE.labels(STAGE, name).set_to_current_time()

    async def _destroy(self) -> None:
        try:
            if self._archive is not None and time.monotonic() >= self._destroy_at:
                failed = await destructions.destroy_waiting(self._database, self._archive)
                self._destroy_at = time.monotonic() + (_RETRY_INTERVAL_S if failed else 0)
        finally:
            await destructions.update_metrics(self._database)

    async def _search(self) -> None:
        if self._orphans is not None and time.monotonic() >= self._search_at:
            await self._orphans.run()
            self._search_at = time.monotonic() + _ORPHANS_INTERVAL_S

    async def _fill_in(self) -> None:
        while self._position is not None:
            async with self._database.transaction() as connection:
                self._position = await addresses.backfill(connection, self._position, _BACKFILL_BATCH_SIZE)

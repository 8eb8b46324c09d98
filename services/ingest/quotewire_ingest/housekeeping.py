"""Delete what is past its time: outcomes, idempotency keys, links, raw bytes. Each by itself, in short transactions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from quotewire_ingest.archive import retention
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.decision import STAGE
from quotewire_ingest.push import idempotency
from quotewire_ingest.queue import inputs
from quotewire_ingest.settings import Settings
from quotewire_ingest.source import Source
from quotewire_ingest.sources import seen_links
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.postgres.connection import Connection, Database

_Delete: TypeAlias = Callable[[Connection, int], Awaitable[int]]

_INTERVAL_S = 3600.0
_INTERVAL_AFTER_FAILURE_S = 600.0
# Rows deleted in one transaction: well below the twenty seconds that a statement may take, also on a busy server.
_BATCH_SIZE = 2000


class Housekeeping:
    """Does its tasks every hour until cancelled; one that fails is logged, counted and soon done again."""

    def __init__(
        self, database: Database, archive: Archive | None, sources: Sequence[Source], settings: Settings
    ) -> None:
        """``database`` is closed between two rounds."""
        self._database = database
        keep_days = settings.work.keep_outcomes_days
        self._tasks: dict[str, Callable[[], Awaitable[object]]] = {
            "outcomes": partial(
                self._delete_in_batches, lambda connection, limit: inputs.delete_outcomes(connection, keep_days, limit)
            ),
            "idempotency_keys": partial(self._delete_in_batches, idempotency.delete_old),
            "links": partial(self._delete_in_batches, seen_links.delete_old),
        }
        if archive is not None:
            self._tasks["raw_bytes"] = partial(
                retention.enforce, database, archive, sources, settings.archive.keep_days
            )
        for name in self._tasks:
            metrics.HOUSEKEEPING_DONE.labels(STAGE, name).set_to_current_time()
            metrics.HOUSEKEEPING_FAILURES.labels(STAGE, name)
        self._log = logs.get_logger("housekeeping")

    async def run(self) -> None:
        """Do the tasks, wait, again."""
        while True:
            problems = await self.clean_up()
            await self._database.close()
            await asyncio.sleep(_INTERVAL_AFTER_FAILURE_S if any(problems.values()) else _INTERVAL_S)

    async def clean_up(self) -> Mapping[str, str | None]:
        """Do each task once; return what is wrong with each, or None."""
        problems: dict[str, str | None] = {}
        for name, task in self._tasks.items():
            problems[name] = None
            try:
                await task()
            except (UnavailableError, OSError) as error:
                problems[name] = str(error)
                self._log.warning("housekeeping_failed", task=name, why=str(error))
            except Exception as error:  # a defect here must not end the service: nothing that it does is urgent
                problems[name] = f"{type(error).__name__}: {error}"
                self._log.exception("housekeeping_failed", task=name, why=str(error))
            if problems[name] is None:
                metrics.HOUSEKEEPING_DONE.labels(STAGE, name).set(time.time())
            else:
                metrics.HOUSEKEEPING_FAILURES.labels(STAGE, name).inc()
        return problems

    async def _delete_in_batches(self, delete: _Delete) -> None:
        deleted = _BATCH_SIZE
        while deleted >= _BATCH_SIZE:
            deleted = await self._delete_batch(delete)

    async def _delete_batch(self, delete: _Delete) -> int:
        async with self._database.transaction() as connection:
            return await delete(connection, _BATCH_SIZE)

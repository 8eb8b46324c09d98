"""Put the versions into ingest's queue at a constant rate, also while the database is unavailable."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from functools import partial

from chaos.article_versions import ArticleVersion
from quotewire_ingest.database import ingest_database
from quotewire_ingest.model import DocumentKind
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.kinds import InputKind
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.retry import retry_until_available

_BATCH_INTERVAL_S = 0.25


class Feeder:
    """Feeds each version once, and a later version only when the earlier one has its outcome: so the order is known."""

    def __init__(self, dsn: str, article_versions: Sequence[ArticleVersion], rate: float) -> None:
        """`rate`: versions per second."""
        self._database = ingest_database(dsn)
        self._waiting = list(article_versions)
        self._rate = rate
        self._job = uuid.uuid4()
        self._ended: set[tuple[str, str]] = set()
        self.fed = 0

    async def run(self) -> None:
        """Feed everything and wait until every input has its outcome."""
        schedule = 0.0
        try:
            while self._waiting or len(self._ended) < self.fed:
                await retry_until_available(self._poll)
                schedule = min(schedule + self._rate * _BATCH_INTERVAL_S, len(self._waiting))
                batch = self._next(int(schedule))
                if batch:
                    await retry_until_available(partial(self._enqueue, batch))
                    self.fed += len(batch)
                    schedule -= len(batch)
                await asyncio.sleep(_BATCH_INTERVAL_S)
        finally:
            await self._database.close()

    def _next(self, most: int) -> list[ArticleVersion]:
        """Take the first versions that may be fed: those whose earlier version has its outcome."""
        taken: list[ArticleVersion] = []
        kept: list[ArticleVersion] = []
        for position, version in enumerate(self._waiting):
            if len(taken) == most:
                kept += self._waiting[position:]
                break
            ready = version.version == 1 or (DocumentKind.RECORD, _previous_name(version)) in self._ended
            (taken if ready else kept).append(version)
        self._waiting = kept
        return taken

    async def _enqueue(self, batch: Sequence[ArticleVersion]) -> None:
        """Enqueue nothing twice: a commit whose reply was lost may have succeeded."""
        async with self._database.transaction() as connection:
            known = await _rows(connection, "SELECT kind, name FROM ingest.inputs WHERE job = %s", self._job)
            new = [version.item for version in batch if _key(version) not in known]
            await inputs.enqueue(connection, self._job, new)

    async def _poll(self) -> None:
        async with self._database.transaction() as connection:
            statement = "SELECT kind, name FROM ingest.inputs WHERE job = %s AND outcome IS NOT NULL"
            self._ended = await _rows(connection, statement, self._job)


def _key(version: ArticleVersion) -> tuple[str, str]:
    return (InputKind.WITHDRAW if version.withdrawn else DocumentKind.RECORD, version.name)


def _previous_name(version: ArticleVersion) -> str:
    """Return the name of the previous version, which is never a withdrawal."""
    seed_and_number, _, _ = version.marker.rpartition("x")
    return f"{seed_and_number}x{version.version - 1}"


async def _rows(connection: Connection, statement: str, job: uuid.UUID) -> set[tuple[str, str]]:
    cursor = await connection.execute(statement.encode(), [job])
    return {(kind, name) for kind, name in await cursor.fetchall()}

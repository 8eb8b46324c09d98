"""Puts the versions into ingest's queue at an even pace, whatever happens to the database meanwhile."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from functools import partial

from chaos.material import Version
from quotewire_ingest.database import ingest_database
from quotewire_ingest.model import DocumentKind
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.inputs import WITHDRAW
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.retry import retry_until_available

_TURN_S = 0.25


class Feeder:
    """Feeds each version once, and a later one only when the earlier has its outcome: the order is then known."""

    def __init__(self, dsn: str, versions: Sequence[Version], rate: float) -> None:
        """`rate`: versions per second."""
        self._database = ingest_database(dsn)
        self._waiting = list(versions)
        self._rate = rate
        self._job = uuid.uuid4()
        self._ended: set[tuple[str, str]] = set()
        self.fed = 0

    async def run(self) -> None:
        """Feed everything and wait until every input has its outcome."""
        due = 0.0
        try:
            while self._waiting or len(self._ended) < self.fed:
                await retry_until_available(self._look)
                due = min(due + self._rate * _TURN_S, len(self._waiting))
                batch = self._next(int(due))
                if batch:
                    await retry_until_available(partial(self._enqueue, batch))
                    self.fed += len(batch)
                    due -= len(batch)
                await asyncio.sleep(_TURN_S)
        finally:
            await self._database.close()

    def _next(self, most: int) -> list[Version]:
        """Take the first that may go: those whose earlier version has its outcome."""
        taken: list[Version] = []
        held: list[Version] = []
        for position, version in enumerate(self._waiting):
            if len(taken) == most:
                held += self._waiting[position:]
                break
            ready = version.version == 1 or (DocumentKind.RECORD, _before(version)) in self._ended
            (taken if ready else held).append(version)
        self._waiting = held
        return taken

    async def _enqueue(self, batch: Sequence[Version]) -> None:
        """Nothing twice: a commit whose answer was lost may have gone through."""
        async with self._database.transaction() as connection:
            known = await _rows(connection, "SELECT kind, name FROM ingest.inputs WHERE job = %s", self._job)
            new = [version.item for version in batch if _key(version) not in known]
            await inputs.enqueue(connection, self._job, new)

    async def _look(self) -> None:
        async with self._database.transaction() as connection:
            statement = "SELECT kind, name FROM ingest.inputs WHERE job = %s AND outcome IS NOT NULL"
            self._ended = await _rows(connection, statement, self._job)


def _key(version: Version) -> tuple[str, str]:
    return (WITHDRAW if version.withdrawn else DocumentKind.RECORD, version.name)


def _before(version: Version) -> str:
    """The name of the version before, which is never a withdrawal."""
    seed_and_number, _, _ = version.marker.rpartition("x")
    return f"{seed_and_number}x{version.version - 1}"


async def _rows(connection: Connection, statement: str, job: uuid.UUID) -> set[tuple[str, str]]:
    cursor = await connection.execute(statement.encode(), [job])
    return {(kind, name) for kind, name in await cursor.fetchall()}

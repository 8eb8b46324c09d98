"""An outbox without PostgreSQL, and a database that only gives connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from quotewire_runtime.outbox.table import OutboxRecord, OutboxSize, OutboxTable
from quotewire_runtime.records import Emit

OLDEST = datetime(2026, 3, 2, 12, tzinfo=UTC)


class FakeCursor:
    def __init__(self, row: tuple[object, ...] | None) -> None:
        self.row = row

    async def fetchone(self) -> tuple[object, ...] | None:
        return self.row

    async def fetchall(self) -> list[tuple[object, ...]]:
        return [self.row] if self.row else []


class FakeConnection:
    """Records statements with their parameters, and answers each with the same row."""

    def __init__(self, row: tuple[object, ...] | None = None) -> None:
        self.row = row
        self.statements: list[tuple[Any, Any]] = []

    async def execute(self, statement: object, parameters: object = None) -> FakeCursor:
        self.statements.append((statement, parameters))
        return FakeCursor(self.row)

    async def notifies(self, *, timeout: float, stop_after: int) -> AsyncGenerator[object]:  # noqa: ASYNC109  # as psycopg
        await asyncio.sleep(0.001)
        yield object()


class FakeDatabase:
    """Gives one connection, or raises."""

    def __init__(self, row: tuple[object, ...] | None = None) -> None:
        self.connected = FakeConnection(row)
        self.error: Exception | None = None
        self.closed = 0

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[FakeConnection]:
        if self.error is not None:
            raise self.error
        yield self.connected

    async def close(self) -> None:
        self.closed += 1


class FakeTable(OutboxTable):
    """An outbox in memory."""

    def __init__(self, *values: bytes) -> None:
        super().__init__("shop")
        self.records = [
            OutboxRecord(number, Emit("orders", b"k", value, (("n", b"1"),))) for number, value in enumerate(values)
        ]

    async def listen(self, connection: object) -> None:
        """Nothing notifies here."""

    async def put(self, connection: object, emit: Emit) -> None:
        self.records.append(OutboxRecord(len(self.records), emit))

    async def first(self, connection: object, limit: int) -> list[OutboxRecord]:
        return self.records[:limit]

    async def delete(self, connection: object, records: Sequence[OutboxRecord]) -> None:
        self.records = [record for record in self.records if record not in records]

    async def size(self, connection: object) -> OutboxSize:
        total = sum(len(record.emit.value) for record in self.records)
        return OutboxSize(len(self.records), total, OLDEST if self.records else None)

"""The table of an outbox: records that a transaction commits together with the state they stem from.

Its columns are `position` (an identity, the order), `topic` (the topic's own name, without prefix), `key`, `value`,
`headers` (an array of pairs) and `created_at`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg import sql
from psycopg.types.json import Jsonb

from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.records import Emit


@dataclass(frozen=True, slots=True)
class OutboxRecord:
    """One record that waits to be sent."""

    position: int
    emit: Emit


@dataclass(frozen=True, slots=True)
class OutboxSize:
    """How much waits to be sent."""

    records: int
    value_bytes: int
    oldest: datetime | None
    """When the record that has waited longest was put in; None where none waits."""


class OutboxTable:
    """The statements of one outbox; every method runs in the transaction of the connection it is given."""

    def __init__(self, schema: str, table: str = "outbox") -> None:
        """Name the table; waiting relays are notified on the channel ``<schema>_<table>``."""

        def prepared(statement: LiteralString) -> bytes:
            names = {"table": sql.Identifier(schema, table), "channel": sql.Identifier(f"{schema}_{table}")}
            return sql.SQL(statement).format(**names).as_bytes()

        self._insert = prepared("INSERT INTO {table} (topic, key, value, headers) VALUES (%s, %s, %s, %s)")
        self._notify = prepared("NOTIFY {channel}")
        self._listen = prepared("LISTEN {channel}")
        self._first = prepared("SELECT position, topic, key, value, headers FROM {table} ORDER BY position LIMIT %s")
        self._delete = prepared("DELETE FROM {table} WHERE position = ANY(%s)")
        self._size = prepared("SELECT count(*), coalesce(sum(octet_length(value)), 0), min(created_at) FROM {table}")

    async def put(self, connection: Connection, emit: Emit) -> None:
        """Put a record in; it is sent when the caller's transaction has been committed."""
        headers = Jsonb([[name, value.decode()] for name, value in emit.headers])
        await connection.execute(self._insert, (emit.topic, emit.key.decode(), emit.value, headers))
        await connection.execute(self._notify)

    async def listen(self, connection: Connection) -> None:
        """Let the connection be notified of every commit that put records in."""
        await connection.execute(self._listen)

    async def first(self, connection: Connection, limit: int) -> list[OutboxRecord]:
        """Read the records put in first, in order."""
        cursor = await connection.execute(self._first, (limit,))
        return [
            OutboxRecord(
                position, Emit(topic, key.encode(), value, tuple((name, text.encode()) for name, text in headers))
            )
            for position, topic, key, value, headers in await cursor.fetchall()
        ]

    async def delete(self, connection: Connection, records: Sequence[OutboxRecord]) -> None:
        """Take records out that Kafka has confirmed."""
        await connection.execute(self._delete, ([record.position for record in records],))

    async def size(self, connection: Connection) -> OutboxSize:
        """Measure what waits; reads the whole table."""
        cursor = await connection.execute(self._size)
        records, value_bytes, oldest = await cursor.fetchone() or (0, 0, None)
        return OutboxSize(int(records), int(value_bytes), oldest)

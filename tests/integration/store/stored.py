"""Records as Kafka delivers them, and queries for what the store has written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from quotewire_runtime.records import Record
from quotewire_runtime.results import Done, Reject
from quotewire_schemas import EnrichedArticle, encode
from quotewire_store.handler import StoreHandler

TABLES = ("articles", "revisions", "entities", "quotations", "speakers")


def record(value: EnrichedArticle | bytes | None, key: bytes | None = b"a1", offset: int = 0) -> Record:
    if isinstance(value, EnrichedArticle):
        key, value = value.article.article_id.encode(), encode(value)
    return Record("news.article.enriched.v1", 0, offset, key, value, (), 1_772_452_800_000)


async def store(handler: StoreHandler, *items: EnrichedArticle) -> list[str]:
    """Store items as one batch and return the outcomes, a dead letter as `reason: message`."""
    return outcomes_of(await handler.handle([record(item, offset=offset) for offset, item in enumerate(items)]))


def outcomes_of(results: Sequence[Done | Reject]) -> list[str]:
    return [f"{r.reason}: {r.message}" if isinstance(r, Reject) else str(r.outcome) for r in results]


def query(dsn: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(statement.encode(), values).fetchall()


def all_rows(dsn: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables in a fixed order, without the column with the time of writing."""
    rows = {}
    for table in TABLES:
        rows[table] = query(dsn, f"SELECT to_jsonb(t) - 'stored_at' FROM news.{table} t ORDER BY 1")
    return rows

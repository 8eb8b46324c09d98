"""Apply a batch to schema `news`: the newest record of each article wins, and its rows are replaced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, LiteralString

from psycopg import sql
from pydantic_core import to_json

from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection
from quotewire_store.rows import ENTITY_COLUMNS, QUOTATION_COLUMNS, SPEAKER_COLUMNS, ArticleRows, Row

_ARTICLE: Final = (
    "article_id", "revision", "annotator_release", "withdrawn_through", "change", "origin", "url", "canonical_url",
    "syndicated_from", "source_id", "outlet", "title", "authors", "published_at", "published_precision", "modified_at",
    "fetched_at", "ingested_at", "news_time", "language", "text", "captions", "provenance", "rights", "content_hash",
    "raw_ref", "reader_version", "annotation_status", "annotation_reason", "model", "annotated_at", "extra", "digest",
)  # fmt: skip
_REVISION: Final = (
    "article_id", "revision", "change", "url", "title", "text", "published_at", "modified_at", "fetched_at",
    "ingested_at", "content_hash",
)  # fmt: skip


def _columns(names: Sequence[str], of: LiteralString = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(of) + sql.Identifier(name) for name in names)


# One statement decides, per article and under the lock of its row, whether the record is applied. Rows are locked in
# order of article_id, so that two replicas with overlapping batches wait for each other but never deadlock. The former
# text moves to the history unless one of the two revisions is a withdrawal.
_UPDATED: Final = tuple(name for name in _ARTICLE if name not in ("article_id", "withdrawn_through"))
_WRITE: Final = sql.SQL(
    """
    WITH written AS (
        INSERT INTO news.articles AS held ({columns}, stored_at)
        SELECT {columns}, now() FROM json_populate_recordset(NULL::news.articles, %s::json) ORDER BY article_id
        ON CONFLICT (article_id) DO UPDATE
        SET ({updated}, stored_at) = ROW ({excluded}, now()),
            withdrawn_through = greatest(held.withdrawn_through, excluded.withdrawn_through)
        WHERE (excluded.revision, excluded.annotator_release) >= (held.revision, held.annotator_release)
          AND excluded.digest <> held.digest
          AND (excluded.text IS NULL OR excluded.revision > held.withdrawn_through)
        RETURNING new.article_id AS id, new.revision AS next, new.text IS NULL AS withdrawn, old.*
    ), moved AS (
        INSERT INTO news.revisions ({revision})
        SELECT {revision} FROM written WHERE revision < next AND text IS NOT NULL AND NOT withdrawn
        ON CONFLICT DO NOTHING
    )
    SELECT id, revision IS NOT NULL FROM written
    """
).format(
    columns=_columns(_ARTICLE),
    updated=_columns(_UPDATED),
    excluded=_columns(_UPDATED, "excluded."),
    revision=_columns(_REVISION),
)

_STORED: Final = "SELECT article_id, revision, annotator_release, digest FROM news.articles WHERE article_id = ANY(%s)"

# A record that arrives late still belongs to the history, unless its revision was withdrawn: the tables are then the
# same in whatever order records came.
_LATE_REVISIONS: Final = sql.SQL(
    """
    INSERT INTO news.revisions ({revision})
    SELECT {late} FROM json_populate_recordset(NULL::news.revisions, %s::json) AS late
    JOIN news.articles AS held USING (article_id)
    WHERE late.revision < held.revision AND late.revision > held.withdrawn_through
    ON CONFLICT DO NOTHING
    """
).format(revision=_columns(_REVISION), late=_columns(_REVISION, "late."))

_LATE_WITHDRAWALS: Final = """
    UPDATE news.articles AS held SET withdrawn_through = greatest(withdrawn_through, late.revision)
    FROM unnest(%s::text[], %s::integer[]) AS late (article_id, revision)
    WHERE held.article_id = late.article_id AND late.revision < held.revision
"""

_DELETE_REVISIONS: Final = """
    DELETE FROM news.revisions AS former USING news.articles AS held
    WHERE former.article_id = ANY(%s) AND held.article_id = former.article_id
      AND former.revision <= held.withdrawn_through
"""
_CLEAR_DEAD_LETTERS: Final = """
    UPDATE news.dead_letters AS letter SET value = NULL FROM news.articles AS held
    WHERE letter.key = ANY(%s) AND letter.value IS NOT NULL AND held.article_id = letter.key
      AND coalesce(letter.revision, 1) <= held.withdrawn_through
"""

_SETS: Final = (
    ("entities", ENTITY_COLUMNS),
    ("quotations", QUOTATION_COLUMNS),
    ("speakers", SPEAKER_COLUMNS),
)


async def apply(connection: Connection, batch: Sequence[ArticleRows]) -> list[Outcome]:
    """Apply a batch in the order given, inside the caller's transaction, and return one outcome per record.

    All articles of the batch stay locked until the transaction ends.
    """
    outcomes: dict[int, Outcome] = {}
    for indexes in _rounds(batch):
        result = await _apply_distinct(connection, [batch[index] for index in indexes])
        outcomes.update(zip(indexes, result, strict=True))
    return [outcomes[index] for index in range(len(batch))]


def _rounds(batch: Sequence[ArticleRows]) -> Iterator[list[int]]:
    """Split into rounds with no article twice, each article's records in order; nearly always there is one round."""
    rounds: list[list[int]] = []
    seen: dict[str, int] = {}
    for index, rows in enumerate(batch):
        number = seen.get(rows.article_id, 0)
        seen[rows.article_id] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(index)
    yield from rounds


async def _apply_distinct(connection: Connection, batch: list[ArticleRows]) -> list[Outcome]:
    cursor = await connection.execute(_WRITE, [_json([rows.article for rows in batch])])
    written: dict[str, bool] = dict(await cursor.fetchall())
    applied = [rows for rows in batch if rows.article_id in written]
    late = [rows for rows in batch if rows.article_id not in written]
    await _replace_sets(connection, applied, [article_id for article_id, known in written.items() if known])
    if withdrawn := [rows.article_id for rows in applied if rows.withdrawn]:
        await _destroy_withdrawn(connection, withdrawn)
    outcomes = {rows.article_id: Outcome.WITHDRAWN if rows.withdrawn else Outcome.STORED for rows in applied}
    if late:
        outcomes |= await _apply_late(connection, late)
    return [outcomes[rows.article_id] for rows in batch]


async def _destroy_withdrawn(connection: Connection, article_ids: list[str]) -> None:
    """Delete the former texts and the bytes of dead letters of all revisions up to the last withdrawn one."""
    await connection.execute(_DELETE_REVISIONS, [article_ids])
    await connection.execute(_CLEAR_DEAD_LETTERS, [article_ids])


async def _replace_sets(connection: Connection, applied: list[ArticleRows], known: list[str]) -> None:
    for table, columns in _SETS:
        name = sql.Identifier("news", table)
        if known:
            await connection.execute(sql.SQL("DELETE FROM {} WHERE article_id = ANY(%s)").format(name), [known])
        rows: list[Row] = [row for article in applied for row in getattr(article, table)]
        if not rows:
            continue
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(name, _columns(columns))
        async with connection.cursor().copy(statement) as copy:
            for row in rows:
                await copy.write_row(row)


async def _apply_late(connection: Connection, late: list[ArticleRows]) -> dict[str, Outcome]:
    cursor = await connection.execute(_STORED, [[rows.article_id for rows in late]])
    stored = {
        article_id: (revision, release, digest) for article_id, revision, release, digest in await cursor.fetchall()
    }
    older = [rows for rows in late if rows.revision < stored[rows.article_id][0]]
    if revisions := [_former(rows) for rows in older if not rows.withdrawn]:
        await connection.execute(_LATE_REVISIONS, [_json(revisions)])
    if withdrawn := [rows for rows in older if rows.withdrawn]:
        article_ids = [rows.article_id for rows in withdrawn]
        await connection.execute(_LATE_WITHDRAWALS, [article_ids, [rows.revision for rows in withdrawn]])
        await _destroy_withdrawn(connection, article_ids)
    return {
        rows.article_id: Outcome.UNCHANGED
        if (*rows.order, rows.digest) == stored[rows.article_id]
        else Outcome.SUPERSEDED
        for rows in late
    }


def _former(rows: ArticleRows) -> dict[str, Any]:
    return {name: rows.article[name] for name in _REVISION}


def _json(rows: list[dict[str, Any]]) -> str:
    return to_json(rows).decode()

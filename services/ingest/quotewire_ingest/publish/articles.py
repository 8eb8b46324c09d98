"""SQL over what ingest knows of an article: its row, the do-not-ingest list, and where its raw bytes are archived."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from quotewire_ingest.archive.destructions import ArchivedRecord
from quotewire_ingest.archive.writer import WrittenRecord
from quotewire_ingest.model import PARSER_VERSION, Document
from quotewire_ingest.publish.revision_rules import KnownArticle
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.text import to_storable_json
from quotewire_schemas.article import Article


async def lock_address(connection: Connection, address: str) -> None:
    """Lock an address, by its hash, until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", (address,))


async def lock(connection: Connection, article_id: str) -> KnownArticle | None:
    """Lock an article until the transaction ends, known or new, and read its state."""
    await lock_address(connection, article_id)
    cursor = await connection.execute(
        "SELECT revision, content_hash, withdrawn, source_id, url, canonical_url, body_sha256, reader_version,"
        " record_hash FROM ingest.articles WHERE article_id = %s FOR UPDATE",
        (article_id,),
    )
    row = await cursor.fetchone()
    return KnownArticle(*row) if row else None


async def kept_out(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Return those of the ids, of articles or addresses, that are on the do-not-ingest list."""
    cursor = await connection.execute(
        "SELECT article_id FROM ingest.do_not_ingest WHERE article_id = ANY(%s)", (list(ids),)
    )
    return {row[0] for row in await cursor.fetchall()}


async def keep_out(connection: Connection, article_id: str, why: str) -> None:
    """Put an article, or an address by its hash, on the do-not-ingest list, as somebody asked for."""
    await connection.execute(
        "INSERT INTO ingest.do_not_ingest (article_id, why) VALUES (%s, %s)"
        " ON CONFLICT (article_id) DO UPDATE SET why = excluded.why, of_article = NULL"
        " WHERE do_not_ingest.of_article IS NOT NULL",
        (article_id, why),
    )


async def let_in(connection: Connection, ids: Sequence[str]) -> bool:
    """Take articles and addresses off the do-not-ingest list; return False where none is on it."""
    cursor = await connection.execute("DELETE FROM ingest.do_not_ingest WHERE article_id = ANY(%s)", (list(ids),))
    return cursor.rowcount > 0


async def save_revision(connection: Connection, article: Article, body_sha256: str, record_hash: str) -> None:
    """Write the state of an article after a revision."""
    await connection.execute(
        "INSERT INTO ingest.articles"
        " (article_id, revision, content_hash, source_id, url, canonical_url, body_sha256, reader_version, record_hash)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (article_id) DO UPDATE SET revision = excluded.revision, content_hash = excluded.content_hash,"
        " withdrawn = false, source_id = excluded.source_id, url = excluded.url,"
        " canonical_url = excluded.canonical_url, body_sha256 = excluded.body_sha256,"
        " reader_version = excluded.reader_version, record_hash = excluded.record_hash, changed_at = now()",
        (
            article.article_id, article.revision, article.content_hash, article.source_id, article.url,
            article.canonical_url, body_sha256, PARSER_VERSION, record_hash,
        ),
    )  # fmt: skip


async def save_reparse(
    connection: Connection, article_id: str, revision: int, content_hash: str, record_hash: str, changed: bool
) -> None:
    """Write the state of an article after it was parsed again."""
    await connection.execute(
        "UPDATE ingest.articles SET revision = %s, content_hash = %s, record_hash = %s, reader_version = %s,"
        " changed_at = CASE WHEN %s THEN now() ELSE changed_at END WHERE article_id = %s",
        (revision, content_hash, record_hash, PARSER_VERSION, changed, article_id),
    )


async def save_withdrawal(connection: Connection, article_id: str, revision: int) -> None:
    """Write the state of an article after it was withdrawn."""
    await connection.execute(
        "UPDATE ingest.articles SET revision = %s, withdrawn = true, content_hash = '', body_sha256 = NULL,"
        " changed_at = now() WHERE article_id = %s",
        (revision, article_id),
    )


async def add_raw(connection: Connection, article: Article, written: WrittenRecord, document: Document) -> None:
    """Write down where the raw bytes of a revision are, and what else parsing them again needs."""
    hints = document.hints.to_json()
    await connection.execute(
        "INSERT INTO ingest.raw (article_id, revision, sha256, file, start, length, kind, stated, folder)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            article.article_id, article.revision, written.ref.sha256, written.ref.file, written.ref.offset,
            written.length, str(document.kind), hints and Jsonb(to_storable_json(hints)), written.folder,
        ),
    )  # fmt: skip


async def delete_raw(connection: Connection, article_id: str) -> list[ArchivedRecord]:
    """Delete the locations of the raw bytes of an article, and return them."""
    cursor = await connection.execute(
        "DELETE FROM ingest.raw WHERE article_id = %s RETURNING file, start, length, folder", (article_id,)
    )
    return [ArchivedRecord(*row) for row in await cursor.fetchall()]

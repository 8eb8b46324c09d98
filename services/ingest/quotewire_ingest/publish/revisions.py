"""Decides, under the lock of an article's row, whether a reading is a new revision, and takes articles back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg.types.json import Jsonb

from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.identity import content_hash
from quotewire_ingest.model import PARSER_VERSION, Document, ParsedArticle
from quotewire_ingest.outcome import Decision
from quotewire_ingest.publish.records import put
from quotewire_ingest.rejection import RejectionReason
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection
from quotewire_schemas.article import Article, Change, Origin

# Fields of a record that say how it came about, not what it says.
_NOT_SEEN = {
    "article_id", "revision", "change", "origin", "fetched_at", "ingested_at", "reader_version", "raw_ref",
    "provenance", "dropped",
}  # fmt: skip


async def publish(
    connection: Connection, reading: ParsedArticle, document: Document, archive: Archive | None, origin: Origin
) -> Decision:
    """Publish a reading as the next revision, or find that nothing is new; inside the caller's transaction.

    The raw bytes go to the archive, whose ``flush`` the caller awaits before it commits. Raises ``Rejected``
    (``too_large``) and ``OSError`` (the archive's disk is full).
    """
    article_id = reading.article_id
    known = await locked(connection, article_id)
    # After the lock: a withdrawal that was just being committed is then seen.
    if await kept_out(connection, article_id):
        return Decision(
            Outcome.REJECTED, article_id, None, RejectionReason.DO_NOT_INGEST, "was withdrawn and is kept out"
        )
    digest = reading.content_hash
    if known is not None and known.content_hash == digest and not known.withdrawn:
        return Decision(Outcome.UNCHANGED, article_id, known.revision)
    body = hashlib.sha256(document.body).hexdigest()
    revision, change = 1, Change.CREATED
    if known is not None:
        reread = body == known.body_sha256 and known.reader_version != PARSER_VERSION and not known.withdrawn
        revision, change = known.revision + 1, Change.REREAD if reread else Change.REVISED
    kept = archive.append(document) if archive is not None else None
    article = reading.article(revision, change, origin, kept.ref if kept else None, datetime.now(UTC))
    await put(connection, article)
    await connection.execute(
        "INSERT INTO ingest.articles"
        " (article_id, revision, content_hash, source_id, url, canonical_url, body_sha256, reader_version, record_hash)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (article_id) DO UPDATE SET revision = excluded.revision, content_hash = excluded.content_hash,"
        " withdrawn = false, source_id = excluded.source_id, url = excluded.url,"
        " canonical_url = excluded.canonical_url, body_sha256 = excluded.body_sha256,"
        " reader_version = excluded.reader_version, record_hash = excluded.record_hash, changed_at = now()",
        (
            article_id, revision, digest, reading.source_id, reading.url, reading.canonical_url, body, PARSER_VERSION,
            record_hash(reading),
        ),
    )  # fmt: skip
    if kept is not None:
        hints = document.hints.to_json()
        await connection.execute(
            "INSERT INTO ingest.raw (article_id, revision, sha256, file, start, length, kind, stated)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                article_id, revision, kept.ref.sha256, kept.ref.file, kept.ref.offset, kept.length, str(document.kind),
                hints and Jsonb(hints),
            ),
        )  # fmt: skip
    return Decision(Outcome.PUBLISHED, article_id, revision)


async def withdraw(connection: Connection, article_id: str, why: str, archive: Archive | None) -> Decision:
    """Take an article back: a ``withdrawn`` record, raw bytes destroyed, kept out until lifted."""
    known = await locked(connection, article_id)
    await connection.execute(
        "INSERT INTO ingest.do_not_ingest (article_id, why) VALUES (%s, %s) ON CONFLICT DO NOTHING", (article_id, why)
    )
    if known is None:
        return Decision(
            Outcome.WITHDRAWN,
            article_id,
            None,
            RejectionReason.NEVER_SEEN,
            "was never seen; it is kept out from now on",
        )
    if known.withdrawn:
        return Decision(Outcome.UNCHANGED, article_id, known.revision, None, "was withdrawn before")
    revision = known.revision + 1
    now = datetime.now(UTC)
    record = Article(
        article_id=article_id, revision=revision, change=Change.WITHDRAWN, url=known.url,
        canonical_url=known.canonical_url, source_id=known.source_id, text="", fetched_at=now, ingested_at=now,
        content_hash=content_hash(None, ""), reader_version=PARSER_VERSION,
    )  # fmt: skip
    await put(connection, record)
    await connection.execute(
        "UPDATE ingest.articles SET revision = %s, withdrawn = true, content_hash = '', body_sha256 = NULL,"
        " changed_at = now() WHERE article_id = %s",
        (revision, article_id),
    )
    cursor = await connection.execute("SELECT file, start, length FROM ingest.raw WHERE article_id = %s", (article_id,))
    for file, start, length in await cursor.fetchall():
        if archive is not None:
            archive.destroy(file, start, length)
    await connection.execute("DELETE FROM ingest.raw WHERE article_id = %s", (article_id,))
    return Decision(Outcome.WITHDRAWN, article_id, revision)


async def lift(connection: Connection, article_id: str) -> Decision:
    """Let an article in again: it is read when it next comes by."""
    cursor = await connection.execute("DELETE FROM ingest.do_not_ingest WHERE article_id = %s", (article_id,))
    if cursor.rowcount:
        return Decision(Outcome.UNCHANGED, article_id, None, None, "may come in again")
    return Decision(Outcome.UNCHANGED, article_id, None, None, "was not kept out")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an article."""

    revision: int
    content_hash: str
    withdrawn: bool
    source_id: str
    url: str | None
    canonical_url: str | None
    body_sha256: str | None
    reader_version: str
    record_hash: str | None


async def kept_out(connection: Connection, article_id: str) -> bool:
    """Whether an article stands on the do-not-ingest list."""
    cursor = await connection.execute("SELECT 1 FROM ingest.do_not_ingest WHERE article_id = %s", (article_id,))
    return await cursor.fetchone() is not None


def record_hash(reading: ParsedArticle) -> str:
    """Fingerprint of all that a reader of the record sees: title, text and facts (64 hexadecimal digits, SHA-256)."""
    record = reading.article(ingested_at=reading.fetched_at).model_dump_json(exclude=_NOT_SEEN)
    return hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest()


async def locked(connection: Connection, article_id: str) -> Known | None:
    """What is known of an article, its row locked; of two that meet at a new one, the second waits."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", (article_id,))
    cursor = await connection.execute(
        "SELECT revision, content_hash, withdrawn, source_id, url, canonical_url, body_sha256, reader_version,"
        " record_hash FROM ingest.articles WHERE article_id = %s FOR UPDATE",
        (article_id,),
    )
    row = await cursor.fetchone()
    return Known(*row) if row else None

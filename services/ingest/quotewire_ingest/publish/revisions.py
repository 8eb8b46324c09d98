"""Publish parsed articles as revisions, withdraw articles and let them in again, in the caller's transaction."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime

from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.decision import Decision
from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.publish import articles, records, revision_rules
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection
from quotewire_schemas.article import Origin


async def publish(
    connection: Connection, parsed: ParsedArticle, document: Document, archive: Archive | None, origin: Origin
) -> Decision:
    """Publish a parsed article as the next revision, or find that nothing is new.

    The raw bytes go to the archive, whose ``flush`` the caller awaits before it commits. Raises ``Rejected``
    (``too_large``) and ``OSError`` (the archive's disk is full).
    """
    article_id, content_hash = parsed.article_id, parsed.content_hash
    known = await articles.lock(connection, article_id)
    # After the lock: a withdrawal that was just being committed is then seen.
    kept_out = await articles.is_kept_out(connection, article_id)
    if (decision := revision_rules.outcome_unless_new_revision(article_id, known, kept_out, content_hash)) is not None:
        return decision
    body_sha256 = hashlib.sha256(document.body).hexdigest()
    revision, change = revision_rules.next_revision(known, body_sha256)
    # In a thread: compressing some MiB would hold up everything else in the process.
    written = await asyncio.to_thread(archive.append, document) if archive is not None else None
    article = parsed.article(revision, change, origin, written.ref if written else None, datetime.now(UTC))
    await records.put(connection, article)
    await articles.save_revision(connection, article, body_sha256, records.record_hash(article))
    if written is not None:
        await articles.add_raw(connection, article, written, document)
    return Decision(Outcome.PUBLISHED, article_id, revision)


async def withdraw(connection: Connection, article_id: str, why: str, archive: Archive | None) -> Decision:
    """Withdraw an article: a ``withdrawn`` record, raw bytes destroyed, kept out until it is let in again."""
    found = await articles.lock(connection, article_id)
    await articles.keep_out(connection, article_id, why)
    known = revision_rules.outcome_unless_withdrawal(article_id, found)
    if isinstance(known, Decision):
        return known
    revision = known.revision + 1
    record = records.withdrawal(
        article_id, revision, known.source_id, known.url, known.canonical_url, datetime.now(UTC)
    )
    await records.put(connection, record)
    await articles.save_withdrawal(connection, article_id, revision)
    if archive is not None:
        for file, start, length in await articles.list_raw(connection, article_id):
            archive.destroy(file, start, length)
    await articles.delete_raw(connection, article_id)
    return Decision(Outcome.WITHDRAWN, article_id, revision)


async def lift(connection: Connection, article_id: str) -> Decision:
    """Let an article in again: it is published when it is next found."""
    lifted = await articles.let_in(connection, article_id)
    return Decision(Outcome.UNCHANGED, article_id, None, None, "may come in again" if lifted else "was not kept out")

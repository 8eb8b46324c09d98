"""Publish parsed articles as revisions, withdraw articles and let them in again, in the caller's transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from quotewire_ingest.archive import destructions
from quotewire_ingest.archive.appending import Appending
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.decision import Decision
from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.publish import addresses, articles, records, revision_rules
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection
from quotewire_schemas.article import Origin


async def publish(
    connection: Connection, parsed: ParsedArticle, document: Document, archive: Appending | None, origin: Origin
) -> Decision:
    """Publish a parsed article as the next revision, or find that nothing is new.

    What is published is archived. Raises ``Rejected`` (``too_large``) and ``OSError`` (the archive's disk is full).
    """
    article_id, content_hash = parsed.article_id, parsed.content_hash
    for address in addresses.address_ids(document.requested_urls[:1]):
        await articles.lock_address(connection, address)
    known = await articles.lock(connection, article_id)
    # After the locks: a withdrawal of the article or of its address that was just being committed is then seen.
    kept_out = await _is_kept_out(connection, parsed, document)
    if (decision := revision_rules.outcome_unless_new_revision(article_id, known, kept_out, content_hash)) is not None:
        return decision
    body_sha256 = hashlib.sha256(document.body).hexdigest()
    revision, change = revision_rules.next_revision(known, body_sha256)
    article = parsed.article(revision, change, origin, None, datetime.now(UTC))
    records.reject_too_large(article)  # before its bytes are archived: what is not published is not archived
    # In a thread: compressing some MiB would hold up everything else in the process.
    written = await asyncio.to_thread(archive.append, document) if archive is not None else None
    article = parsed.article(revision, change, origin, written.ref if written else None, article.ingested_at)
    await records.put(connection, article)
    await articles.save_revision(connection, article, body_sha256, records.record_hash(article))
    if written is not None:
        await articles.add_raw(connection, article, written, document)
    return Decision(Outcome.PUBLISHED, article_id, revision)


async def withdraw(connection: Connection, article_id: str, why: str, archive: Archive | None) -> Decision:
    """Withdraw an article: a ``withdrawn`` record, raw bytes destroyed, kept out until it is let in again."""
    found = await articles.lock(connection, article_id)
    await articles.keep_out(connection, article_id, why)
    await addresses.keep_out_addresses(connection, article_id)
    known = revision_rules.outcome_unless_withdrawal(article_id, found)
    if isinstance(known, Decision):
        return known
    revision = known.revision + 1
    record = records.withdrawal(
        article_id, revision, known.source_id, known.url, known.canonical_url, datetime.now(UTC)
    )
    await records.put(connection, record)
    await articles.save_withdrawal(connection, article_id, revision)
    raw = await articles.delete_raw(connection, article_id)
    waiting = await destructions.destroy(connection, archive, raw, "withdrawn")
    message = (
        f"{waiting} of its {len(raw)} archived records wait for a replica that has their folder" if waiting else None
    )
    return Decision(Outcome.WITHDRAWN, article_id, revision, None, message)


async def lift(connection: Connection, ids: Sequence[str]) -> Decision:
    """Let articles and their addresses in again: they are published when they are next found."""
    await addresses.let_in_addresses(connection, ids)
    lifted = await articles.let_in(connection, ids)
    return Decision(Outcome.UNCHANGED, ids[0], None, None, "may come in again" if lifted else "was not kept out")


async def _is_kept_out(connection: Connection, parsed: ParsedArticle, document: Document) -> bool:
    """Return whether an article or an address of its document is kept out; remember the addresses that led to it."""
    article_id = parsed.article_id
    kept_out = await articles.kept_out(connection, [article_id, *addresses.entry_addresses(document, parsed)])
    if kept_out and article_id not in kept_out:
        return True  # the address was withdrawn with another article
    new = await addresses.remember(connection, article_id, addresses.addresses_of(document, parsed))
    if kept_out and new:
        await addresses.keep_out_addresses(connection, article_id)
    return bool(kept_out)

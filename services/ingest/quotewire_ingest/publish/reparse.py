"""Publish what a better parser makes of an archived document."""

from __future__ import annotations

from datetime import UTC, datetime

from quotewire_ingest.archive.read import ArchivedDocument
from quotewire_ingest.decision import Decision
from quotewire_ingest.model import ParsedArticle
from quotewire_ingest.publish import addresses, articles, records, revision_rules
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection
from quotewire_schemas.article import Change, Origin


async def publish_reparsed(connection: Connection, parsed: ParsedArticle, archived: ArchivedDocument) -> Decision:
    """Publish an article that was parsed again as its next revision, where it differs; in the caller's transaction.

    It keeps its ``article_id``, whatever the parser now takes its URL for.
    """
    article_id = parsed.article_id = archived.article_id
    found = await articles.lock(connection, article_id)
    kept_out = bool(await articles.kept_out(connection, [article_id]))
    known = revision_rules.outcome_unless_current(article_id, found, kept_out, archived.sha256)
    if isinstance(known, Decision):
        return known
    await addresses.remember(connection, article_id, addresses.address_ids([parsed.url, parsed.canonical_url]))
    article = parsed.article(known.revision + 1, Change.REREAD, Origin.REPLAY, archived.raw_ref, datetime.now(UTC))
    record_hash = records.record_hash(article)
    same = revision_rules.says_the_same(known, record_hash, article.content_hash)
    revision = known.revision if same else article.revision
    if not same:
        await records.put(connection, article)
    await articles.save_reparse(connection, article_id, revision, article.content_hash, record_hash, changed=not same)
    return Decision(Outcome.UNCHANGED if same else Outcome.PUBLISHED, article_id, revision)

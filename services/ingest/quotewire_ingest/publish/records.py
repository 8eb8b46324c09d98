"""Make the records that ingest publishes and their fingerprints, and put them into the outbox."""

from __future__ import annotations

import hashlib
from datetime import datetime

from quotewire_ingest.identity import content_hash
from quotewire_ingest.model import PARSER_VERSION
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_runtime.kafka.headers import cloud_event
from quotewire_runtime.outbox.table import OutboxTable
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.records import Emit
from quotewire_schemas import codec
from quotewire_schemas.article import Article, Change
from quotewire_schemas.topics import ARTICLE, CE_ARTICLE, spec

OUTBOX = OutboxTable("ingest", "outbox")
RELAY_LOCK = "quotewire ingest relay"
# Key, headers and framing take less, and so does a `raw_ref` (a hash, an offset, a file name with the host's name).
_FRAMING_BYTES = 1024
_RAW_REF_BYTES = 512
# Fields that say how a record came about, not what it says.
_NOT_HASHED = {
    "article_id", "revision", "change", "origin", "fetched_at", "ingested_at", "reader_version", "raw_ref",
    "provenance", "dropped",
}  # fmt: skip


def record_hash(article: Article) -> str:
    """Return the SHA-256, in hexadecimal, of all that a consumer of the record sees: title, text, metadata."""
    record = article.model_dump_json(exclude=_NOT_HASHED)
    return hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest()


def withdrawal(
    article_id: str, revision: int, source_id: str, url: str | None, canonical_url: str | None, now: datetime
) -> Article:
    """Make the record that takes an article back: without text, so that consumers delete theirs."""
    return Article(
        article_id=article_id, revision=revision, change=Change.WITHDRAWN, url=url, canonical_url=canonical_url,
        source_id=source_id, text="", fetched_at=now, ingested_at=now, content_hash=content_hash(None, ""),
        reader_version=PARSER_VERSION,
    )  # fmt: skip


def reject_too_large(article: Article) -> None:
    """Raise ``Rejected`` (``too_large``) for a record that the topic does not take once it has its ``raw_ref``."""
    _check_size(codec.encode(article), _RAW_REF_BYTES)


async def put(connection: Connection, article: Article) -> None:
    """Put a record into the outbox, inside the caller's transaction. Raises ``Rejected`` (``too_large``)."""
    value = codec.encode(article)
    _check_size(value)
    headers = cloud_event(
        id=f"{article.article_id}:{article.revision}",
        type=CE_ARTICLE,
        source="quotewire/ingest",
        time=article.ingested_at,
    )
    await OUTBOX.put(connection, Emit(ARTICLE, article.article_id.encode(), value, headers))


def _check_size(value: bytes, more: int = 0) -> None:
    limit = spec(ARTICLE).max_message_bytes
    if len(value) + more > limit - _FRAMING_BYTES:
        raise Rejected(
            RejectionReason.TOO_LARGE, f"the record has {len(value) // 1024} KiB; the topic takes {limit // 1024} KiB"
        )

"""The records that ingest publishes, and the outbox they are put into."""

from __future__ import annotations

from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_runtime.kafka.headers import cloud_event
from quotewire_runtime.outbox.table import OutboxTable
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.records import Emit
from quotewire_schemas import codec
from quotewire_schemas.article import Article
from quotewire_schemas.topics import ARTICLE, CE_ARTICLE, spec

OUTBOX = OutboxTable("ingest", "outbox")
RELAY_LOCK = "quotewire ingest relay"


async def put(connection: Connection, article: Article) -> None:
    """Put a record into the outbox, inside the caller's transaction. Raises ``Rejected`` (``too_large``)."""
    value = codec.encode(article)
    limit = spec(ARTICLE).max_message_bytes
    # Key, headers and framing take less than 1 KiB.
    if len(value) > limit - 1024:
        raise Rejected(
            RejectionReason.TOO_LARGE, f"the record has {len(value) // 1024} KiB; the topic takes {limit // 1024} KiB"
        )
    headers = cloud_event(
        id=f"{article.article_id}:{article.revision}",
        type=CE_ARTICLE,
        source="quotewire/ingest",
        time=article.ingested_at,
    )
    await OUTBOX.put(connection, Emit(ARTICLE, article.article_id.encode(), value, headers))

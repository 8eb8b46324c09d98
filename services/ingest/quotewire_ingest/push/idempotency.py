"""SQL over the idempotency keys of pushes: the same request again is answered, and not queued."""

from __future__ import annotations

import hashlib
import uuid

from quotewire_runtime.postgres.connection import Connection

# A request that comes with an old key after so long is another one.
_RETENTION = "7 days"


class KeyReused(Exception):
    """A key came with another body before."""


async def claim(
    connection: Connection, source_id: str, key: str, body: bytes, job: uuid.UUID, articles: int
) -> uuid.UUID | None:
    """Claim a key for a job; where an earlier request has claimed it, return that request's job.

    Of two requests at the same time, the second waits for the first to commit. Raises ``KeyReused`` where the earlier
    one had another body.
    """
    digest = hashlib.sha256(body).hexdigest()
    cursor = await connection.execute(
        "INSERT INTO ingest.pushes (source_id, key, sha256, job, articles) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (source_id, key, digest, job, articles),
    )
    if cursor.rowcount:
        return None
    cursor = await connection.execute(
        "SELECT sha256, job FROM ingest.pushes WHERE source_id = %s AND key = %s", (source_id, key)
    )
    earlier_digest, earlier_job = await cursor.fetchone() or (digest, job)
    if earlier_digest != digest:
        raise KeyReused
    return uuid.UUID(str(earlier_job))


async def delete_old(connection: Connection, limit: int) -> int:
    """Delete keys after their retention, ``limit`` of them at most; return how many."""
    cursor = await connection.execute(
        "DELETE FROM ingest.pushes WHERE (source_id, key) IN (SELECT source_id, key FROM ingest.pushes"
        " WHERE received_at < now() - %s::interval ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED)",
        (_RETENTION, limit),
    )
    return cursor.rowcount

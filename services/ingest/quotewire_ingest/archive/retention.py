"""Destroy raw bytes when their retention is over, never before their article has reached Kafka."""

from __future__ import annotations

import asyncio
import fcntl
import time
from collections.abc import Sequence
from pathlib import Path

from quotewire_ingest.archive.folder import segments
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.decision import STAGE
from quotewire_ingest.source import Source
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.postgres.connection import Connection, Database

# Records destroyed in one transaction: each waits for the disk, and PostgreSQL ends a transaction idle for 30 s.
_BATCH_SIZE = 200
# A segment is deleted when no row names it, nobody has it open, and the transactions that wrote it are long over.
_DELETE_AFTER_S = 3600.0
_LOCK = "quotewire ingest retention"
_EXPIRED = (
    "SELECT r.article_id, r.revision, r.file, r.start, r.length FROM ingest.raw r JOIN ingest.articles a"
    " ON a.article_id = r.article_id LEFT JOIN unnest(%(sources)s::text[], %(days)s::float8[]) AS kept(source_id, days)"
    " ON kept.source_id = a.source_id"
    " WHERE r.file = ANY(%(files)s)"
    " AND r.kept_at < now() - make_interval(secs => 86400 * coalesce(kept.days, %(default)s::float8))"
    " AND NOT EXISTS (SELECT FROM ingest.outbox o WHERE o.key = r.article_id)"
    " ORDER BY r.file, r.start LIMIT %(limit)s FOR UPDATE OF r SKIP LOCKED"
)


async def enforce(
    database: Database, archive: Archive, sources: Sequence[Source], default_days: float | None
) -> tuple[int, int]:
    """Destroy the raw bytes whose time is over; return the numbers of records and of files.

    One replica works at a time; each handles the files in its own folder, so that replicas may share one or not. Where
    a file cannot be written, its records are left for the next time, and ``OSError`` is raised after all others.
    """
    own = [(source.id, source.keep_raw_days) for source in sources if source.keep_raw_days]
    records = files = 0
    problems: dict[str, OSError] = {}
    while own or default_days:
        names = [name for name in await asyncio.to_thread(segments, archive.folder) if name not in problems]
        async with database.transaction() as connection:
            cursor = await connection.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (_LOCK,))
            if await cursor.fetchone() != (True,):
                break
            found, destroyed = await _destroy_batch(connection, archive, names, own, default_days, problems)
        records += destroyed
        if found < _BATCH_SIZE:
            break
    if records or own or default_days:
        files = await _delete_empty(database, archive.folder)
    if records or files:
        logs.get_logger("archive").info("raw_bytes_destroyed", records=records, files=files)
    for name, problem in problems.items():
        raise OSError(f"{len(problems)} files keep raw bytes that are expired; {name}: {problem.strerror or problem}")
    return records, files


async def _destroy_batch(
    connection: Connection, archive: Archive, names: Sequence[str], own: Sequence[tuple[str, float | None]],
    default_days: float | None, problems: dict[str, OSError],
) -> tuple[int, int]:  # fmt: skip
    """Destroy the next records; return how many were found and destroyed. A file with a problem is left as it is."""
    cursor = await connection.execute(
        _EXPIRED,
        {
            "files": list(names), "sources": [source_id for source_id, _ in own], "days": [days for _, days in own],
            "default": default_days, "limit": _BATCH_SIZE,
        },
    )  # fmt: skip
    rows = await cursor.fetchall()
    destroyed: list[tuple[str, int]] = []
    # The bytes first: killed in between, the rows are found again, and destroying twice changes nothing.
    for article_id, revision, file, start, length in rows:
        if file in problems:
            continue
        try:
            if await asyncio.to_thread(archive.destroy, file, start, length, b"expired"):
                metrics.RAW_DESTROYED.labels(STAGE, "expired").inc()
        except OSError as error:
            problems[file] = error
        else:
            destroyed.append((article_id, revision))
    await connection.execute(
        "DELETE FROM ingest.raw r USING unnest(%s::text[], %s::int[]) AS gone(article_id, revision)"
        " WHERE r.article_id = gone.article_id AND r.revision = gone.revision",
        ([article_id for article_id, _ in destroyed], [revision for _, revision in destroyed]),
    )
    return len(rows), len(destroyed)


async def _delete_empty(database: Database, folder: Path) -> int:
    """Delete the segments that no row names any more."""
    names = await asyncio.to_thread(segments, folder)
    async with database.transaction() as connection:
        cursor = await connection.execute(
            "SELECT name FROM unnest(%s::text[]) AS name"
            " WHERE NOT EXISTS (SELECT FROM ingest.raw r WHERE r.file = name)"
            " AND NOT EXISTS (SELECT FROM ingest.destructions d WHERE d.file = name)",
            (names,),
        )
        empty = [row[0] for row in await cursor.fetchall()]
    return sum([await asyncio.to_thread(_delete, folder / name) for name in empty])


def _delete(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # its writer holds a shared lock
            if time.time() - path.stat().st_mtime < _DELETE_AFTER_S:
                return False
            path.unlink()
    except OSError:  # being written to, or gone already
        return False
    return True

"""Chooses the articles that are read again from their raw bytes, and has a running service do it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import psycopg

from quotewire_ingest.model import PARSER_VERSION
from quotewire_ingest.queue.client import told
from quotewire_ingest.queue.inputs import REREAD, Order
from quotewire_runtime.postgres.errors import translated
from quotewire_schemas.article import Origin

# The bytes of the revision that stands: those of an earlier one would bring back what was corrected since.
_CHOSEN = (
    "SELECT DISTINCT ON (a.changed_at, a.article_id)"
    " a.article_id, a.source_id, a.url, r.file, r.start, r.length, r.sha256, r.kind, r.stated"
    " FROM ingest.articles a JOIN ingest.raw r ON r.article_id = a.article_id AND r.sha256 = a.body_sha256"
    " WHERE NOT a.withdrawn AND (%(every)s OR a.reader_version <> %(version)s)"
    " AND (%(source)s::text IS NULL OR a.source_id = %(source)s)"
    " AND (%(since)s::timestamptz IS NULL OR a.changed_at >= %(since)s)"
    " ORDER BY a.changed_at, a.article_id, r.revision DESC LIMIT %(most)s"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles are read again; ``every``: also those that this very release has read."""

    source_id: str | None = None
    since: datetime | None = None
    most: int | None = None
    every: bool = False


def orders(connection: psycopg.Connection, choice: Choice) -> Iterator[Order]:
    """The chosen articles whose raw bytes are kept, those longest unchanged first; in flat memory."""
    with connection.transaction(), connection.cursor(name="reread") as cursor:
        cursor.execute(
            _CHOSEN,
            {
                "every": choice.every, "version": PARSER_VERSION, "source": choice.source_id, "since": choice.since,
                "most": choice.most,
            },
        )  # fmt: skip
        for article_id, source_id, url, file, start, length, sha256, kind, stated in cursor:
            facts = {
                "file": file, "start": start, "length": length, "sha256": sha256, "kind": kind, "stated": stated or {},
                "url": url,
            }  # fmt: skip
            yield Order(REREAD, article_id, source_id, facts=facts)


def reread_and_tell(conninfo: str, choice: Choice, dry_run: bool = False) -> int:
    """Have the chosen articles read again, tell on stderr how it goes, and return the exit code.

    Raises ``DatabaseUnavailable``.
    """
    with translated("PostgreSQL"), psycopg.connect(conninfo, connect_timeout=5) as connection:
        if dry_run:
            count = sum(1 for _ in orders(connection, choice))
            sys.stderr.write(f"{count} articles would be read again{'' if count else _why_none(choice)}\n")
            return 0
        found = orders(connection, choice)
        first = next(found, None)
        if first is None:
            sys.stderr.write(f"nothing to read again{_why_none(choice)}\n")
            return 0
        return told(conninfo, _both(first, found), Origin.REPLAY)


def _both(first: Order, others: Iterator[Order]) -> Iterator[Order]:
    yield first
    yield from others


def _why_none(choice: Choice) -> str:
    if choice.every:
        return ": raw bytes are kept of no article that fits (QUOTEWIRE_ARCHIVE__FOLDER)"
    return f": no article that fits was read by another release than {PARSER_VERSION}, or its raw bytes are not kept"

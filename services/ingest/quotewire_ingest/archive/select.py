"""Select the archived articles that are parsed again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import psycopg

from quotewire_ingest.archive.read import ArchivedDocument
from quotewire_ingest.hints import Hints
from quotewire_ingest.model import PARSER_VERSION, DocumentKind

# The bytes of the current revision: those of an earlier one would bring back what was corrected since.
_SELECT = (
    "SELECT DISTINCT ON (a.changed_at, a.article_id)"
    " a.article_id, a.source_id, a.url, r.file, r.start, r.length, r.sha256, r.kind, r.stated"
    " FROM ingest.articles a JOIN ingest.raw r ON r.article_id = a.article_id AND r.sha256 = a.body_sha256"
    " WHERE NOT a.withdrawn AND (%(every)s OR a.reader_version <> %(version)s)"
    " AND (%(source)s::text IS NULL OR a.source_id = %(source)s)"
    " AND (%(since)s::timestamptz IS NULL OR a.changed_at >= %(since)s)"
    " ORDER BY a.changed_at, a.article_id, r.revision DESC LIMIT %(limit)s"
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles are parsed again; ``every``: also those that this very release has parsed."""

    source_id: str | None = None
    since: datetime | None = None
    limit: int | None = None
    every: bool = False


def select_archived(connection: psycopg.Connection, selection: Selection) -> Iterator[ArchivedDocument]:
    """Iterate over the selected articles, those longest unchanged first; in flat memory."""
    with connection.transaction(), connection.cursor(name="reparse") as cursor:
        cursor.execute(
            _SELECT,
            {
                "every": selection.every, "version": PARSER_VERSION, "source": selection.source_id,
                "since": selection.since, "limit": selection.limit,
            },
        )  # fmt: skip
        for article_id, source_id, url, file, start, length, sha256, kind, stated in cursor:
            yield ArchivedDocument(
                article_id, source_id, url, file, start, length, sha256, DocumentKind(kind) if kind else None,
                Hints.from_json(stated or {}),
            )  # fmt: skip

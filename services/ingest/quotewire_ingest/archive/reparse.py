"""Applies a better reader to the past: the document as it once came, and what becomes of its article."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quotewire_ingest.archive.warc import read_place
from quotewire_ingest.hints import Hints
from quotewire_ingest.model import PARSER_VERSION, Document, DocumentKind, ParsedArticle
from quotewire_ingest.outcome import Decision
from quotewire_ingest.publish.records import put
from quotewire_ingest.publish.revisions import kept_out, locked, record_hash
from quotewire_ingest.queue.inputs import LeasedInput
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection
from quotewire_schemas.article import Change, Origin, RawRef


def raw_document(item: LeasedInput, folder: Path, most_bytes: int) -> Document:
    """The document as it once came, from the archive; blocking.

    Raises ``Rejected`` where the bytes are gone (``missing``) or damaged.
    """
    place: dict[str, Any] = item.stated
    path = folder / Path(str(place["file"])).name
    try:
        found = read_place(path, place["start"], place["length"], item.source_id, most_bytes)
    except FileNotFoundError as error:
        raise Rejected(RejectionReason.MISSING, f"its raw bytes are not in {folder}: {path.name}") from error
    except OSError as error:
        raise Rejected(RejectionReason.UNREADABLE_FILE, f"{path}: {error.strerror}") from error
    kind = DocumentKind(place["kind"]) if place.get("kind") else found.kind
    return replace(
        found, name=item.name, kind=kind, url=place.get("url"), hints=Hints.from_json(place.get("stated") or {})
    )


async def reread(connection: Connection, item: LeasedInput, reading: ParsedArticle) -> Decision:
    """Publish what a better reader makes of an article as its next revision, where it differs.

    Inside the caller's transaction. The article stays who it is, whatever the reader now takes its address for.
    """
    article_id = reading.article_id = item.name
    known = await locked(connection, article_id)
    if known is None or known.withdrawn or await kept_out(connection, article_id):
        return Decision(Outcome.REJECTED, article_id, None, RejectionReason.DO_NOT_INGEST, "was withdrawn meanwhile")
    if known.body_sha256 != item.stated["sha256"]:
        return Decision(Outcome.UNCHANGED, article_id, known.revision, None, "has a newer revision meanwhile")
    digest = record_hash(reading)
    same = known.record_hash == digest if known.record_hash else known.content_hash == reading.content_hash
    revision = known.revision if same else known.revision + 1
    if not same:
        place = item.stated
        ref = RawRef(sha256=place["sha256"], file=place["file"], offset=place["start"])
        await put(connection, reading.article(revision, Change.REREAD, Origin.REPLAY, ref, datetime.now(UTC)))
    await connection.execute(
        "UPDATE ingest.articles SET revision = %s, content_hash = %s, record_hash = %s, reader_version = %s,"
        " changed_at = CASE WHEN %s THEN changed_at ELSE now() END WHERE article_id = %s",
        (revision, reading.content_hash, digest, PARSER_VERSION, same, article_id),
    )
    return Decision(Outcome.UNCHANGED if same else Outcome.PUBLISHED, article_id, revision)

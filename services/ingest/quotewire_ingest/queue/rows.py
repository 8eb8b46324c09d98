"""Convert inputs to rows of ``ingest.inputs`` and back.

What a kind needs beside the common columns is in the JSON of ``stated``. Rows outlive a release: keys are added, never
renamed.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeAlias, assert_never

from psycopg.types.json import Jsonb

from quotewire_ingest.archive.read import ArchivedDocument
from quotewire_ingest.crash import describe
from quotewire_ingest.hints import Hints
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.kinds import (
    FileInput,
    Input,
    InputKind,
    LeasedInput,
    LiftInput,
    ReparseInput,
    SplitProgress,
    UnreadableInput,
    UrlInput,
    WarcRecordInput,
    WithdrawInput,
)
from quotewire_ingest.rejection import RejectedInput
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.text import to_storable, to_storable_json
from quotewire_schemas.article import Origin

Row: TypeAlias = tuple[Any, ...]
Json: TypeAlias = Mapping[str, Any]

COLUMNS = "job, kind, name, url, source_id, external_id, body, stated, origin, outcome, reason, message, done_at, host"
LEASED_COLUMNS = "input_id, job, kind, name, url, source_id, external_id, body, stated, origin, attempts, queued_at"


def to_row(job: uuid.UUID, item: Input | RejectedInput, origin: Origin) -> Row:
    """Return the values of ``COLUMNS``; what is rejected already has its outcome."""
    url = external_id = body = host = None
    outcome: Row = (None, None, None, None)
    match item:
        case RejectedInput():
            outcome = (str(Outcome.REJECTED), str(item.reason), to_storable(item.message), datetime.now(UTC))
            return (job, "text", to_storable(item.name), *[None] * 5, str(origin), *outcome, None)
        case Document():
            url, external_id, body = item.url, item.external_id, item.body
        case UrlInput():
            host = item.host
        case FileInput():
            external_id = item.external_id
        case _:
            pass
    source_id = item.source_id and to_storable(item.source_id)
    return (
        job, str(item.kind), to_storable(item.name), url, source_id, external_id and to_storable(external_id), body,
        _jsonb(stated_of(item)), str(origin), *outcome, host,
    )  # fmt: skip


def stated_of(item: Input) -> Json | None:
    """Return the value of the column ``stated``."""
    match item:
        case Document():
            return item.hints.to_json()
        case UrlInput():
            hints = item.hints.to_json()
            return {**(hints or {}), "depth": item.depth} if item.depth else hints
        case FileInput():
            return None if item.progress == SplitProgress() else {"progress": asdict(item.progress)}
        case WarcRecordInput():
            return {"file": item.file, "start": item.start, "length": item.length}
        case ReparseInput():
            archived = item.archived
            return {
                "file": archived.file, "start": archived.start, "length": archived.length, "sha256": archived.sha256,
                "kind": archived.kind and str(archived.kind), "stated": archived.hints.to_json() or {},
                "url": archived.url,
            }  # fmt: skip
        case WithdrawInput():
            return {"why": item.why} if item.why else None
        case LiftInput():
            return None
        case _:
            assert_never(item)


def from_row(row: Row) -> LeasedInput:
    """Return the leased input in the values of ``LEASED_COLUMNS``; a row that makes no sense is an input, too."""
    try:
        return _from_row(row)
    except Exception as error:  # written by another release, or by hand: whatever it is, the others go on
        input_id, job, _, name, _, source_id, *_, attempts, _ = row
        return LeasedInput(input_id, job, Origin.LIVE, attempts, UnreadableInput(name, source_id, describe(error)))


def _from_row(row: Row) -> LeasedInput:
    input_id, job, kind, name, url, source_id, external_id, body, stated, origin, attempts, queued_at = row
    stated = stated or {}
    item: Input
    match InputKind(kind):
        case InputKind.TEXT | InputKind.HTML | InputKind.RECORD:
            item = Document(
                name, body or b"", DocumentKind(kind), source_id or "files", external_id, queued_at, url=url,
                hints=Hints.from_json(stated),
            )  # fmt: skip
        case InputKind.URL:
            item = UrlInput(name, source_id, Hints.from_json(stated), int(stated.get("depth", 0)))
        case InputKind.FILE:
            item = FileInput(name, source_id, external_id, SplitProgress(**stated.get("progress", {})))
        case InputKind.WARC_RECORD:
            item = WarcRecordInput(stated["file"], stated["start"], stated["length"], source_id)
        case InputKind.REPARSE:
            item = ReparseInput(_archived(name, source_id, stated))
        case InputKind.WITHDRAW:
            item = WithdrawInput(name, str(stated.get("why", "")))
        case InputKind.LIFT:
            item = LiftInput(name)
    return LeasedInput(input_id, job, Origin(origin), attempts, item)


def _archived(article_id: str, source_id: str, stated: Json) -> ArchivedDocument:
    kind = stated.get("kind")
    return ArchivedDocument(
        article_id, source_id, stated.get("url"), stated["file"], stated["start"], stated["length"], stated["sha256"],
        DocumentKind(kind) if kind else None, Hints.from_json(stated.get("stated") or {}),
    )  # fmt: skip


def _jsonb(value: Json | None) -> Jsonb | None:
    return None if value is None else Jsonb(to_storable_json(value))

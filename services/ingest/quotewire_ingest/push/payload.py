"""What a push holds: one article as JSON, or many as JSON Lines; taken whole or refused whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus

from quotewire_ingest.hints import Hints
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.parse.json_lines import parse_json_line, parse_json_object
from quotewire_ingest.rejection import Rejected, RejectionReason

JSON_TYPES = ("application/json",)
LINES_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
# They share one transaction and are looked at before they are accepted: a second of work.
MOST_ARTICLES = 1000
# Who an article is and whom it comes from is not the pusher's to say: the token and the address say it.
_NOT_THEIRS = ("article_id", "type", "source_id", "revision")


class PushRejected(Exception):
    """A push that is not taken: the status of the answer, and what it tells."""

    def __init__(self, status: HTTPStatus, message: str, field: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.field, self.line = status, message, field, line

    def body(self) -> dict[str, object]:
        """The answer: message, and the field and line that are meant where there are any."""
        parts = {"error": self.message, "field": self.field, "line": self.line}
        return {name: value for name, value in parts.items() if value is not None}


def articles_of(body: bytes, media_type: str, source_id: str, outlet: str | None, now: datetime) -> list[Document]:
    """The articles of a push; blocking (a third of a millisecond each).

    Raises ``PushRejected``: 400 with the line and the field, 403 for an article of another source, 413, 415.
    """
    found: list[Document] = []
    for number, line in _lines(body, media_type):
        if len(found) == MOST_ARTICLES:
            raise PushRejected(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {MOST_ARTICLES} articles in one request"
            )
        try:
            found.append(_article(line, number, source_id, outlet, now))
        except Rejected as refused:
            raise PushRejected(HTTPStatus.BAD_REQUEST, refused.message, _field_of(refused), number) from refused
    if not found:
        raise PushRejected(HTTPStatus.BAD_REQUEST, "no article: the body is empty")
    return found


def _lines(body: bytes, media_type: str) -> Iterator[tuple[int | None, bytes]]:
    if media_type in JSON_TYPES:
        if body.strip():
            yield None, body
    elif media_type in LINES_TYPES:
        yield from ((number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip())
    else:
        raise PushRejected(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "application/json for one article, application/x-ndjson for many",
            "Content-Type",
        )  # fmt: skip


def _article(line: bytes, number: int | None, source_id: str, outlet: str | None, now: datetime) -> Document:
    given = parse_json_object(line)
    if given.get("source_id") not in (None, source_id):
        raise PushRejected(HTTPStatus.FORBIDDEN, f"this token pushes for {source_id}", "source_id", number)
    theirs = {name: value for name, value in given.items() if name not in _NOT_THEIRS}
    document = Document(
        f"push:{source_id}" if number is None else f"push:{source_id}:{number}",
        json.dumps(theirs, ensure_ascii=True).encode(),
        DocumentKind.RECORD,
        source_id,
        None,
        now,
        hints=Hints(outlet=outlet),
    )
    parse_json_line(document)  # raises what the pusher should know
    return document


def _field_of(refused: Rejected) -> str | None:
    if refused.reason in (RejectionReason.NOT_JSON, RejectionReason.NOT_UTF8):
        return None
    if refused.reason in (RejectionReason.INVALID, RejectionReason.BAD_ADDRESS):
        return refused.message.partition(":")[0]
    return "text"

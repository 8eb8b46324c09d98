"""Parse the articles of a push: one as JSON, or many as JSON Lines; accepted or rejected as a whole."""

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
# They are checked before they are accepted, a third of a millisecond each, and share one transaction.
MAX_ARTICLES = 1000
# Fields that a push does not decide: the source comes from the token, the article's identity from its URL or its `id`.
_IGNORED_FIELDS = ("article_id", "type", "source_id", "revision")


class PushRejected(Exception):
    """A push that is not accepted: the status and the message of the response."""

    def __init__(self, status: HTTPStatus, message: str, field: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.field, self.line = status, message, field, line

    def __reduce__(self) -> tuple[type[PushRejected], tuple[HTTPStatus, str, str | None, int | None]]:
        """Travel between processes with all arguments."""
        return type(self), (self.status, self.message, self.field, self.line)

    def body(self) -> dict[str, object]:
        """Return the body of the response: the message, and the field and line it is about, where there are any."""
        parts = {"error": self.message, "field": self.field, "line": self.line}
        return {name: value for name, value in parts.items() if value is not None}


def parse_push(body: bytes, media_type: str, source_id: str, outlet: str | None, now: datetime) -> list[Document]:
    """Parse the articles of a push; blocking (a third of a millisecond each).

    Raises ``PushRejected``: 400 with the line and the field, 403 for an article of another source, 413, 415.
    """
    found: list[Document] = []
    for number, line in _lines(body, media_type):
        if len(found) == MAX_ARTICLES:
            raise PushRejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {MAX_ARTICLES} articles in one request")
        try:
            found.append(_article(line, number, source_id, outlet, now))
        except Rejected as rejected:
            raise PushRejected(HTTPStatus.BAD_REQUEST, rejected.message, _field_of(rejected), number) from rejected
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
    fields = {name: value for name, value in given.items() if name not in _IGNORED_FIELDS}
    document = Document(
        f"push:{source_id}" if number is None else f"push:{source_id}:{number}",
        json.dumps(fields, ensure_ascii=True).encode(),
        DocumentKind.RECORD,
        source_id,
        None,
        now,
        hints=Hints(outlet=outlet),
    )
    parse_json_line(document)  # so that the sender learns what is wrong
    return document


def _field_of(rejected: Rejected) -> str | None:
    if rejected.reason in (RejectionReason.NOT_JSON, RejectionReason.NOT_UTF8):
        return None
    if rejected.reason in (RejectionReason.INVALID, RejectionReason.BAD_ADDRESS):
        return rejected.message.partition(":")[0]
    return "text"

"""Read the document in one record of a WARC file."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader

from quotewire_ingest.archive.warc_index import GZIP, OWN_URN, READ_BYTES, RESOURCES
from quotewire_ingest.fetch.decoding import BoundedDecoder
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import host_name, registrable_domain


def read_record(path: Path, start: int, length: int, source_id: str | None, max_bytes: int) -> Document:
    """Read the record at a location; blocking.

    Raises ``Rejected``: ``truncated``, ``too_large``, ``invalid``; ``OSError`` where the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(start)
        raw = file.read(length)
    if len(raw) < length:
        raise Rejected(RejectionReason.TRUNCATED, "the file ends inside the record")
    try:
        record = next(iter(ArchiveIterator(BytesIO(raw))))
        return _document(record, f"{path}@{start}", source_id, max_bytes)
    except Rejected:
        raise
    except Exception as error:  # whatever warcio raises for a record that is none
        raise Rejected(RejectionReason.INVALID, f"not a WARC record ({type(error).__name__})") from error


def _document(record: Any, name: str, source_id: str | None, max_bytes: int) -> Document:
    target = record.rec_headers.get_header("WARC-Target-URI", "").strip("<>")
    at = _date(record.rec_headers.get_header("WARC-Date", ""))
    if record.rec_headers.get_header("WARC-Truncated"):
        raise Rejected(RejectionReason.TRUNCATED, "the crawler kept only the beginning of the page")
    if record.http_headers is None:
        return _resource(record, name, target, at, source_id, max_bytes)
    return _response(record, name, target, at, source_id, max_bytes)


def _resource(record: Any, name: str, target: str, at: datetime, source_id: str | None, max_bytes: int) -> Document:
    """Read a document that was written without an HTTP response; our own archive has such."""
    media = (record.content_type or "").partition(";")[0].strip().lower()
    body = _bounded(record.raw_stream, None, max_bytes)
    kind = RESOURCES.get(media, DocumentKind.RECORD)
    if target.startswith(OWN_URN):
        own_source, _, external = target.removeprefix(OWN_URN).partition(":")
        return Document(name, body, kind, source_id or own_source, external or name, at)
    host = host_name(target) if target.startswith(("http://", "https://")) else None
    own = registrable_domain(host) if host else "warc"
    return Document(name, body, kind, source_id or own, name, at, url=target if host else None)


def _response(record: Any, name: str, target: str, at: datetime, source_id: str | None, max_bytes: int) -> Document:
    """Read a page as a server sent it."""
    headers = [(key.lower(), value) for key, value in record.http_headers.headers]
    fields = dict(headers)
    stream = record.raw_stream
    if fields.get("transfer-encoding", "").lower() == "chunked":
        stream = ChunkedDataReader(stream, decomp_type=None)
    body = _bounded(stream, fields.get("content-encoding"), max_bytes)
    charset = next(
        (
            part.partition("=")[2].strip(" \"'") or None
            for part in fields.get("content-type", "").split(";")[1:]
            if part.strip().lower().startswith("charset=")
        ),
        None,
    )
    return Document(
        name,
        body,
        DocumentKind.HTML,
        source_id or registrable_domain(host_name(target) or "") or "warc",
        None,
        at,
        url=target,
        charset=charset,
        robots_header=fields.get("x-robots-tag"),
        http_headers=tuple(headers),
    )


def _bounded(stream: Any, encoding: str | None, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(READ_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise Rejected(RejectionReason.TOO_LARGE, f"the page has more than {max_bytes // 1024} KiB")
        pieces.append(piece)
    body = b"".join(pieces)
    if not encoding:
        return body
    try:
        decoder = BoundedDecoder(encoding, max_bytes)
        decoder.feed(body)
        return decoder.body()
    except Rejected as rejected:
        # Crawlers that decompress a body often leave the header that says it is compressed.
        if rejected.reason is RejectionReason.TOO_LARGE or body.startswith(GZIP):
            raise
        return body


def _date(stated: str) -> datetime:
    try:
        at = datetime.fromisoformat(stated)
    except ValueError:
        return datetime.now(UTC)
    return at.replace(tzinfo=at.tzinfo or UTC)

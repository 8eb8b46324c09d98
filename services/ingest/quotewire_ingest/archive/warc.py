"""WARC files, plain or packed record by record: where each record lies, and the document in one.

The records are found by going through the file once, in flat memory, without keeping any of it; afterwards each can be
read where it lies, by whoever it is given to.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader

from quotewire_ingest.fetch.decoding import BoundedDecoder
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import registrable_domain

SUFFIXES = (".warc", ".warc.gz")
_GZIP = b"\x1f\x8b"
_READ = 256 * 1024
# WARC headers and the head of the answer stand in the first bytes; longer heads belong to no page that we want.
_HEAD = 32 * 1024
# What may stand behind a record before the next one: two line ends.
_BETWEEN = 4
_MOST_INFLATED_AT_ONCE = 2**20
_PAGES = ("text/html", "application/xhtml+xml")
_RESOURCES = {
    "text/html": DocumentKind.HTML,
    "application/xhtml+xml": DocumentKind.HTML,
    "text/plain": DocumentKind.TEXT,
}
_OUR_RECORD = "application/json"
_URN = "urn:quotewire:"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies in its file, and whether it holds something to read. ``length`` in bytes of the file."""

    start: int
    length: int
    readable: bool


class Damaged(Exception):
    """A file that cannot be read on from ``position``."""

    def __init__(self, position: int, message: str, reason: RejectionReason = RejectionReason.TRUNCATED) -> None:
        super().__init__(message)
        self.position, self.message, self.reason = position, message, reason


def is_warc(path: Path) -> bool:
    """Whether a file is one by its name."""
    return path.name.lower().endswith(SUFFIXES)


def places(file: BinaryIO, start: int = 0) -> Iterator[Place]:
    """The records of a file from ``start`` on, which must be the beginning of one. Raises ``Damaged``."""
    file.seek(start)
    first = file.read(5)
    if not first:
        return
    file.seek(start)
    if first[:2] == _GZIP[: len(first)]:
        yield from _packed(file, start)
    elif b"WARC/".startswith(first):
        yield from _plain(file, start)
    else:
        raise Damaged(start, "no WARC record begins here", RejectionReason.INVALID)


def _packed(file: BinaryIO, start: int) -> Iterator[Place]:
    data = b""
    while data := data or file.read(_READ):
        if len(data) < len(_GZIP):
            data += file.read(_READ)
        if data[:2] != _GZIP[: len(data)]:
            if not data.strip(b"\0\r\n") and not file.read(_READ).strip(b"\0\r\n"):
                return  # padding
            raise Damaged(start, f"no record begins at byte {start}", RejectionReason.INVALID)
        member = zlib.decompressobj(31)
        head = bytearray()
        length = inflated = 0
        ended = False
        while not ended:
            if not data and not (data := file.read(_READ)):
                raise Damaged(start, f"the file ends inside the record at byte {start}")
            try:
                piece = member.decompress(data, _MOST_INFLATED_AT_ONCE)
            except zlib.error as error:
                raise Damaged(start, f"the record at byte {start} is damaged", RejectionReason.ENCODING) from error
            ended = member.eof
            left = member.unused_data if ended else member.unconsumed_tail
            length += len(data) - len(left)
            inflated += len(piece)
            head += piece[: _HEAD - len(head)]
            data = left
        if inflated > _size_of(head, start) + _BETWEEN:
            raise Damaged(
                start,
                "packed as a whole, not record by record; `warcio recompress` mends that",
                RejectionReason.INVALID,
            )
        yield Place(start, length, _is_readable(bytes(head)))
        start += length


def _plain(file: BinaryIO, start: int) -> Iterator[Place]:
    while True:
        file.seek(start)
        head = file.read(_HEAD)
        blank = len(head) - len(head.lstrip(b"\r\n"))
        if not head[blank:]:
            return
        start, head = start + blank, head[blank:]
        length = _size_of(head, start)
        file.seek(0, 2)
        if file.tell() < start + length:
            raise Damaged(start, f"the file ends inside the record at byte {start}")
        yield Place(start, length, _is_readable(head[:length]))
        start += length


def _size_of(head: bytes | bytearray, start: int) -> int:
    """Bytes of a record, head and content. Raises ``Damaged``."""
    fields, end = _fields(bytes(head))
    length = fields.get("content-length", "")
    if not head.startswith(b"WARC/") or not end or not length.isdigit():
        if len(head) < _HEAD and not end and bytes(head[:5]) == b"WARC/"[: len(head)]:
            raise Damaged(start, f"the file ends inside the record at byte {start}")
        raise Damaged(start, f"what lies at byte {start} is no WARC record", RejectionReason.INVALID)
    return end + int(length)


def _fields(head: bytes) -> tuple[dict[str, str], int]:
    """The header lines at the beginning, names in lower case, and where they end (0: they do not)."""
    ends = [(at, at + len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := head.find(mark)) >= 0]
    if not ends:
        return {}, 0
    stop, end = min(ends)
    lines = head[:stop].decode("utf-8", "replace").splitlines()[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}, end


def _is_readable(head: bytes) -> bool:
    """Whether a record holds a page that a server gave with status 200, or a text that somebody put there."""
    fields, end = _fields(head)
    kind = fields.get("warc-type", "")
    if kind in ("resource", "conversion"):
        media = fields.get("content-type", "").partition(";")[0].strip().lower()
        return media in _RESOURCES or _is_ours(fields, media)
    if kind != "response" or not fields.get("warc-target-uri", "").strip("<>").startswith(("http://", "https://")):
        return False
    status = head[end : end + 64].split(None, 2)
    answer, _ = _fields(head[end:])
    media = answer.get("content-type", "text/html").partition(";")[0].strip().lower()
    return status[1:2] == [b"200"] and media in _PAGES


def _is_ours(fields: dict[str, str], media: str) -> bool:
    return media == _OUR_RECORD and fields.get("warc-target-uri", "").startswith(_URN)


def read_place(path: Path, start: int, length: int, source_id: str | None, most_bytes: int) -> Document:
    """The document in the record at a place; blocking.

    Raises ``Rejected``: ``truncated``, ``too_large``, ``invalid``; ``OSError`` where the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(start)
        raw = file.read(length)
    if len(raw) < length:
        raise Rejected(RejectionReason.TRUNCATED, "the file ends inside the record")
    try:
        record = next(iter(ArchiveIterator(BytesIO(raw))))
        return _document(record, f"{path}@{start}", source_id, most_bytes)
    except Rejected:
        raise
    except Exception as error:  # whatever warcio raises for a record that is none
        raise Rejected(RejectionReason.INVALID, f"not a WARC record ({type(error).__name__})") from error


def _document(record: Any, name: str, source_id: str | None, most_bytes: int) -> Document:
    target = record.rec_headers.get_header("WARC-Target-URI", "").strip("<>")
    at = _date(record.rec_headers.get_header("WARC-Date", ""))
    if record.rec_headers.get_header("WARC-Truncated"):
        raise Rejected(RejectionReason.TRUNCATED, "the crawler kept only the beginning of the page")
    if record.http_headers is None:
        media = (record.content_type or "").partition(";")[0].strip().lower()
        body = _bounded(record.raw_stream, None, most_bytes)
        kind = _RESOURCES.get(media, DocumentKind.RECORD)
        if target.startswith(_URN):
            own_source, _, external = target.removeprefix(_URN).partition(":")
            return Document(name, body, kind, source_id or own_source, external or name, at)
        host = urlsplit(target).hostname if target.startswith(("http://", "https://")) else None
        own = registrable_domain(host) if host else "warc"
        return Document(name, body, kind, source_id or own, name, at, url=target if host else None)
    headers = [(key.lower(), value) for key, value in record.http_headers.headers]
    fields = dict(headers)
    stream = record.raw_stream
    if fields.get("transfer-encoding", "").lower() == "chunked":
        stream = ChunkedDataReader(stream, decomp_type=None)
    body = _bounded(stream, fields.get("content-encoding"), most_bytes)
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
        source_id or registrable_domain(urlsplit(target).hostname or ""),
        None,
        at,
        url=target,
        charset=charset,
        robots_header=fields.get("x-robots-tag"),
        http_headers=tuple(headers),
    )


def _bounded(stream: Any, encoding: str | None, most_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_READ):
        size += len(piece)
        if size > most_bytes:
            raise Rejected(RejectionReason.TOO_LARGE, f"the page has more than {most_bytes // 1024} KiB")
        pieces.append(piece)
    body = b"".join(pieces)
    if not encoding:
        return body
    try:
        decoder = BoundedDecoder(encoding, most_bytes)
        decoder.feed(body)
        return decoder.body()
    except Rejected as refused:
        # Crawlers that unpack a body often leave the header that says it is packed.
        if refused.reason is RejectionReason.TOO_LARGE or body.startswith(_GZIP):
            raise
        return body


def _date(stated: str) -> datetime:
    try:
        at = datetime.fromisoformat(stated)
    except ValueError:
        return datetime.now(UTC)
    return at.replace(tzinfo=at.tzinfo or UTC)

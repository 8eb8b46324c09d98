"""Find where each record of a WARC file is, plain or compressed record by record.

The file is read once, in flat memory; afterwards each record can be read by its location.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from quotewire_ingest.model import DocumentKind
from quotewire_ingest.rejection import RejectionReason

SUFFIXES = (".warc", ".warc.gz")
GZIP = b"\x1f\x8b"
READ_BYTES = 256 * 1024
# WARC headers and the head of the HTTP response are in the first bytes; longer heads belong to no page that we want.
_HEAD_BYTES = 32 * 1024
# What may follow a record before the next one: two line ends.
_BETWEEN_BYTES = 4
_MAX_INFLATED_BYTES = 2**20
_PAGES = ("text/html", "application/xhtml+xml")
RESOURCES = {
    "text/html": DocumentKind.HTML,
    "application/xhtml+xml": DocumentKind.HTML,
    "text/plain": DocumentKind.TEXT,
}
"""Media types of `resource` and `conversion` records that hold a document."""
_OWN_RECORD = "application/json"
OWN_URN = "urn:quotewire:"
"""The target of documents without a URL that our own archive wrote."""


@dataclass(frozen=True, slots=True)
class RecordLocation:
    """Where a record is in its file, in bytes, and whether it holds a document that can be parsed."""

    start: int
    length: int
    readable: bool


class DamagedWarc(Exception):
    """A file that cannot be read beyond ``position``."""

    def __init__(self, position: int, message: str, reason: RejectionReason = RejectionReason.TRUNCATED) -> None:
        super().__init__(message)
        self.position, self.message, self.reason = position, message, reason


def is_warc(path: Path) -> bool:
    """Return whether a file is a WARC file, by its name."""
    return path.name.lower().endswith(SUFFIXES)


def iter_locations(file: BinaryIO, start: int = 0) -> Iterator[RecordLocation]:
    """Find the records of a file from ``start`` on, where one must begin. Raises ``DamagedWarc``."""
    file.seek(start)
    first = file.read(5)
    if not first:
        return
    file.seek(start)
    if first[:2] == GZIP[: len(first)]:
        yield from _iter_compressed(file, start)
    elif b"WARC/".startswith(first):
        yield from _iter_plain(file, start)
    else:
        raise DamagedWarc(start, "no WARC record begins here", RejectionReason.INVALID)


def _iter_compressed(file: BinaryIO, start: int) -> Iterator[RecordLocation]:
    data = b""
    while data := data or file.read(READ_BYTES):
        if len(data) < len(GZIP):
            data += file.read(READ_BYTES)
        if data[:2] != GZIP[: len(data)]:
            if not data.strip(b"\0\r\n") and not file.read(READ_BYTES).strip(b"\0\r\n"):
                return  # padding
            raise DamagedWarc(start, f"no record begins at byte {start}", RejectionReason.INVALID)
        member = zlib.decompressobj(31)
        head = bytearray()
        length = inflated = 0
        ended = False
        while not ended:
            if not data and not (data := file.read(READ_BYTES)):
                raise DamagedWarc(start, f"the file ends inside the record at byte {start}")
            try:
                piece = member.decompress(data, _MAX_INFLATED_BYTES)
            except zlib.error as error:
                raise DamagedWarc(start, f"the record at byte {start} is damaged", RejectionReason.ENCODING) from error
            ended = member.eof
            left = member.unused_data if ended else member.unconsumed_tail
            length += len(data) - len(left)
            inflated += len(piece)
            head += piece[: _HEAD_BYTES - len(head)]
            data = left
        if inflated > _size_of(head, start) + _BETWEEN_BYTES:
            raise DamagedWarc(
                start,
                "packed as a whole, not record by record; `warcio recompress` mends that",
                RejectionReason.INVALID,
            )
        yield RecordLocation(start, length, _is_readable(bytes(head)))
        start += length


def _iter_plain(file: BinaryIO, start: int) -> Iterator[RecordLocation]:
    while True:
        file.seek(start)
        head = file.read(_HEAD_BYTES)
        blank = len(head) - len(head.lstrip(b"\r\n"))
        if not head[blank:]:
            return
        start, head = start + blank, head[blank:]
        length = _size_of(head, start)
        file.seek(0, 2)
        if file.tell() < start + length:
            raise DamagedWarc(start, f"the file ends inside the record at byte {start}")
        yield RecordLocation(start, length, _is_readable(head[:length]))
        start += length


def _size_of(head: bytes | bytearray, start: int) -> int:
    """Return the bytes of a record, head and content. Raises ``DamagedWarc``."""
    fields, end = _fields(bytes(head))
    length = fields.get("content-length", "")
    if not head.startswith(b"WARC/") or not end or not length.isdigit():
        if len(head) < _HEAD_BYTES and not end and bytes(head[:5]) == b"WARC/"[: len(head)]:
            raise DamagedWarc(start, f"the file ends inside the record at byte {start}")
        raise DamagedWarc(start, f"what lies at byte {start} is no WARC record", RejectionReason.INVALID)
    return end + int(length)


def _fields(head: bytes) -> tuple[dict[str, str], int]:
    """Parse the header lines at the beginning, names in lower case; return where they end, too (0: they do not)."""
    ends = [(at, at + len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := head.find(mark)) >= 0]
    if not ends:
        return {}, 0
    stop, end = min(ends)
    lines = head[:stop].decode("utf-8", "replace").splitlines()[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}, end


def _is_readable(head: bytes) -> bool:
    """Return whether a record holds a page, sent with status 200 or 203, or a document without a response."""
    fields, end = _fields(head)
    kind = fields.get("warc-type", "")
    if kind in ("resource", "conversion"):
        media = fields.get("content-type", "").partition(";")[0].strip().lower()
        return media in RESOURCES or _is_own(fields, media)
    if kind != "response" or not fields.get("warc-target-uri", "").strip("<>").startswith(("http://", "https://")):
        return False
    status = head[end : end + 64].split(None, 2)
    answer, _ = _fields(head[end:])
    media = answer.get("content-type", "text/html").partition(";")[0].strip().lower()
    return status[1:2] in ([b"200"], [b"203"]) and media in _PAGES


def _is_own(fields: dict[str, str], media: str) -> bool:
    return media == _OWN_RECORD and fields.get("warc-target-uri", "").startswith(OWN_URN)

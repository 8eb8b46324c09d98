"""Write the raw bytes of what is published to WARC files, and destroy them when an article is withdrawn."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import socket
import threading
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from quotewire_ingest.archive.folder import folder_id
from quotewire_ingest.model import Document, DocumentKind
from quotewire_schemas.article import RawRef

_TYPES = {DocumentKind.TEXT: "text/plain", DocumentKind.HTML: "text/html", DocumentKind.RECORD: "application/json"}
_GZIP_HEAD = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"  # flag 16: a comment follows
_EMPTY_MEMBER_END = b"\x03\x00" + b"\x00" * 8
MIN_RECORD_BYTES = len(_GZIP_HEAD) + 1 + len(_EMPTY_MEMBER_END)
"""What is shorter cannot be overwritten by an empty record, and holds no word."""


@dataclass(frozen=True, slots=True)
class WrittenRecord:
    """Where a document was written: ``ref`` for its record; bytes and the folder's id, for destroying it."""

    ref: RawRef
    length: int
    folder: str


class Archive:
    """Appends to a segment of its own, so that replicas can share a folder. Blocking, from any thread.

    A crash leaves at most one torn record at the end of a segment; the next process begins another.
    """

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        self._folder, self._segment_bytes = folder, segment_bytes
        self._file: BinaryIO | None = None
        self._name = ""
        self._number = 0
        self._lock = threading.RLock()
        self._folder_id: str | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        """Where the segments are."""
        return self._folder

    @property
    def folder_id(self) -> str:
        """The id of the folder, see :mod:`quotewire_ingest.archive.folder`. Raises ``OSError``."""
        if self._folder_id is None:
            self._folder_id = folder_id(self._folder)
        return self._folder_id

    def append(self, document: Document) -> WrittenRecord:
        """Write one document; on disk only after :meth:`flush`.

        Raises ``OSError`` (disk full): the next record begins another segment.
        """
        with self._lock:
            folder = self.folder_id
            file = self._segment()
            start = file.tell()
            try:
                self._write(file, document)
                file.flush()
            except OSError:
                self._abandon(empty=start == 0)
                raise
            digest = hashlib.sha256(document.body).hexdigest()
            return WrittenRecord(RawRef(sha256=digest, file=self._name, offset=start), file.tell() - start, folder)

    def flush(self) -> None:
        """Write everything that was appended to the disk. Raises ``OSError``."""
        with self._lock:
            if self._file is not None:
                self._file.flush()
                os.fsync(self._file.fileno())

    def destroy(self, file: str, start: int, length: int, why: bytes) -> bool:
        """Overwrite a record by an empty one of the same length, so that the locations of the others stay valid.

        ``why`` goes into the comment of the gzip member. Returns False where it was destroyed before. Raises
        ``OSError``; where the folder has no such file, ``FileNotFoundError``.
        """
        self.flush()
        with (self._folder / Path(file).name).open("r+b") as segment:
            segment.seek(start)
            if segment.read(len(_GZIP_HEAD)) in (_GZIP_HEAD, b""):
                return False
            segment.seek(start)
            segment.write(_empty_member(length, why))
            segment.flush()
            os.fsync(segment.fileno())
        return True

    def close(self) -> None:
        """Close the segment."""
        with self._lock:
            if self._file is not None:
                self.flush()
                self._file.close()
                self._file = None

    def _abandon(self, empty: bool) -> None:
        """Close a segment whose last record may be torn; a buffer that cannot be written is dropped.

        A segment without a whole record is deleted: a disk that stays full would get another one every second.
        """
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()
            if empty:
                with contextlib.suppress(OSError):
                    (self._folder / self._name).unlink()

    def _segment(self) -> BinaryIO:
        if self._file is not None and self._file.tell() >= self._segment_bytes:
            self.close()
        if self._file is None:
            self._number += 1
            host = "".join(char for char in socket.gethostname() if char.isalnum() or char == "-")
            self._name = f"quotewire-{os.urandom(4).hex()}-{host}-{os.getpid()}-{self._number:05}.warc.gz"
            self._file = (self._folder / self._name).open("xb")
            fcntl.flock(self._file, fcntl.LOCK_SH)  # while it is open, retention does not delete it
        return self._file

    def _write(self, file: BinaryIO, document: Document) -> None:
        writer = WARCWriter(file, gzip=True)
        target = document.url or f"urn:quotewire:{document.source_id}:{document.external_id or document.name}"
        date = document.fetched_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        headers = {"WARC-Date": date}
        if document.http_headers is None:
            kind, content = "resource", {"warc_content_type": _TYPES[document.kind]}
        else:
            # The body is archived decoded: headers about its encoding on the wire are left out.
            skipped = ("content-encoding", "transfer-encoding", "content-length", "set-cookie")
            lines = [(name, value) for name, value in document.http_headers if name.lower() not in skipped]
            lines.append(("Content-Length", str(len(document.body))))
            kind, content = "response", {"http_headers": StatusAndHeaders("200 OK", lines, protocol="HTTP/1.1")}
        record = writer.create_warc_record(
            target, kind, payload=BytesIO(document.body), length=len(document.body), warc_headers_dict=headers,
            **content,
        )  # fmt: skip
        writer.write_record(record)


def _empty_member(length: int, why: bytes) -> bytes:
    """Make a gzip member of exactly ``length`` bytes that decompresses to nothing: its comment fills the space."""
    space = length - MIN_RECORD_BYTES
    assert space >= 0, "no WARC record is that short"
    member = _GZIP_HEAD + why.ljust(space)[:space] + b"\x00" + _EMPTY_MEMBER_END
    assert zlib.decompress(member, 31) == b""
    return member

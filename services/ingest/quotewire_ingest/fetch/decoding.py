"""Undoes the content encodings of an answer piece by piece, with a bound on what comes out.

httpx and most others inflate a received piece at once: 317 bytes of brotli became one piece of 200 MB. Here the bound
holds inside a piece.
"""

from __future__ import annotations

import zlib
from typing import Protocol

from quotewire_ingest.rejection import Rejected, RejectionReason

ACCEPT_ENCODING = "gzip, deflate"
# More encodings in a row than this are a trick.
_MOST_ENCODINGS = 3


_HEAD_BYTES = 2


class _Stage(Protocol):
    def feed(self, data: bytes, room: int) -> bytes: ...

    def end(self, room: int) -> bytes: ...


class BoundedDecoder:
    """Takes encoded pieces, holds the decoded body. Raises ``Rejected``: ``too_large``, ``encoding``, ``truncated``."""

    def __init__(self, content_encoding: str | None, most_bytes: int) -> None:
        names = [name.strip().lower() for name in (content_encoding or "").split(",") if name.strip()]
        names = [name for name in names if name != "identity"]
        if len(names) > _MOST_ENCODINGS:
            raise Rejected(RejectionReason.ENCODING, f"{len(names)} content encodings in a row")
        self._stages = [_stage(name) for name in reversed(names)]
        self._most = most_bytes
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> None:
        """Take the next piece as it came off the wire."""
        self._pass(data, 0)

    def body(self) -> bytes:
        """The whole decoded body, after the last piece."""
        for i, stage in enumerate(self._stages):
            self._pass(stage.end(self._room()), i + 1)
        return b"".join(self._pieces)

    def _pass(self, data: bytes, first: int) -> None:
        for stage in self._stages[first:]:
            if not data:
                return
            data = stage.feed(data, self._room())
        self._size += len(data)
        if self._size > self._most:
            raise Rejected(RejectionReason.TOO_LARGE, f"the answer has more than {self._most // 1024} KiB")
        self._pieces.append(data)

    def _room(self) -> int:
        return self._most - self._size + 1


class _Inflate:
    """gzip (with any number of members) and deflate (with or without the zlib wrapper)."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._object = zlib.decompressobj(31 if gzip else 15)
        self._head = b""
        self._started = False

    def feed(self, data: bytes, room: int) -> bytes:
        if not self._started:
            data = self._head + data
            if len(data) < _HEAD_BYTES:
                self._head = data
                return b""
            self._started = True
            if not self._gzip and not _has_zlib_head(data):
                self._object = zlib.decompressobj(-15)
        out: list[bytes] = []
        while data and room > 0:
            try:
                piece = self._object.decompress(data, room)
            except zlib.error as error:
                raise Rejected(RejectionReason.ENCODING, "the compressed answer is damaged") from error
            out.append(piece)
            room -= len(piece)
            data = self._object.unconsumed_tail
            if self._object.eof:
                rest = self._object.unused_data
                data = (
                    rest if self._gzip and rest[:2] == b"\x1f\x8b" else b""
                )  # what follows the last member is padding
                if data:
                    self._object = zlib.decompressobj(31)
        return b"".join(out)

    def end(self, room: int) -> bytes:
        if not self._started and self._head:
            raise Rejected(RejectionReason.TRUNCATED, "the compressed answer ends too early")
        if self._started and not self._object.eof:
            raise Rejected(RejectionReason.TRUNCATED, "the compressed answer ends too early")
        return b""


class _Whole:
    """brotli and zstd, which the library can only bound for a body as a whole.

    We do not ask for them; some servers send them anyway.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._data = bytearray()

    def feed(self, data: bytes, room: int) -> bytes:
        self._data += data
        if len(self._data) > room:
            raise Rejected(RejectionReason.TOO_LARGE, "the answer is too large")
        return b""

    def end(self, room: int) -> bytes:
        if not self._data:
            return b""
        import cramjam

        out = bytearray(room)
        try:
            size = (cramjam.brotli if self._name == "br" else cramjam.zstd).decompress_into(bytes(self._data), out)
        except cramjam.DecompressionError as error:
            raise Rejected(
                RejectionReason.ENCODING, f"the {self._name} answer is damaged or larger than {room // 1024} KiB"
            ) from error
        return bytes(out[:size])


def _has_zlib_head(data: bytes) -> bool:
    """RFC 1950: method 8, and the first two bytes are a multiple of 31. Some servers send deflate without it."""
    return data[0] & 0x0F == 8 and (data[0] * 256 + data[1]) % 31 == 0


def _stage(name: str) -> _Stage:
    if name in ("gzip", "x-gzip"):
        return _Inflate(gzip=True)
    if name == "deflate":
        return _Inflate(gzip=False)
    if name in ("br", "zstd"):
        return _Whole(name)
    raise Rejected(RejectionReason.ENCODING, f"content encoding {name[:30]!r} is not known")

"""Decode the content encodings of a response piece by piece, with a bound on the decoded size.

httpx and most other clients decompress each received piece at once: 317 bytes of brotli became one piece of 200 MB.
Here the bound holds inside a piece, too.
"""

from __future__ import annotations

import zlib
from typing import Protocol

from quotewire_ingest.rejection import Rejected, RejectionReason

ACCEPT_ENCODING = "gzip, deflate"
# Servers use one encoding, rarely two; longer chains only multiply the work of a decompression bomb.
_MAX_ENCODINGS = 3

_DECODABLE = frozenset(["gzip", "x-gzip", "deflate", "br", "zstd"])
_UNDECODABLE = frozenset([
    "compress", "x-compress", "exi", "pack200-gzip", "aes128gcm", "dcb", "dcz", "bzip2", "x-bzip2", "xz", "lzma", "lz4",
    "snappy",
])  # fmt: skip
"""Registered encodings, and others in use, that we have no decoder for. Any other name, such as `utf-8`, `none` or
`binary`, is a mistake in the header: the body is as it is, and browsers show it."""

_ZLIB_HEAD_BYTES = 2
_GZIP_MAGIC = b"\x1f\x8b"
# Window bits of zlib: with its wrapper, with gzip's, and for raw deflate.
_ZLIB, _GZIP, _RAW_DEFLATE = 15, 31, -15


class _Decompressor(Protocol):
    """One content encoding. Both methods return at most ``max_bytes``."""

    def feed(self, data: bytes, max_bytes: int) -> bytes: ...

    def finish(self, max_bytes: int) -> bytes: ...


class BoundedDecoder:
    """Takes a response as it is received, and holds its decoded body.

    All methods raise ``Rejected``: ``too_large``, ``encoding``, ``truncated``.
    """

    def __init__(self, content_encoding: str | None, max_bytes: int) -> None:
        """Prepare the decompressors for a Content-Encoding header; ``max_bytes`` bounds the decoded body."""
        names = [name.strip().lower() for name in (content_encoding or "").split(",") if name.strip()]
        names = [name for name in names if name in _DECODABLE or name in _UNDECODABLE]
        if len(names) > _MAX_ENCODINGS:
            raise Rejected(RejectionReason.ENCODING, f"{len(names)} content encodings in a row")
        self._decompressors = [_decompressor(name) for name in reversed(names)]
        self._max_bytes = max_bytes
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> None:
        """Decode the next piece."""
        self._decode(data, 0)

    def body(self) -> bytes:
        """Return the whole body. Call it once, after the last piece."""
        for index, decompressor in enumerate(self._decompressors):
            self._decode(decompressor.finish(self._remaining()), index + 1)
        return b"".join(self._pieces)

    def _decode(self, data: bytes, first: int) -> None:
        """Pass data through the decompressors from index ``first`` on, and keep the result."""
        for decompressor in self._decompressors[first:]:
            if not data:
                return
            data = decompressor.feed(data, self._remaining())
        self._size += len(data)
        if self._size > self._max_bytes:
            raise Rejected(RejectionReason.TOO_LARGE, f"the response has more than {self._max_bytes // 1024} KiB")
        self._pieces.append(data)

    def _remaining(self) -> int:
        return self._max_bytes - self._size + 1  # one more, so that a body that is too large is noticed


class _Inflate:
    """gzip (with any number of members) and deflate (with or without the zlib wrapper)."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._object = zlib.decompressobj(_GZIP if gzip else _ZLIB)
        self._head = b""
        self._started = False

    def feed(self, data: bytes, max_bytes: int) -> bytes:
        if not self._started:
            data = self._head + data
            if len(data) < _ZLIB_HEAD_BYTES:
                self._head = data
                return b""
            self._started = True
            if not self._gzip and not _has_zlib_head(data):
                self._object = zlib.decompressobj(_RAW_DEFLATE)
        out: list[bytes] = []
        while data and max_bytes > 0:
            try:
                piece = self._object.decompress(data, max_bytes)
            except zlib.error as error:
                raise Rejected(RejectionReason.ENCODING, "the compressed response is damaged") from error
            out.append(piece)
            max_bytes -= len(piece)
            data = self._object.unconsumed_tail
            if self._object.eof:
                rest = self._object.unused_data
                data = rest if self._gzip and rest[:2] == _GZIP_MAGIC else b""  # padding follows the last member
                if data:
                    self._object = zlib.decompressobj(_GZIP)
        return b"".join(out)

    def finish(self, max_bytes: int) -> bytes:
        is_incomplete = not self._object.eof if self._started else bool(self._head)
        if is_incomplete:
            raise Rejected(RejectionReason.TRUNCATED, "the compressed response ends too early")
        return b""


class _WholeBody:
    """brotli and zstd: the library can bound only the decompression of a whole body.

    We do not ask for them, but some servers send them anyway.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._data = bytearray()

    def feed(self, data: bytes, max_bytes: int) -> bytes:
        self._data += data
        if len(self._data) > max_bytes:
            raise Rejected(RejectionReason.TOO_LARGE, "the response is too large")
        return b""

    def finish(self, max_bytes: int) -> bytes:
        if not self._data:
            return b""
        import cramjam

        out = bytearray(max_bytes)
        try:
            size = (cramjam.brotli if self._name == "br" else cramjam.zstd).decompress_into(bytes(self._data), out)
        except cramjam.DecompressionError as error:
            raise Rejected(
                RejectionReason.ENCODING, f"the {self._name} response is damaged or larger than {max_bytes // 1024} KiB"
            ) from error
        return bytes(out[:size])


def _has_zlib_head(data: bytes) -> bool:
    """RFC 1950: method 8, and the first two bytes are a multiple of 31. Some servers send deflate without it."""
    return data[0] & 0x0F == 8 and (data[0] * 256 + data[1]) % 31 == 0


def _decompressor(name: str) -> _Decompressor:
    if name in ("gzip", "x-gzip"):
        return _Inflate(gzip=True)
    if name == "deflate":
        return _Inflate(gzip=False)
    if name in ("br", "zstd"):
        return _WholeBody(name)
    raise Rejected(RejectionReason.ENCODING, f"content encoding {name!r} cannot be decoded")

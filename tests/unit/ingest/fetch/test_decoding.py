"""Bodies are decoded within a bound, whatever they inflate to."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import cramjam
import pytest

from quotewire_ingest.fetch.decoding import BoundedDecoder
from quotewire_ingest.rejection import Rejected, RejectionReason

BODY = b"<p>The ferry was late again on Monday, the harbour master said.</p>" * 200
MAX_BYTES = 1_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def decoded(encoding: str | None, data: bytes, piece: int = 7, max_bytes: int = MAX_BYTES) -> bytes:
    decoder = BoundedDecoder(encoding, max_bytes)
    for start in range(0, len(data), piece):
        decoder.feed(data[start : start + piece])
    return decoder.body()


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        (None, BODY),
        ("identity", BODY),
        ("UTF-8", BODY),
        ("none", BODY),
        ("binary", BODY),
        ("text/html; charset=utf-8", BODY),
        ("rot13", BODY),
        ("utf-8, gzip", gzip.compress(BODY)),
        ("none, none, none, none, none", BODY),
        ("gzip", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY)),
        ("gzip", gzip.compress(BODY[:500]) + gzip.compress(BODY[500:])),
        ("gzip", gzip.compress(BODY) + b"\0\0\0padding"),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("deflate, gzip", gzip.compress(zlib.compress(BODY))),
        ("gzip, gzip", gzip.compress(gzip.compress(BODY))),
        ("br", bytes(cramjam.brotli.compress(BODY))),
        ("zstd", bytes(cramjam.zstd.compress(BODY))),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_encodings_that_servers_send(encoding: str | None, data: bytes, piece: int) -> None:
    assert decoded(encoding, data, piece) == BODY


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
        ("br", lambda data: bytes(cramjam.brotli.compress(data, level=3))),  # the default: 3 s for no byte less
        ("zstd", lambda data: bytes(cramjam.zstd.compress(data))),
    ],
    ids=["gzip", "deflate", "gzip twice", "br", "zstd"],
)
def test_bombs_stay_within_the_bound(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    data = pack(bytes(50_000_000))
    tracemalloc.start()
    with pytest.raises(Rejected) as rejected:
        decoded(encoding, data, len(data))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rejected.value.reason in (RejectionReason.TOO_LARGE, RejectionReason.ENCODING)
    assert peak < 10 * MAX_BYTES


@pytest.mark.parametrize(
    ("encoding", "data", "reason"),
    [
        ("gzip", gzip.compress(BODY)[:-40], RejectionReason.TRUNCATED),
        ("deflate", zlib.compress(BODY)[:-20], RejectionReason.TRUNCATED),
        ("gzip", BODY, RejectionReason.ENCODING),
        ("br", b"\xff\xff\xff\xff", RejectionReason.ENCODING),
        ("compress", BODY, RejectionReason.ENCODING),
        ("dcz", BODY, RejectionReason.ENCODING),
        ("gzip, gzip, gzip, gzip", BODY, RejectionReason.ENCODING),
        (None, bytes(MAX_BYTES + 1), RejectionReason.TOO_LARGE),
    ],
)
def test_broken_bodies_are_rejected_with_a_reason(encoding: str | None, data: bytes, reason: RejectionReason) -> None:
    with pytest.raises(Rejected) as rejected:
        decoded(encoding, data)
    assert rejected.value.reason is reason


def test_an_empty_body_is_empty() -> None:
    assert decoded("gzip", b"") == b""

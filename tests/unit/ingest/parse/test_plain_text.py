"""The bytes of a text file are decoded, or rejected."""

import pytest

from quotewire_ingest.parse.plain_text import decode_plain_text
from quotewire_ingest.rejection import Rejected, RejectionReason


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"plain", "plain"),
        ("Straße – „so“".encode(), "Straße – „so“"),
        (b"\xef\xbb\xbfwith a mark", "with a mark"),
        ("wide".encode("utf-16"), "wide"),
        ("wider".encode("utf-32"), "wider"),
        (b"one bad \xff byte in many. " + b"x" * 2000, "one bad � byte in many. " + "x" * 2000),
    ],
)
def test_decode_plain_text(body: bytes, text: str) -> None:
    assert decode_plain_text(body) == text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", RejectionReason.EMPTY),
        (bytes(range(256)) * 40, RejectionReason.BINARY),
        ("Übermut größer Ästhetik".encode("latin-1"), RejectionReason.NOT_UTF8),
        ("wide, without a mark".encode("utf-16-le"), RejectionReason.BINARY),
        (b"\xff\xfea", RejectionReason.NOT_UTF8),
    ],
)
def test_bytes_that_are_no_text_are_rejected(body: bytes, reason: RejectionReason) -> None:
    with pytest.raises(Rejected) as rejected:
        decode_plain_text(body)
    assert rejected.value.reason is reason

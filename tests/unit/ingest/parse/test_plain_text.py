"""Text files end as clean text or with the reason why not."""

import pytest

from quotewire_ingest.parse.normalization import normalize_text
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
def test_bytes_to_text(body: bytes, text: str) -> None:
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
def test_bytes_that_are_no_text(body: bytes, reason: RejectionReason) -> None:
    with pytest.raises(Rejected) as refused:
        decode_plain_text(body)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("e\u0301", "é"),
        ("\ufeffa\u0007b", "ab"),
        ("a  \n\n\n\n b", "a\n\n b"),
        ("a\u2028b", "a\nb"),
        ("👩\u200d🚒 می\u200cخواهم", "👩\u200d🚒 می\u200cخواهم"),
    ],
)
def test_tidy(text: str, tidied: str) -> None:
    assert normalize_text(text) == tidied


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\0b", RejectionReason.NUL),
        ("a\ud800b", RejectionReason.SURROGATE),
        (" \n\t ", RejectionReason.BLANK),
        ("x" * (256 * 1024 + 1), RejectionReason.TOO_LARGE),
        ("ä" * (128 * 1024 + 1), RejectionReason.TOO_LARGE),
    ],
)
def test_text_that_is_refused(text: str, reason: RejectionReason) -> None:
    with pytest.raises(Rejected) as refused:
        normalize_text(text)
    assert refused.value.reason is reason


def test_the_longest_text_is_taken() -> None:
    assert len(normalize_text("x" * (256 * 1024))) == 256 * 1024

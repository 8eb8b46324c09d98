"""Text is brought into one form, or rejected."""

import pytest

from quotewire_ingest.parse.normalization import normalize_text
from quotewire_ingest.rejection import Rejected, RejectionReason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("e\u0301", "é"),
        ("\ufeffa\u0007b", "ab"),
        ("a  \n\n\n\n b", "a\n\n b"),
        ("a\u2028b", "a\nb"),
        ("👩\u200d🚒 می\u200cخواهم", "👩\u200d🚒 می\u200cخواهم"),
    ],
)
def test_normalize_text(text: str, expected: str) -> None:
    assert normalize_text(text) == expected


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
def test_text_that_is_rejected(text: str, reason: RejectionReason) -> None:
    with pytest.raises(Rejected) as rejected:
        normalize_text(text)
    assert rejected.value.reason is reason


def test_the_longest_text_is_accepted() -> None:
    assert len(normalize_text("x" * (256 * 1024))) == 256 * 1024

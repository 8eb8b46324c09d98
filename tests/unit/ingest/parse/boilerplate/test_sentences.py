"""Running text is told from headlines and teasers."""

import pytest

from quotewire_ingest.parse.boilerplate.sentences import is_sentence


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("The ferry to Oststrand was late again on Monday, the harbour master Ilvane Morrec said.", True),
        ("“We are late,” she said.", True),
        ("What comes next", False),
        ("Old pier to be torn down, says builder who has seen the…", False),
        ("Try the new boat with the whole family this weekend 😉", True),
        ("フェリーは月曜日にまた遅れたと港長のモレックさんは夕方に述べた。", True),
    ],
)
def test_is_sentence(line: str, expected: bool) -> None:
    assert is_sentence(line) is expected

"""A block of a page is found in the text, in whole or in part."""

import pytest

from quotewire_ingest.parse.body.folded_text import FoldedText
from quotewire_ingest.parse.folding import fold

LINES = [
    "The mill at Tarnholt will close in June,",
    "its owner Ada Brickell told the workers on Tuesday morning.",
    "Some 140 people work at the mill, which has made paper for banknotes since the time of her grandfather.",
]


@pytest.mark.parametrize(
    ("block", "line"),
    [
        (LINES[0], 0),
        (LINES[1], 1),
        (f"{LINES[0]} {LINES[1]}", 1),
        ("Some 140 people, according to the list of 2 May, work at the mill, which has made paper for banknotes", 2),
        ("Ada Brickell told the workers", 1),
        ("The county at Tarnholt will not give the loan that the workers hoped for in June", None),
        ("The mill", None),
    ],
)
def test_the_line_of_a_block(block: str, line: int | None) -> None:
    assert FoldedText(LINES).line_of(fold(block)) == line


@pytest.mark.parametrize("cut", range(12))
def test_a_block_is_found_wherever_it_begins(cut: int) -> None:
    assert FoldedText(["x" * cut + fold(LINES[2])]).line_of(fold(LINES[2])) == 0

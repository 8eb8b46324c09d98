import numpy as np
import pytest

from quotewire_extract.tagger.pieces import (
    CAPITALISED,
    JOINED,
    LOWER,
    MARKED,
    MARKED_SINGLE,
    MIXED,
    NEW_PARAGRAPH,
    NUMBER,
    SIGN,
    SPACED,
    UNMARKED,
    UPPER,
    Pieces,
    letter_case,
    tokenize,
)
from quotewire_extract.tagger.tagger import Tagger

LINE = "Ada Vrell said that the bridge would open. "


def words(pieces: Pieces) -> list[str]:
    return [pieces.text[start:end] for start, end in pieces.offsets.tolist()]


def test_pieces_know_their_place_their_word_and_their_paragraph(tagger: Tagger) -> None:
    pieces = tokenize("Vrell’s “plan”\n\n\n'No'", tagger.tokenizer)
    assert "".join(words(pieces)) == "Vrell’s“plan”'No'"
    assert words(pieces)[-4:] == ["”", "'", "No", "'"]
    assert pieces.paragraph.tolist() == [0] * (len(pieces) - 3) + [1] * 3
    vrell_s = [number for word, number in zip(words(pieces), pieces.word.tolist(), strict=True) if word in ("’", "s")]
    assert vrell_s == [0, 0]
    features = dict(zip(words(pieces), pieces.features.tolist(), strict=True))
    assert features["plan"] == [MARKED, LOWER, JOINED]
    assert features["“"] == [MARKED, SIGN, SPACED]
    assert features["No"] == [MARKED_SINGLE, CAPITALISED, JOINED]
    assert pieces.features[0].tolist() == [UNMARKED, CAPITALISED, NEW_PARAGRAPH]
    assert pieces.features[-3, 2] == NEW_PARAGRAPH


@pytest.mark.parametrize(
    ("word", "case"),
    [
        ("said", LOWER), ("Vrell", CAPITALISED), ("UN", UPPER), ("A", CAPITALISED), ("McKee", MIXED), ("iPhone", MIXED),
        ("1,000", NUMBER), ("3rd", LOWER), ("…", SIGN), ("”", SIGN), ("Ärzte", CAPITALISED), ("中文", LOWER),
    ],
)  # fmt: skip
def test_letter_case(word: str, case: int) -> None:
    assert letter_case(word) == case


@pytest.mark.parametrize(
    "text",
    [
        "😀 said “👍🏽 yes”",
        "Zoë’s café said",
        "한국어 said",
        "a\u0301e\u0301 said",
        "İzmir said",
        "\ufeffsaid",
        "a\x00 said",
    ],
)
def test_offsets_are_code_points(tagger: Tagger, text: str) -> None:
    pieces = tokenize(text, tagger.tokenizer)
    assert all(0 <= start < end <= len(text) for start, end in pieces.offsets.tolist())
    assert (np.diff(pieces.offsets[:, 0]) >= 0).all()
    known = [start for word, (start, _) in zip(words(pieces), pieces.offsets.tolist(), strict=True) if word == "said"]
    assert known == [text.index("said")]


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "\x00"])
def test_a_text_without_words_has_no_pieces(tagger: Tagger, text: str) -> None:
    pieces = tokenize(text, tagger.tokenizer)
    assert len(pieces) == 0


def test_span_finds_the_pieces_of_a_span(tagger: Tagger) -> None:
    pieces = tokenize(LINE, tagger.tokenizer)
    begin, end = pieces.span(LINE.index("bridge"), LINE.index("would") + 1)
    assert words(pieces)[begin:end] == ["bridge", "would"]
    assert pieces.span(3, 3) == (1, 1)
    assert pieces.covered([(0, 3), (LINE.index("said"), LINE.index("said") + 4)]).tolist() == [
        0, *[number for number, word in enumerate(words(pieces)) if word == "said"],
    ]  # fmt: skip

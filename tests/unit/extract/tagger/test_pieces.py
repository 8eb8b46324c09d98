from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotewire_extract.tagger.pieces import (
    CAPITALISED,
    CLS,
    JOINED,
    LOWER,
    MARKED,
    MARKED_SINGLE,
    MIXED,
    NEW_PARAGRAPH,
    NUMBER,
    SEP,
    SIGN,
    SPACED,
    UNMARKED,
    UPPER,
    Pieces,
    cut,
    distance_bucket,
    even_windows,
    letter_case,
    pack,
    paragraph_bucket,
    windows,
)
from quotewire_extract.tagger.tagger import Tagger

LINE = "Ada Vrell said that the bridge would open. "


@pytest.fixture(scope="module")
def cut_up(reader: Tagger) -> "Cutter":
    return Cutter(reader)


class Cutter:
    def __init__(self, reader: Tagger) -> None:
        self.reader = reader

    def __call__(self, text: str) -> Pieces:
        return cut(text, self.reader.tokenizer)


def words(pieces: Pieces) -> list[str]:
    return [pieces.text[start:end] for start, end in pieces.offsets.tolist()]


def test_pieces_know_their_place_their_word_and_their_paragraph(cut_up: Cutter) -> None:
    pieces = cut_up("Vrell’s “plan”\n\n\n'No'")
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
def test_offsets_are_code_points(cut_up: Cutter, text: str) -> None:
    pieces = cut_up(text)
    assert all(0 <= start < end <= len(text) for start, end in pieces.offsets.tolist())
    assert (np.diff(pieces.offsets[:, 0]) >= 0).all()
    known = [start for word, (start, _) in zip(words(pieces), pieces.offsets.tolist(), strict=True) if word == "said"]
    assert known == [text.index("said")]


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "\x00"])
def test_a_text_without_words_has_no_pieces(cut_up: Cutter, text: str) -> None:
    pieces = cut_up(text)
    assert len(pieces) == 0
    assert windows(pieces, 10) == even_windows(pieces, 10) == []


def test_span_finds_the_pieces_of_a_stretch(cut_up: Cutter) -> None:
    pieces = cut_up(LINE)
    begin, end = pieces.span(LINE.index("bridge"), LINE.index("would") + 1)
    assert words(pieces)[begin:end] == ["bridge", "would"]
    assert pieces.span(3, 3) == (1, 1)
    assert pieces.covered([(0, 3), (LINE.index("said"), LINE.index("said") + 4)]).tolist() == [
        0, *[number for number, word in enumerate(words(pieces)) if word == "said"],
    ]  # fmt: skip


paragraphs = st.lists(st.integers(1, 12), min_size=1, max_size=12)


@settings(deadline=None)
@given(paragraphs, st.integers(20, 80))
def test_even_windows_cover_everything_within_their_size(lengths: list[int], size: int) -> None:
    pieces = FACTORY("\n".join(LINE * length for length in lengths))
    found = even_windows(pieces, size)
    assert found[0][0] == 0
    assert found[-1][1] == len(pieces)
    assert all(0 < end - begin <= size for begin, end in found)
    for (_, end), (begin, _) in pairwise(found):
        whole = end == len(pieces) or pieces.paragraph[end] != pieces.paragraph[end - 1]
        assert begin == (end if whole else end - size // 3)


@settings(deadline=None)
@given(paragraphs, st.integers(20, 80), st.integers(5, 20))
def test_training_windows_part_the_text(lengths: list[int], size: int, first: int) -> None:
    pieces = FACTORY("\n".join(LINE * length for length in lengths))
    found = windows(pieces, size, first=first)
    assert [begin for begin, _ in found] == [0, *[end for _, end in found[:-1]]]
    assert found[-1][1] == len(pieces)
    assert found[0][1] <= first
    assert all(0 < end - begin <= size for begin, end in found)


def test_a_batch_is_padded_and_masked(cut_up: Cutter) -> None:
    pieces = cut_up(LINE + "\n" + LINE)
    batch = pack([(pieces, (0, 5)), (pieces, (3, 6))], multiple=8)
    assert batch.ids.shape == (2, 8)
    assert batch.ids[0].tolist() == [CLS, *pieces.ids[:5].tolist(), SEP, 0]
    assert batch.mask.sum(1).tolist() == [7, 5]
    assert (batch.features[1, 1:4] == pieces.features[3:6]).all()


def test_buckets_grow_with_the_distance() -> None:
    assert distance_bucket([-300, -2, -1, 0, 1, 2, 3, 4, 300]).tolist() == [0, 6, 7, 8, 9, 10, 10, 11, 16]
    assert paragraph_bucket([-9, -1, 0, 1, 9]).tolist() == [0, 1, 2, 3, 4]


@pytest.fixture(scope="module", autouse=True)
def _factory(reader: Tagger) -> None:
    global FACTORY
    FACTORY = Cutter(reader)


FACTORY: Cutter

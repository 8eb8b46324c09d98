from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotewire_extract.tagger.pieces import tokenize
from quotewire_extract.tagger.tagger import Tagger
from quotewire_extract.tagger.windows import (
    CLS,
    SEP,
    assign_to_windows,
    distance_bucket,
    even_windows,
    pack,
    paragraph_bucket,
    paragraph_windows,
)

LINE = "Ada Vrell said that the bridge would open. "

paragraphs = st.lists(st.integers(1, 12), min_size=1, max_size=12)


@settings(deadline=None)
@given(paragraphs, st.integers(20, 80))
def test_even_windows_cover_everything_within_their_size(tagger: Tagger, lengths: list[int], size: int) -> None:
    pieces = tokenize("\n".join(LINE * length for length in lengths), tagger.tokenizer)
    found = even_windows(pieces, size)
    assert found[0][0] == 0
    assert found[-1][1] == len(pieces)
    assert all(0 < end - begin <= size for begin, end in found)
    for (_, end), (begin, _) in pairwise(found):
        whole = end == len(pieces) or pieces.paragraph[end] != pieces.paragraph[end - 1]
        assert begin == (end if whole else end - size // 3)


@settings(deadline=None)
@given(paragraphs, st.integers(20, 80), st.integers(5, 20))
def test_windows_without_stride_partition_the_text(tagger: Tagger, lengths: list[int], size: int, first: int) -> None:
    pieces = tokenize("\n".join(LINE * length for length in lengths), tagger.tokenizer)
    found = paragraph_windows(pieces, size, first=first)
    assert [begin for begin, _ in found] == [0, *[end for _, end in found[:-1]]]
    assert found[-1][1] == len(pieces)
    assert found[0][1] <= first
    assert all(0 < end - begin <= size for begin, end in found)


def test_a_batch_is_padded_and_masked(tagger: Tagger) -> None:
    pieces = tokenize(LINE + "\n" + LINE, tagger.tokenizer)
    batch = pack([(pieces, (0, 5)), (pieces, (3, 6))], multiple=8)
    assert batch.ids.shape == (2, 8)
    assert batch.ids[0].tolist() == [CLS, *pieces.ids[:5].tolist(), SEP, 0]
    assert batch.mask.sum(1).tolist() == [7, 5]
    assert (batch.features[1, 1:4] == pieces.features[3:6]).all()


def test_buckets_grow_with_the_distance() -> None:
    assert distance_bucket([-300, -2, -1, 0, 1, 2, 3, 4, 300]).tolist() == [0, 6, 7, 8, 9, 10, 10, 11, 16]
    assert paragraph_bucket([-9, -1, 0, 1, 9]).tolist() == [0, 1, 2, 3, 4]


def test_each_piece_belongs_to_the_window_with_most_context() -> None:
    owned = assign_to_windows([(0, 10), (6, 16), (16, 20)], 20)
    assert [part.tolist() for part in owned] == [list(range(8)), list(range(8, 16)), list(range(16, 20))]
    assert np.concatenate(assign_to_windows([(0, 4)], 4)).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("text", ["", "\n\n", "   ", "\x00"])
def test_a_text_without_words_has_no_windows(tagger: Tagger, text: str) -> None:
    pieces = tokenize(text, tagger.tokenizer)
    assert paragraph_windows(pieces, 10) == even_windows(pieces, 10) == []

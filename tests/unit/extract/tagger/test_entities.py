import numpy as np
import pytest

from quotewire_extract.tagger.entities import TaggedEntity, decode_entities, plain_words
from quotewire_extract.tagger.pieces import tokenize
from quotewire_extract.tagger.tagger import Tagger

LABELS = ("PERSON", "ORG")
O, B_PER, I_PER, B_ORG, I_ORG = range(5)  # noqa: E741 - the tags' usual names


def found(tagger: Tagger, text: str, tags: dict[str, int]) -> list[tuple[str, str]]:
    pieces = tokenize(text, tagger.tokenizer)
    of_piece = np.array([tags.get(text[a:b], O) for a, b in pieces.offsets.tolist()])
    words = plain_words(pieces)
    names = decode_entities(pieces, of_piece, LABELS, words)
    return [(text[words[name.first, 0] : words[name.last, 1]], name.label) for name in names]


def test_continued_pieces_are_joined(tagger: Tagger) -> None:
    assert found(tagger, "Ada Vale of Port Town", {"Ada": B_PER, "Vale": I_PER, "Port": I_ORG, "Town": I_ORG}) == [
        ("Ada Vale", "PERSON"),
        ("Port Town", "ORG"),
    ]


def test_a_new_beginning_or_another_type_begins_a_new_name(tagger: Tagger) -> None:
    assert found(tagger, "Ada Vale", {"Ada": B_PER, "Vale": B_PER}) == [("Ada", "PERSON"), ("Vale", "PERSON")]
    assert found(tagger, "Ada Vale", {"Ada": B_PER, "Vale": I_ORG}) == [("Ada", "PERSON"), ("Vale", "ORG")]


@pytest.mark.parametrize("between", ["\n", " \n\n "])
def test_a_name_ends_with_its_line(tagger: Tagger, between: str) -> None:
    assert found(tagger, f"Ada{between}Vale", {"Ada": B_PER, "Vale": I_PER}) == [("Ada", "PERSON"), ("Vale", "PERSON")]


def test_a_word_between_splits_a_name(tagger: Tagger) -> None:
    assert found(tagger, "Ada the Vale", {"Ada": B_PER, "Vale": I_PER}) == [("Ada", "PERSON"), ("Vale", "PERSON")]


def test_names_are_whole_words_of_the_callers_tokenizer(tagger: Tagger) -> None:
    text = "U.S. Senate"
    pieces = tokenize(text, tagger.tokenizer)
    tags = np.array([B_ORG, O, B_ORG, O, I_ORG])
    words = np.array([[0, 4], [5, 11]])
    assert decode_entities(pieces, tags, LABELS, words) == [TaggedEntity(0, 1, "ORG")]


def test_nothing_is_found_in_nothing(tagger: Tagger) -> None:
    assert found(tagger, "", {}) == []

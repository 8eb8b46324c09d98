import numpy as np
import pytest

from quotewire_extract.entities.cleanup import Mention, clean
from quotewire_extract.tagger.entities import Name, find_names, plain_words
from quotewire_extract.tagger.pieces import cut
from quotewire_extract.tagger.tagger import Tagger

LABELS = ("PERSON", "ORG")
O, B_PER, I_PER, B_ORG, I_ORG = range(5)  # noqa: E741 - the tags' usual names


def found(reader: Tagger, text: str, tags: dict[str, int]) -> list[tuple[str, str]]:
    pieces = cut(text, reader.tokenizer)
    of_piece = np.array([tags.get(text[a:b], O) for a, b in pieces.offsets.tolist()])
    words = plain_words(pieces)
    names = find_names(pieces, of_piece, LABELS, words)
    return [(text[words[name.first, 0] : words[name.last, 1]], name.label) for name in names]


def test_pieces_that_go_on_are_joined(reader: Tagger) -> None:
    assert found(reader, "Ada Vale of Port Town", {"Ada": B_PER, "Vale": I_PER, "Port": I_ORG, "Town": I_ORG}) == [
        ("Ada Vale", "PERSON"),
        ("Port Town", "ORG"),
    ]


def test_a_new_beginning_or_another_type_begins_a_new_name(reader: Tagger) -> None:
    assert found(reader, "Ada Vale", {"Ada": B_PER, "Vale": B_PER}) == [("Ada", "PERSON"), ("Vale", "PERSON")]
    assert found(reader, "Ada Vale", {"Ada": B_PER, "Vale": I_ORG}) == [("Ada", "PERSON"), ("Vale", "ORG")]


@pytest.mark.parametrize("between", ["\n", " \n\n "])
def test_a_name_ends_with_its_line(reader: Tagger, between: str) -> None:
    assert found(reader, f"Ada{between}Vale", {"Ada": B_PER, "Vale": I_PER}) == [("Ada", "PERSON"), ("Vale", "PERSON")]


def test_a_word_between_parts_a_name(reader: Tagger) -> None:
    assert found(reader, "Ada the Vale", {"Ada": B_PER, "Vale": I_PER}) == [("Ada", "PERSON"), ("Vale", "PERSON")]


def test_names_are_whole_words_of_the_callers_tokenizer(reader: Tagger) -> None:
    text = "U.S. Senate"
    pieces = cut(text, reader.tokenizer)
    tags = np.array([B_ORG, O, B_ORG, O, I_ORG])
    words = np.array([[0, 4], [5, 11]])
    assert find_names(pieces, tags, LABELS, words) == [Name(0, 1, "ORG")]


def test_nothing_is_found_in_nothing(reader: Tagger) -> None:
    assert found(reader, "", {}) == []


QUANTITIES = [("first", "ORDINAL"), ("last week", "DATE"), ("$5", "MONEY"), ("ten percent", "PERCENT")]


def test_the_clean_up_leaves_quantities_as_the_reader_cut_them() -> None:
    text = "She was first there last week and paid $5, ten percent more than Ada Vrell."
    found = [Mention(text.index(words), text.index(words) + len(words), label) for words, label in QUANTITIES]
    assert clean(text, found) == found


def test_a_name_goes_before_a_quantity_that_overlaps_it() -> None:
    text = "The Second Bank of Veldmark closed."
    bank, second = Mention(4, 27, "ORG"), Mention(4, 10, "ORDINAL")
    assert clean(text, [second, bank]) == [bank]

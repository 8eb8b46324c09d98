from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

import en_wire
from quotewire_extract.tagger.pieces import load_tokenizer
from quotewire_training import dataset
from quotewire_training.markup import read_marked
from quotewire_training.spans import NamedText, QuotedText
from quotewire_training.tags import ENTITY_TYPES, IGNORED, begin, inside


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_tokenizer(en_wire.PIPELINE / "wire_reader" / "tokenizer.json")


def _quoted(marked: str, tokenizer: Tokenizer, discarded: tuple[tuple[int, int], ...] = ()) -> dataset.Example:
    text, attributions = read_marked(marked)
    return dataset.quoted_example(QuotedText("one", text, tuple(attributions), discarded), tokenizer)


def test_parts_core_and_links_of_a_quotation(tokenizer: Tokenizer) -> None:
    example = _quoted("<s1>She</s1> <c1>said</c1> <q1>it rains</q1>", tokenizer)
    assert example.parts is not None
    assert example.core is not None
    assert example.links is not None
    assert example.parts.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 2, 0]]
    assert example.core.tolist() == [IGNORED, 1, IGNORED, IGNORED]
    # Anchor 1 is "said": pieces 2 and 3 are its content (table 0), piece 0 its source (table 1).
    assert example.links.tolist() == [[1, 0, 2], [1, 0, 3], [1, 1, 0]]


def test_a_report_is_labelled_as_not_core(tokenizer: Tokenizer) -> None:
    example = _quoted("They <c1>discussed</c1> <r1>quotas</r1>", tokenizer)
    assert example.core is not None
    assert example.core[1] == 0


def test_discarded_text_is_not_trained_on(tokenizer: Tokenizer) -> None:
    example = _quoted("<s1>She</s1> <c1>said</c1> <q1>it rains</q1>", tokenizer, discarded=((9, 17),))
    assert example.parts is not None
    assert (example.parts[2:] == IGNORED).all()
    assert (example.parts[:2] != IGNORED).all()


def test_entities_become_tags_and_unknown_stretches_are_ignored(tokenizer: Tokenizer) -> None:
    text = "Ada Vrell saw Zellin in May"
    named = NamedText(text, ((0, 9, "PERSON"), (14, 20, "GPE"), (24, 27, "STARSIGN")), ((10, 13),))
    tags = dataset.named_example(named, tokenizer).tags
    assert tags is not None
    assert tags[0] == begin("PERSON")
    assert set(tags[1:].tolist()) >= {inside("PERSON"), begin("GPE"), IGNORED}
    saw = text.split().index("saw")
    pieces = dataset.named_example(named, tokenizer).pieces
    assert tags[pieces.covered([(10, 13)])].tolist() == [IGNORED]
    assert tags[-1] == IGNORED
    assert saw == 2


def test_every_type_has_two_tags_of_its_own() -> None:
    tags = [tag for entity_type in ENTITY_TYPES for tag in (begin(entity_type), inside(entity_type))]
    assert tags == list(range(1, 37))


def test_a_saved_corpus_is_loaded_unchanged_and_its_bytes_do_not_change(tmp_path: Path, tokenizer: Tokenizer) -> None:
    examples = [_quoted("<s1>She</s1> <c1>said</c1> <q1>it rains</q1>", tokenizer), _quoted("Nothing.", tokenizer)]
    for name in ("one.npz", "two.npz"):
        dataset.save(examples, tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    for before, after in zip(examples, dataset.load(tmp_path / "one.npz"), strict=True):
        for name in ("ids", "features", "paragraph"):
            np.testing.assert_array_equal(getattr(after.pieces, name), getattr(before.pieces, name))
        for name in ("parts", "core", "anchors", "links"):
            np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


def test_both_kinds_of_text_do_not_mix(tmp_path: Path, tokenizer: Tokenizer) -> None:
    named = dataset.named_example(NamedText("Zellin", ()), tokenizer)
    with pytest.raises(ValueError, match="do not go into one file"):
        dataset.save([named, _quoted("x", tokenizer)], tmp_path / "mixed.npz")

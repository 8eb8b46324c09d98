"""The packaged constants fit the features, and the confidence grows with the evidence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quotewire_extract.attribution.confidence import (
    FEATURES,
    calibration,
    features,
    quotation_confidence,
    sharing_words,
    speaker_confidence,
)
from quotewire_extract.quotation import Quotation, SpeakerMention


def made(score: float, kind: str = "indirect") -> Quotation:
    return Quotation([(0, 11)], None, (12, 15), kind, score, 0.9)


def test_the_weights_are_those_of_the_features() -> None:
    assert len(calibration().weights) == len(FEATURES) == len(features("it rained. She", made(0.5), shares_words=False))


def test_a_higher_score_of_the_tagger_gives_a_higher_probability() -> None:
    text = "that it rai, She"
    assert quotation_confidence(text, made(0.6), shares_words=False) < quotation_confidence(
        text, made(0.99), shares_words=False
    )
    assert quotation_confidence(text, made(0.9), shares_words=False) < quotation_confidence(
        text, made(0.9, "direct"), shares_words=False
    )


def test_a_full_name_is_more_certain_than_a_description() -> None:
    name = SpeakerMention(0, 9, "Ana Ruiz", "Ana Ruiz", "ana ruiz", "full", "person", "PERSON")
    description = SpeakerMention(0, 9, "the mayor", "Ana Ruiz", "ana ruiz", "full", "person", "PERSON")
    nobody = SpeakerMention(None, None, "", "", "", "", "unknown", None)
    assert speaker_confidence(name) > speaker_confidence(description) > speaker_confidence(nobody) == 0


spans = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 4)), min_size=1, max_size=3)


@given(st.lists(spans, max_size=6))
def test_quotations_that_share_words_with_another_one(contents: list[list[tuple[int, int]]]) -> None:
    found = [made(0.9) for _ in contents]
    for quotation, content in zip(found, contents, strict=True):
        quotation.content = [(start, start + length) for start, length in content]
    assert sharing_words(found) == {
        number
        for number, one in enumerate(found)
        for other in found
        if one is not other and any(a < d and c < b for a, b in one.content for c, d in other.content)
    }

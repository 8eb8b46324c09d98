"""The packaged constants fit the features, and the confidence grows with the evidence."""

from __future__ import annotations

from quotewire_extract.attribution.confidence import (
    FEATURES,
    calibration,
    features,
    quotation_confidence,
    speaker_confidence,
)
from quotewire_extract.quotation import Quotation, SpeakerMention


def made(score: float, kind: str = "indirect") -> Quotation:
    return Quotation([(0, 11)], None, (12, 15), kind, score, 0.9)


def test_the_weights_are_those_of_the_features() -> None:
    assert len(calibration().weights) == len(FEATURES) == len(features("it rained. She", made(0.5), []))


def test_a_higher_score_of_the_tagger_gives_a_higher_probability() -> None:
    text = "that it rai, She"
    assert quotation_confidence(text, made(0.6), []) < quotation_confidence(text, made(0.99), [])
    assert quotation_confidence(text, made(0.9), []) < quotation_confidence(text, made(0.9, "direct"), [])


def test_a_full_name_is_more_certain_than_a_description() -> None:
    name = SpeakerMention(0, 9, "Ana Ruiz", "Ana Ruiz", "ana ruiz", "full", "person", "PERSON")
    description = SpeakerMention(0, 9, "the mayor", "Ana Ruiz", "ana ruiz", "full", "person", "PERSON")
    nobody = SpeakerMention(None, None, "", "", "", "", "unknown", None)
    assert speaker_confidence(name) > speaker_confidence(description) > speaker_confidence(nobody) == 0

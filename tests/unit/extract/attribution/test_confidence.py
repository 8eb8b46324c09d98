"""The constants that ship fit the features, and confidence moves the way it should."""

from __future__ import annotations

from quotewire_extract.attribution.confidence import FEATURES, calibration, features, of_quotation, of_speaker
from quotewire_extract.quotation import Quotation, SpeakerMention


def made(score: float, kind: str = "indirect") -> Quotation:
    return Quotation([(0, 11)], None, (12, 15), kind, score, 0.9)


def test_the_weights_are_those_of_the_features() -> None:
    assert len(calibration().weights) == len(FEATURES) == len(features("it rained. She", made(0.5), []))


def test_a_surer_reader_gives_a_higher_probability() -> None:
    text = "that it rai, She"
    assert of_quotation(text, made(0.6), []) < of_quotation(text, made(0.99), [])
    assert of_quotation(text, made(0.9), []) < of_quotation(text, made(0.9, "direct"), [])


def test_a_full_name_is_surer_than_a_description() -> None:
    name = SpeakerMention(0, 9, "Ana Ruiz", "Ana Ruiz", "ana ruiz", "full", "person", "PERSON")
    description = SpeakerMention(0, 9, "the mayor", "Ana Ruiz", "ana ruiz", "full", "person", "PERSON")
    nobody = SpeakerMention(None, None, "", "", "", "", "unknown", None)
    assert of_speaker(name) > of_speaker(description) > of_speaker(nobody) == 0

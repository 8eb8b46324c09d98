"""The time at the head of a live blog's entry is not part of a quotation."""

from kit.annotated import document, quotation
from quotewire_extract.attribution.component import SpeakersComponent

TEXT = '10.42 The mayor of Skovby, Rosa Tindall, says schools stay closed.\n\n10.15 "Stay away," Bram Okafor warns.'
PEOPLE = "Rosa Tindall|Bram Okafor"


def attributed(content: str, source: str, cue: str) -> tuple[str, str, str, str]:
    """Content, mention, name and kind of the one quotation with these words."""
    doc = document(TEXT, PERSON=PEOPLE, GPE="Skovby")
    doc._.quotes = [quotation(TEXT, content, source, cue)]
    (found,) = SpeakersComponent()(doc)._.quotes
    (speaker,) = found.speakers
    return TEXT[slice(*found.content[0])], speaker.text, speaker.name, found.kind


def test_it_is_removed_from_the_mention_which_extends_to_the_name() -> None:
    assert attributed("schools stay closed", "10.42 The mayor of Skovby", "says") == (
        "schools stay closed", "The mayor of Skovby, Rosa Tindall", "Rosa Tindall", "indirect",
    )  # fmt: skip


def test_it_is_removed_from_the_words_which_are_then_all_in_marks() -> None:
    assert attributed('10.15 "Stay away,"', "Bram Okafor", "warns") == (
        '"Stay away,"', "Bram Okafor", "Bram Okafor", "direct",
    )  # fmt: skip


def test_a_number_inside_a_sentence_is_not_a_time() -> None:
    text = "Rosa Tindall said 10.15 was too early."
    doc = document(text, PERSON="Rosa Tindall")
    doc._.quotes = [quotation(text, "10.15 was too early", "Rosa Tindall", "said")]
    (found,) = SpeakersComponent()(doc)._.quotes
    assert text[slice(*found.content[0])] == "10.15 was too early"

"""Speakers on single cases; whole articles are scored in benchmarks/quality/who_said_it."""

from __future__ import annotations

import pytest
from spacy.training import Example

from kit.annotated import document, quotation, speakers_of
from quotewire_extract.attribution.component import SpeakersComponent


def test_a_pronoun_is_the_subject_of_the_sentence_before() -> None:
    text = "Mark Ortega met Paul Sand on Monday. He said that he was late."
    assert speakers_of(text, [quotation(text, "that he was late", "He", "said")], PERSON="Mark Ortega|Paul Sand") == [
        [("Mark Ortega", "person")]
    ]


def test_gender_decides_where_it_is_known() -> None:
    text = "Mark Ortega met Paula Sand on Monday. She said that he was late."
    assert speakers_of(text, [quotation(text, "that he was late", "She", "said")], PERSON="Mark Ortega|Paula Sand") == [
        [("Paula Sand", "person")]
    ]


def test_a_name_inside_the_quotation_never_speaks() -> None:
    text = "Paula Sand was calm. “Ortega is wrong,” she said."
    assert speakers_of(text, [quotation(text, "“Ortega is wrong,”", "she", "said")], PERSON="Paula Sand|Ortega") == [
        [("Paula Sand", "person")]
    ]


def test_the_one_spoken_to_never_speaks() -> None:
    text = "After talking with Mark Ortega and Paul Sand, he told Jim Oduya that it was late."
    found = speakers_of(
        "Peter Lind arrived. " + text,
        [quotation("Peter Lind arrived. " + text, "that it was late", "Jim Oduya", "told")],
        PERSON="Mark Ortega|Paul Sand|Jim Oduya|Peter Lind",
    )
    assert found == [[("Peter Lind", "person")]]


@pytest.mark.parametrize(
    ("mention", "name", "kind"),
    [
        ("the Ortega administration", "Ortega administration", "organisation"),
        ("Ortega aides", "Ortega aides", "group"),
        ("a lawyer for Ortega", "lawyer for Ortega", "unnamed"),
        ("Ortega’s statement", "Mark Ortega", "person"),
        ("a letter from Ortega", "Mark Ortega", "person"),
        ("President of Oslo Mark Ortega", "Mark Ortega", "person"),
        ("the club’s coach, Paula Sand,", "Paula Sand", "person"),
        ("Paula Sand, an adviser to Mark Ortega,", "Paula Sand", "person"),
        ("many bankers and analysts", "bankers and analysts", "group"),
        ("a diplomatic source", "diplomatic source", "unnamed"),
        ("the health ministry", "health ministry", "organisation"),
    ],
)
def test_the_speaker_of_a_mention(mention: str, name: str, kind: str) -> None:
    text = f"Mark Ortega and Paula Sand live in Oslo.\nOn Monday {mention} said that it was late."
    found = speakers_of(
        text, [quotation(text, "that it was late", mention, "said")], PERSON="Mark Ortega|Paula Sand|Ortega", GPE="Oslo"
    )
    assert found == [[(name, kind)]]


@pytest.mark.parametrize("mention", ["Mark Ortega and Paula Sand", "Mark Ortega and Paula Sand both"])
def test_joint_statements_have_several_speakers(mention: str) -> None:
    text = f"{mention} said that it was late. They added that it rained."
    found = speakers_of(
        text,
        [
            quotation(text, "that it was late", mention, "said"),
            quotation(text, "that it rained", "They", "added"),
        ],
        PERSON="Mark Ortega|Paula Sand",
    )
    assert found == [[("Mark Ortega", "person"), ("Paula Sand", "person")]] * 2


def test_a_description_refers_to_the_person_with_that_role() -> None:
    text = (
        "Brazilian minister Carla Nunes met Jan Kowal, the union leader.\n"
        "“No,” said Kowal.\nThe minister said that it was late."
    )
    found = speakers_of(
        text,
        [quotation(text, "“No,”", "Kowal", "said"), quotation(text, "that it was late", "The minister", "said")],
        PERSON="Carla Nunes|Jan Kowal|Kowal",
        NORP="Brazilian",
    )
    assert found == [[("Jan Kowal", "person")], [("Carla Nunes", "person")]]


def test_a_free_standing_quotation_continues_the_speaker_before() -> None:
    text = "“It rains,” said Paula Sand.\n“It pours.”"
    found = speakers_of(
        text,
        [quotation(text, "“It rains,”", "Paula Sand", "said"), quotation(text, "“It pours.”")],
        PERSON="Paula Sand",
    )
    assert found == [[("Paula Sand", "person")]] * 2


def test_no_speaker_is_guessed_across_entries_of_a_live_blog() -> None:
    text = "10:05 “It rains,” said Paula Sand.\n09:58 “It pours.”"
    found = speakers_of(
        text,
        [quotation(text, "“It rains,”", "Paula Sand", "said"), quotation(text, "“It pours.”")],
        PERSON="Paula Sand",
    )
    assert found[1] == [("", "unknown")]


def test_turns_of_a_transcript_belong_to_their_labels() -> None:
    text = "CHAIR: Why?\nMS. SAND: Because it rained.\nCHAIR: Go on.\nMS. SAND: That is all."
    doc = document(text, PERSON="SAND")
    doc._.quotes = []
    SpeakersComponent()(doc)
    assert [q.speakers[0].name for q in doc._.quotes] == ["Chair", "Sand", "Chair", "Sand"]
    assert [doc.text[slice(*q.content[0])] for q in doc._.quotes][1] == "Because it rained."


def test_two_labelled_lines_are_not_a_transcript() -> None:
    doc = document("ISW: Storm expected.\nBBC: Storm came.\nThe storm left.")
    doc._.quotes = []
    SpeakersComponent()(doc)
    assert doc._.quotes == []


def test_nested_reports_know_their_parent() -> None:
    text = "Vremya reported that Paula Sand said it rained."
    doc = document(text, PERSON="Paula Sand", ORG="Vremya")
    doc._.quotes = [
        quotation(text, "that Paula Sand said it rained", "Vremya", "reported"),
        quotation(text, "it rained", "Paula Sand", "said"),
    ]
    SpeakersComponent()(doc)
    assert [q.parent for q in doc._.quotes] == [None, 0]


def test_the_report_inside_an_outlet_s_report_is_found() -> None:
    text = "On Monday minister Paula Sand said that it rained, according to Vremya."
    doc = document(text, PERSON="Paula Sand", ORG="Vremya")
    doc._.quotes = [quotation(text, "On Monday minister Paula Sand said that it rained", "Vremya", "according to")]
    SpeakersComponent()(doc)
    assert [(q.speakers[0].name, q.parent) for q in doc._.quotes] == [("Vremya", None), ("Paula Sand", 0)]
    inner = doc._.quotes[1]
    assert text[slice(*inner.content[0])] == "that it rained"
    assert text[slice(*inner.source)] == "minister Paula Sand"


@pytest.mark.parametrize(
    ("words", "cue", "flag"),
    [
        ("Paula Sand did not say that it rained.", "say", "negated"),
        ("Paula Sand declined to say that it rained.", "declined to say", "negated"),
        ("Paula Sand would say that it rained.", "would say", "hypothetical"),
        ("If Paula Sand were to say that it rained.", "were to say", "hypothetical"),
        ("Paula Sand said that it rained.", "said", None),
        ("Paula Sand denied that it rained.", "denied", None),
    ],
)
def test_negated_and_hypothetical_reports_are_flagged(words: str, cue: str, flag: str | None) -> None:
    doc = document(words, PERSON="Paula Sand")
    doc._.quotes = [quotation(words, "that it rained", "Paula Sand", cue)]
    SpeakersComponent(low_confidence=0)(doc)
    assert doc._.quotes[0].flags == ({flag} if flag else set())


def test_context_is_whole_sentences_and_confidence_is_a_probability() -> None:
    text = "It was Monday. Paula Sand said that it rained. Nobody answered."
    doc = document(text, PERSON="Paula Sand")
    doc._.quotes = [quotation(text, "that it rained", "Paula Sand", "said")]
    SpeakersComponent()(doc)
    only = doc._.quotes[0]
    assert text[slice(*only.context)] == "Paula Sand said that it rained."
    assert 0 < only.confidence < 1
    assert 0 < only.speakers[0].confidence < 1


def test_a_quotation_below_the_configured_threshold_is_kept_and_flagged() -> None:
    text = "Paula Sand said that it rained."
    doc = document(text, PERSON="Paula Sand")
    doc._.quotes = [quotation(text, "that it rained", "Paula Sand", "said")]
    SpeakersComponent(low_confidence=1.0)(doc)
    assert doc._.quotes[0].flags == {"low_confidence"}


def test_a_document_without_sentences_names_or_quotations_passes() -> None:
    doc = document("")
    assert SpeakersComponent()(doc)._.quotes == []


def test_the_scorer_compares_quotations_and_speakers() -> None:
    text = "Paula Sand said that it rained. “No,” said Jan Kowal. “Yes,” she said."
    gold, found = (document(text, PERSON="Paula Sand|Jan Kowal") for _ in range(2))
    gold._.quotes = [
        quotation(text, "that it rained", "Paula Sand", "said"),
        quotation(text, "“No,”", "Jan Kowal", "said"),
        quotation(text, "“Yes,”", "she", "said"),
    ]
    SpeakersComponent()(gold)
    found._.quotes = [quotation(text, "it rained", "Jan Kowal", "said"), quotation(text, "“No,”", "Jan Kowal", "said")]
    scores = SpeakersComponent().score([Example(SpeakersComponent()(found), gold)])
    assert (scores["quotes_p"], scores["quotes_r"]) == pytest.approx((1, 2 / 3))
    assert (scores["attributions_p"], scores["attributions_r"]) == pytest.approx((1 / 2, 1 / 3))
    assert scores["speakers_acc"] == 0.5
    unattributed = Example(document(text), document(text))
    assert SpeakersComponent().score([unattributed])["speakers_acc"] is None

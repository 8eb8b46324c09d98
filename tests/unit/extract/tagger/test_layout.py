import pytest

from quotewire_extract.quotation import Quotation
from quotewire_extract.quotation_marks import marked_spans
from quotewire_extract.tagger.layout import attributed_by_layout, merge_with_layout


def layout(text: str) -> list[Quotation]:
    return attributed_by_layout(text, marked_spans(text))


def attributed(text: str) -> list[tuple[str | None, str]]:
    return [
        (text[slice(*q.source)] if q.source else None, " … ".join(text[slice(*part)] for part in q.content))
        for q in layout(text)
    ]


def test_turns_of_a_transcript() -> None:
    text = "Part of it:\nVRELL: Will it open?\nDR. MARN: It will.\n(Laughter.)\nVRELL: When?"
    assert attributed(text) == [("VRELL", "Will it open?"), ("DR. MARN", "It will."), ("VRELL", "When?")]
    assert {flag for quotation in layout(text) for flag in quotation.flags} == {"transcript"}


def test_turns_in_a_block_quotation_continue_over_paragraphs() -> None:
    text = '"VRELL: Will it?\n\n"MARN: It will.\n\n"And soon.\n\n"(CROSSTALK.)\n\n"VRELL: When?'
    assert attributed(text) == [("VRELL", "Will it?"), ("MARN", 'It will. … "And soon.'), ("VRELL", "When?")]


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE: The bridge is open.\nCORRECTION: It is not.",
        "LOOK: The bridge.\nLOOK: The tower.\nLOOK: The dome.",
        "The plan: build it.\nThe cost: high.\nThe time: long.",
    ],
)
def test_headings_with_a_colon_are_no_transcript(text: str) -> None:
    assert layout(text) == []


@pytest.mark.parametrize("dash", [" ― ", "― ", " – ", " -- ", "\u00a0—\u00a0"])
def test_signed_quotations(dash: str) -> None:
    text = f"Readers write:\n“It is a fine bridge.”{dash}Ada Vrell\n“Too dear.”{dash}Bo de Marn, Veldmark.\u00a0\nEnd."
    assert attributed(text) == [("Ada Vrell", "“It is a fine bridge.”"), ("Bo de Marn", "“Too dear.”")]


@pytest.mark.parametrize(
    "text", ["“It is fine” – she said so.", "He said “fine” – Ada", "‘Fine’ – Ada", "“Fine” – Ada went home"]
)
def test_a_dash_alone_signs_nothing(text: str) -> None:
    assert layout(text) == []


def test_the_layout_replaces_decoded_quotations_but_keeps_reports_inside_a_turn() -> None:
    text = "VRELL: He said it was late.\nMARN: So it is.\nVRELL: Yes."
    inside = Quotation([(15, 26)], (10, 14), (7, 9), "indirect", 0.9, 0.9)
    across = Quotation([(34, 43), (0, 3)], (60, 64), None, "direct", 0.9, 0.9)
    both = merge_with_layout([inside, across], layout(text))
    assert inside in both
    assert [text[slice(*q.content[0])] for q in both] == [
        "VRE",
        "He said it was late.",
        "it was late",
        "So it is.",
        "Yes.",
    ]

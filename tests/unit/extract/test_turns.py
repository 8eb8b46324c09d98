"""Both styles of turns, side by side."""

import pytest

from quotewire_extract.turns import ANY_LABEL, CAPITALS, TurnStyle, find_turns

LABELS = ("VRELL", "DR. MARN", "Ada Vrell (mayor)", "Q", "MARN, CHAIR")


def labels(text: str, style: TurnStyle) -> list[str]:
    return [text[slice(*turn.label)] for turn in find_turns(text, style)]


@pytest.mark.parametrize("label", LABELS)
def test_labels_of_each_style(label: str) -> None:
    text = f"{label}: Will it open?\nBO: It will.\n{label}: When?"
    assert labels(text, ANY_LABEL) == [label, "BO", label]
    assert labels(text, CAPITALS) == ([label, "BO", label] if label in {"VRELL", "DR. MARN", "Q"} else [])


def test_a_turn_is_the_rest_of_its_line() -> None:
    text = "VRELL: Will it open? \nBO:  It will.\nVRELL: When?"
    assert [text[turn.start : turn.end] for turn in find_turns(text, CAPITALS)] == [
        "Will it open?",
        "It will.",
        "When?",
    ]
    assert [text[slice(*turn.colon)] for turn in find_turns(text, ANY_LABEL)] == [":", ":", ":"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("VRELL: Yes.\nBO: No.", (False, False)),
        ("VRELL: Yes.\nVRELL: No.\nVRELL: Yes.", (False, False)),
        ("VRELL: Yes.\nBO: No.\nMARN: Perhaps.", (True, False)),
        ('"VRELL: Yes.\n"BO: No.\n"VRELL: Perhaps.', (True, False)),
        ("VRELL. Yes.\nBO. No.\nVRELL. Perhaps.", (False, True)),
    ],
    ids=["two lines", "one label", "no label recurs", "in a block quotation", "full stops"],
)
def test_what_makes_a_transcript(text: str, found: tuple[bool, bool]) -> None:
    assert (bool(find_turns(text, CAPITALS)), bool(find_turns(text, ANY_LABEL))) == found

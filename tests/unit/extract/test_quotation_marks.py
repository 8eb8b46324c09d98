from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewire_extract.quotation_marks import MarkedSpan, marked_spans

# A text, and the spans in marks that people see in it. ¹ before a span: single marks.
CASES = {
    "straight": ('"It rains," she said.', ['"It rains,"']),
    "curly": ("“It rains,” she said.", ["“It rains,”"]),
    "curly opens, straight closes": ('“It rains," she said.', ['“It rains,"']),
    "straight opens, curly closes": ('"It rains,” she said.', ['"It rains,”']),
    "two apostrophes": ("''It rains,'' she said. ''Again.''", ["''It rains,''", "''Again.''"]),
    "grave accents and apostrophes": ("``It rains,'' she said.", ["``It rains,''"]),
    "guillemets": ("«Il pleut», dit-elle.", ["«Il pleut»"]),
    "guillemets inwards": ("»Es regnet«, sagte sie.", ["»Es regnet«"]),
    "low and high": ("„Es regnet“, sagte sie. „Ja“", ["„Es regnet“", "„Ja“"]),
    "low and curly": ("„Pada deszcz”, powiedziała.", ["„Pada deszcz”"]),
    "closing mark on both sides": ("”Det regnar”, sa hon.", ["”Det regnar”"]),
    "in brackets": ("(“Rain”)", ["“Rain”"]),
    "one after the other": ('"Rain" "Sun"', ['"Rain"', '"Sun"']),
    "spaces inside": ('" Rain " she said', ['" Rain "']),
    "curly inside straight": ('"“Rain”"', ['"“Rain”"']),
    "nested curly": ("“She wrote “rain” on it,” he said.", ["“She wrote “rain” on it,”"]),
    "nested straight": ('"She wrote "rain" on it," he said.', ['"She wrote "rain" on it,"']),
    "single in double": ("“He cried ‘rain’ twice,” she said.", ["“He cried ‘rain’ twice,”"]),
    "single alone": ("He calls it ‘rain’ and 'sun'.", ["¹‘rain’", "¹'sun'"]),
    "unclosed ends with the line": ("“It rains\nOn Monday it did.", ["“It rains"]),
    "each paragraph opens, the last closes": ("“One.\n“Two.\n“Three,” she said.", ["“One.", "“Two.", "“Three,”"]),
    "unclosed before the next": ('"It rains she said. "Again" she said.', ['"It rains she said. ', '"Again"']),
    "odd mark at the end": ('"One," she said. "Two', ['"One,"', '"Two']),
    "stray closing mark": ("It rains” she said.", []),
    "stray straight mark after a word": ('It rains" and more', []),
    "inches": ("A 6\" pipe for a man of 5'10\" or 6'.", []),
    "inches in a quotation": ('"It is 6" long," he said. "And 5" wide."', ['"It is 6" long,"', '"And 5" wide."']),
    "a number before the closing mark": ('"I am 50" he said. "So there."', ['"I am 50"', '"So there."']),
    "apostrophes": ("It's the dogs' rain, isn't it, in the '90s, 'twas ’90s.", []),
    "an apostrophe in single marks": ("‘It isn’t rain,’ she said.", ["¹‘It isn’t rain,’"]),
    "rock 'n' roll": ("They play rock 'n' roll and 'rock 'n' roll'.", ["¹'rock 'n' roll'"]),
    "decade with a turned mark": ("In the ‘90s it rained.", []),
    "scare quotes": ('the "so-called" rain', ['"so-called"']),
    "no marks": ("It rains.", []),
    "nothing": ("", []),
    "a mark alone": ('"', ['"']),
    "beyond the basic plane": ("😀 “It rains 🌧” she said", ["“It rains 🌧”"]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_marks_are_paired_as_people_pair_them(text: str, expected: list[str]) -> None:
    found = [("¹" if mark.single else "") + text[mark.start : mark.end] for mark in marked_spans(text)]

    assert found == expected


@given(st.text(alphabet="ab .\n\"“”„«»‘’'`6", max_size=60))
def test_spans_are_ordered_stay_within_lines_and_double_ones_never_overlap(text: str) -> None:
    found = marked_spans(text)

    assert found == sorted(found)
    assert all(0 <= mark.start < mark.end <= len(text) and "\n" not in text[mark.start : mark.end] for mark in found)
    double = [mark for mark in found if not mark.single]
    assert all(left.end <= right.start for left, right in pairwise(double))


def test_a_single_mark_that_stays_open_too_long_is_an_apostrophe() -> None:
    assert marked_spans("'" + "a b " * 120 + "'") == []
    assert marked_spans("'" + "a b " * 20 + "c'") == [MarkedSpan(0, 83, single=True)]

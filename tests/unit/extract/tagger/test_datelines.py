import pytest

from quotewire_extract.tagger.datelines import in_datelines
from quotewire_extract.tagger.pieces import tokenize
from quotewire_extract.tagger.tagger import Tagger

# A paragraph, and its part before the first sentence.
PARAGRAPHS = {
    "place and dash": ("PORT SELIM - Shelling went on.", "PORT SELIM -"),
    "place, date, agency": ("LAKE TAMBA, 11 August (North Wire) — Rain fell.", "LAKE TAMBA, 11 August (North Wire) —"),
    "place and colon": ("DORN: Firefighters came.", "DORN:"),
    "initials": ("ST. ALDATE -- Nobody was hurt.", "ST. ALDATE --"),
    "a time": ("11.30 Both parties claim victory.", "11.30"),
    "a time of day": ("11:30 a.m. Both parties claim victory.", "11:30 a.m."),
    "later paragraph": ("It rained.\nVINTERBY: Talks resume.", "VINTERBY:"),
    "a name in a sentence": ("Ada Vrell - a baker - spoke.", ""),
    "a single capital": ("A: the first of all letters.", ""),
    "capitals in a sentence": ("She went to NATO - and came back.", ""),
    "a number": ("1,130 euros were paid.", ""),
}


@pytest.mark.parametrize(("text", "expected"), PARAGRAPHS.values(), ids=PARAGRAPHS)
def test_what_stands_before_the_first_sentence(tagger: Tagger, text: str, expected: str) -> None:
    pieces = tokenize(text, tagger.tokenizer)
    inside = pieces.offsets[in_datelines(pieces)]
    assert (text[inside[0, 0] : inside[-1, 1]] if len(inside) else "") == expected


def test_a_turn_of_a_transcript_keeps_its_speaker(tagger: Tagger) -> None:
    text = "WALLACE: Why did the bridge fall?\nTAVARES: Because nobody painted it.\nWALLACE: Who should have?"
    speakers = [text[slice(*q.source)] for q in tagger.tag(text).quotations if q.source]
    assert speakers == ["WALLACE", "TAVARES", "WALLACE"]


def test_a_place_is_no_speaker(tagger: Tagger) -> None:
    text = "DORN: Firefighters said the house had been empty."
    assert [text[slice(*q.source)] for q in tagger.tag(text).quotations if q.source] == ["Firefighters"]

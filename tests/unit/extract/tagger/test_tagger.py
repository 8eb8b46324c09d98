"""The reader that we ship, on texts of ours (all people and places are invented)."""

import tracemalloc

import numpy as np
import pytest

from quotewire_extract.quotation import Quotation
from quotewire_extract.tagger.evidence import ownership
from quotewire_extract.tagger.pieces import cut, even_windows
from quotewire_extract.tagger.tagger import Tagger

FILLER = "The harbour of Veldmark lies between two hills, and the road to it is narrow and old. "


def contents(text: str, quotations: list[Quotation]) -> list[str]:
    return [" … ".join(text[start:end] for start, end in quotation.content) for quotation in quotations]


def sources(text: str, quotations: list[Quotation]) -> list[str | None]:
    return [text[slice(*quotation.source)] if quotation.source else None for quotation in quotations]


# A text, and who says what in it.
TEXTS = {
    "after": ("“The ferry sails at dawn,” Ilvane Morrec said.", [("Ilvane Morrec", "“The ferry sails at dawn,”")]),
    "before": ('Ilvane Morrec said: "The ferry sails at dawn."', [("Ilvane Morrec", '"The ferry sails at dawn."')]),
    "interrupted": (
        "“The ferry,” Ilvane Morrec said, “sails at dawn.”",
        [("Ilvane Morrec", "“The ferry,” … “sails at dawn.”")],
    ),
    "typewritten marks": ("''The ferry sails,'' Ilvane Morrec said.", [("Ilvane Morrec", "''The ferry sails,''")]),
    "reported": ("Ilvane Morrec said that the ferry would sail.", [("Ilvane Morrec", "that the ferry would sail.")]),
    "according to": (
        "The ferry will sail at dawn, according to Ilvane Morrec.",
        [("Ilvane Morrec", "The ferry will sail at dawn")],
    ),
    "cue between comma and clause": (
        "Ilvane Morrec left the council on Monday, saying that nobody listened to the ferrymen.",
        [("Ilvane Morrec", "that nobody listened to the ferrymen.")],
    ),
    "several paragraphs": (
        "“The ferry sails at dawn on Monday,” Ilvane Morrec said.\n“Nobody will have to wait for it any longer.”",
        [
            (
                "Ilvane Morrec",
                "“The ferry sails at dawn on Monday,” … “Nobody will have to wait for it any longer.”",
            )
        ],
    ),
    "nothing said": ('The so-called “pearl of the north” is 6" deep.', []),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_who_says_what(reader: Tagger, text: str, expected: list[tuple[str, str]]) -> None:
    found = reader.read(text).quotations
    assert list(zip(sources(text, found), contents(text, found), strict=True)) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\n", ".", "“", "\x00", "a" * 5000, "“" * 500, "😀" * 300])
def test_odd_texts_are_read_without_complaint(reader: Tagger, text: str) -> None:
    reading = reader.read(text)
    for quotation in reading.quotations:
        assert all(0 <= start < end <= len(text) for start, end in quotation.content)


@pytest.mark.parametrize("before", range(2, 30, 3))
@pytest.mark.parametrize("gap", ["", "\n"])
def test_a_quotation_over_the_end_of_a_window_is_found_whole(reader: Tagger, before: int, gap: str) -> None:
    said = "“We shall mend the wall, plant the hill and open the gate before the winter comes,” Ilvane Morrec said. "
    text = FILLER * before + gap + said + FILLER * 20
    assert len(even_windows(cut(text, reader.tokenizer), reader.network.metadata.window)) > 1
    (found,) = (q for q in reader.read(text).quotations if "mend the wall" in text[q.start : q.end])
    assert contents(text, [found]) == [said[: said.index(" Ilvane")]]
    assert sources(text, [found]) == ["Ilvane Morrec"]


def test_each_piece_belongs_to_the_window_that_sees_most_around_it() -> None:
    owned = ownership([(0, 10), (6, 16), (16, 20)], 20)
    assert [part.tolist() for part in owned] == [list(range(8)), list(range(8, 16)), list(range(16, 20))]
    assert np.concatenate(ownership([(0, 4)], 4)).tolist() == [0, 1, 2, 3]


def test_a_long_text_is_read_to_its_end_in_memory_that_grows_with_the_text_alone(reader: Tagger) -> None:
    said = "“The ferry sails at dawn,” Ilvane Morrec said. "
    paragraph = said + FILLER * 3 + "\n"
    text = paragraph * 60
    tracemalloc.start()
    reading = reader.read(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    last = text.rindex("“The ferry")
    assert last in [quotation.start for quotation in reading.quotations]
    assert len([q for q in reading.quotations if text.startswith("“The ferry sails at dawn,”", q.start)]) == 60
    words = len(text.split())
    assert peak / words < 2_000, f"{peak / words:.0f} bytes a word"

"""The tagger that we ship, on texts of ours (all people and places are invented)."""

import tracemalloc

import pytest

from quotewire_extract.quotation import Quotation
from quotewire_extract.tagger.pieces import tokenize
from quotewire_extract.tagger.tagger import Tagger
from quotewire_extract.tagger.windows import even_windows

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
def test_who_says_what(tagger: Tagger, text: str, expected: list[tuple[str, str]]) -> None:
    found = tagger.tag(text).quotations
    assert list(zip(sources(text, found), contents(text, found), strict=True)) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\n", ".", "“", "\x00", "a" * 5000, "“" * 500, "😀" * 300])
def test_odd_texts_are_tagged_without_an_error(tagger: Tagger, text: str) -> None:
    output = tagger.tag(text)
    for quotation in output.quotations:
        assert all(0 <= start < end <= len(text) for start, end in quotation.content)


@pytest.mark.parametrize("before", range(2, 30, 3))
@pytest.mark.parametrize("gap", ["", "\n"])
def test_a_quotation_over_the_end_of_a_window_is_found_whole(tagger: Tagger, before: int, gap: str) -> None:
    said = "“We shall mend the wall, plant the hill and open the gate before the winter comes,” Ilvane Morrec said. "
    text = FILLER * before + gap + said + FILLER * 20
    assert len(even_windows(tokenize(text, tagger.tokenizer), tagger.network.metadata.window)) > 1
    (found,) = (q for q in tagger.tag(text).quotations if "mend the wall" in text[q.start : q.end])
    assert contents(text, [found]) == [said[: said.index(" Ilvane")]]
    assert sources(text, [found]) == ["Ilvane Morrec"]


def test_a_long_text_is_tagged_to_its_end_and_memory_grows_only_with_the_text(tagger: Tagger) -> None:
    said = "“The ferry sails at dawn,” Ilvane Morrec said. "
    paragraph = said + FILLER * 3 + "\n"
    text = paragraph * 60
    tracemalloc.start()
    output = tagger.tag(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    last = text.rindex("“The ferry")
    assert last in [quotation.start for quotation in output.quotations]
    assert len([q for q in output.quotations if text.startswith("“The ferry sails at dawn,”", q.start)]) == 60
    words = len(text.split())
    assert peak / words < 2_000, f"{peak / words:.0f} bytes a word"

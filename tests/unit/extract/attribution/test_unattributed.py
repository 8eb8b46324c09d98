"""A marked paragraph that names nobody is a quotation of its own after a report without marks."""

from __future__ import annotations

import pytest

from kit.annotated import document, quotation
from quotewire_extract.attribution.component import SpeakersComponent

TEXT = "Paula Sand said that it was late.\n“We are sorry for all of that.”"


def test_it_is_split_from_an_indirect_report_and_keeps_its_speaker() -> None:
    doc = document(TEXT, PERSON="Paula Sand")
    joined = quotation(TEXT, "that it was late", "Paula Sand", "said")
    start = TEXT.index("“")
    joined.content.append((start, len(TEXT)))
    joined.kind = "mixed"
    doc._.quotes = [joined]
    SpeakersComponent()(doc)
    assert [(q.kind, q.speakers[0].name) for q in doc._.quotes] == [
        ("indirect", "Paula Sand"),
        ("direct", "Paula Sand"),
    ]


def test_an_interrupted_direct_quotation_stays_one() -> None:
    text = "“It is late,” said Paula Sand.\n“We are sorry.”"
    doc = document(text, PERSON="Paula Sand")
    joined = quotation(text, "“It is late,”", "Paula Sand", "said")
    joined.content.append((text.index("“We"), len(text)))
    doc._.quotes = [joined]
    SpeakersComponent()(doc)
    assert len(doc._.quotes) == 1


@pytest.mark.parametrize(
    ("paragraph", "found"),
    [
        ("“All our friends have said that the road is open.”", True),
        ("“The road is open”", False),
        ("‘The road to the sea is open again at last.’", False),
        ("“All our friends have said that the road is open,” a poster read.", False),
    ],
    ids=["a sentence", "a heading", "single marks", "with words of its own"],
)
def test_an_unattributed_paragraph_in_marks_continues_the_speaker_before(paragraph: str, found: bool) -> None:
    text = f"Paula Sand said that she was calm.\n\n{paragraph}\n\nIt rained."
    doc = document(text, PERSON="Paula Sand")
    doc._.quotes = [quotation(text, "that she was calm", "Paula Sand", "said")]
    added = [
        (text[slice(*one.content[0])], one.speakers[0].name, one.kind)
        for one in SpeakersComponent()(doc)._.quotes
        if one.start > text.index("calm")
    ]
    assert added == ([(paragraph, "Paula Sand", "direct")] if found else [])

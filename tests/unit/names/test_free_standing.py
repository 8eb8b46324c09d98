"""A marked paragraph that names nobody is a quotation of its own where the one before reports without marks."""

from __future__ import annotations

from quotewire_extract.speakers import Speakers

from .article import document, quotation

TEXT = "Paula Sand said that it was late.\n“We are sorry for all of that.”"


def test_it_is_taken_out_of_an_indirect_report_and_keeps_its_speaker() -> None:
    doc = document(TEXT, PERSON="Paula Sand")
    pooled = quotation(TEXT, "that it was late", "Paula Sand", "said")
    start = TEXT.index("“")
    pooled.content.append((start, len(TEXT)))
    pooled.kind = "mixed"
    doc._.quotes = [pooled]
    Speakers()(doc)
    assert [(q.kind, q.speakers[0].name) for q in doc._.quotes] == [
        ("indirect", "Paula Sand"),
        ("direct", "Paula Sand"),
    ]


def test_an_interrupted_direct_quotation_stays_one() -> None:
    text = "“It is late,” said Paula Sand.\n“We are sorry.”"
    doc = document(text, PERSON="Paula Sand")
    pooled = quotation(text, "“It is late,”", "Paula Sand", "said")
    pooled.content.append((text.index("“We"), len(text)))
    doc._.quotes = [pooled]
    Speakers()(doc)
    assert len(doc._.quotes) == 1

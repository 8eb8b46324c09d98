from pathlib import Path

import spacy
from spacy.tokens import DocBin, Span

from quotewire_training.docbins import read_docbin
from quotewire_training.spans import NamedText


def test_entities_and_unknown_tokens_of_a_docbin(tmp_path: Path) -> None:
    doc = spacy.blank("en")("Ada Vrell saw Zellin")
    doc.set_ents([Span(doc, 0, 2, "PERSON")], missing=[doc[3:4]], default="outside")
    DocBin(docs=[doc]).to_disk(tmp_path / "one.spacy")
    assert list(read_docbin(tmp_path / "one.spacy")) == [
        NamedText("Ada Vrell saw Zellin", ((0, 9, "PERSON"),), ((14, 20),))
    ]

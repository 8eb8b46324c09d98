"""Read entities from spaCy's DocBins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quotewire_training.spans import NamedText

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def read_docbin(path: Path) -> Iterator[NamedText]:
    """Read the texts of one .spacy file with their entities; tokens without an annotation become `unknown`."""
    import spacy  # takes seconds: only this step needs it
    from spacy.tokens import DocBin

    for doc in DocBin().from_disk(path).get_docs(spacy.blank("en").vocab):
        entities = tuple((ent.start_char, ent.end_char, ent.label_) for ent in doc.ents)
        # IOB code 0 is "nothing known", 2 is "outside".
        unknown = tuple((token.idx, token.idx + len(token)) for token in doc if token.ent_iob == 0)
        yield NamedText(doc.text, entities, unknown)

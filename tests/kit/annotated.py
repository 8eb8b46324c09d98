"""Small documents for tests of entities and attribution: entities and quotations are given, without a model."""

from __future__ import annotations

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from quotewire_extract.attribution.component import SpeakersComponent
from quotewire_extract.entities.component import NamesComponent
from quotewire_extract.quotation import Quotation


def blank() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp


NLP = blank()


def document(text: str, **labels: str) -> Doc:
    """Run the component ``names`` on a labelled document; the arguments are those of ``labelled``."""
    return NamesComponent()(labelled(text, **labels))


def labelled(text: str, **labels: str) -> Doc:
    """Make a document whose entities are all occurrences of the texts in ``labels`` (``PERSON="Ana Ruiz|Ruiz"``)."""
    doc = NLP(text)
    found: list[Span] = []
    for label, forms in labels.items():
        for form in sorted(forms.split("|"), key=len, reverse=True):
            at = text.find(form)
            while at != -1:
                span = doc.char_span(at, at + len(form), label=label, alignment_mode="expand")
                if span is not None and not any(span.start < s.end and s.start < span.end for s in found):
                    found.append(span)
                at = text.find(form, at + len(form))
    doc.ents = tuple(sorted(found, key=lambda span: span.start))
    return doc


def names_of(doc: Doc) -> dict[str, tuple[str, str]]:
    """Map the text of every entity to its label and name; the last one counts for equal texts."""
    return {entity.text: (entity.label_, entity._.name) for entity in doc.ents}


def quotation(text: str, content: str, source: str | None = None, cue: str | None = None, after: int = 0) -> Quotation:
    """Make the quotation with this content; the nearest occurrences of source and cue are used."""
    start = text.index(content, after)
    end = start + len(content)
    kind = "direct" if content[0] in '“"' else "mixed" if "“" in content else "indirect"
    return Quotation(
        [(start, end)], _nearest(text, cue, start, end), _nearest(text, source, start, end), kind, 0.9, 0.9
    )


def _nearest(text: str, words: str | None, start: int, end: int) -> tuple[int, int] | None:
    if words is None:
        return None
    positions: list[int] = []
    at = text.find(words)
    while at != -1:
        if at >= end or at + len(words) <= start:
            positions.append(at)
        at = text.find(words, at + 1)
    best = min(positions, key=lambda p: min(abs(start - p - len(words)), abs(p - end)))
    return best, best + len(words)


def speakers_of(text: str, quotations: list[Quotation], **labels: str) -> list[list[tuple[str, str]]]:
    """Return name and kind of the speakers of each quotation."""
    doc = document(text, **labels)
    doc._.quotes = quotations
    SpeakersComponent()(doc)
    return [[(speaker.name, speaker.kind) for speaker in q.speakers] for q in doc._.quotes]

"""The component ``names``: entity labels that agree over the article, and for each mention whose name it is.

Reads and rewrites ``doc.ents``; sets on each entity ``Span._.entity_id`` (the same for all mentions of one figure, in
order of first appearance), ``Span._.name`` (its fullest name in the article) and ``Span._.name_key``.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

from quotewire_extract.entities.cleanup import Mention, clean
from quotewire_extract.entities.clusters import cluster_mentions
from quotewire_extract.extensions import register_extensions


class Names:
    """Join the mentions of an article. Holds no state: the same document gives the same names."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Clean, label and join the entities of one document, in place."""
        text = doc.text  # spaCy puts it together anew each time
        mentions = clean(text, [Mention(e.start_char, e.end_char, e.label_) for e in doc.ents])
        spans: list[Span] = []
        places: list[Mention] = []
        taken = 0
        for mention in mentions:
            span = doc.char_span(mention.start, mention.end, label=mention.label, alignment_mode="expand")
            if span is not None and span.start >= taken:
                spans.append(span)
                places.append(Mention(span.start_char, span.end_char, mention.label))
                taken = span.end
        doc.ents = tuple(spans)
        figures = {mention.start: figure for figure in cluster_mentions(text, places) for mention in figure.mentions}
        for span, place in zip(spans, places, strict=True):
            figure = figures[place.start]
            span._.entity_id = f"e{figure.number + 1}"
            span._.name = figure.name
            span._.name_key = figure.key
        return doc


@Language.factory(
    "names",
    requires=["doc.ents"],
    assigns=["doc.ents", "span._.name", "span._.name_key", "span._.entity_id"],
)
def make_names(nlp: Language, name: str) -> Names:
    """Make the component for a pipeline's config."""
    return Names()

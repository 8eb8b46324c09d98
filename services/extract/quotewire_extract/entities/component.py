"""The component ``names``: consistent entity labels, and for each mention the name and id of its entity.

It rewrites ``doc.ents`` and sets on each entity ``Span._.entity_id`` (the same for all mentions of one entity, numbered
by first appearance), ``Span._.name`` (its fullest name in the article) and ``Span._.name_key``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import registry

from quotewire_extract.entities.cleanup import clean_mentions
from quotewire_extract.entities.clusters import cluster_mentions
from quotewire_extract.entities.entity_mention import EntityMention
from quotewire_extract.extensions import register_extensions
from quotewire_extract.scorers import Scorer, Scores, score_entities


def names_score(examples: Iterable[Example], **kwargs: Any) -> Scores:
    """Score entities."""
    return score_entities(examples)


@registry.scorers("quotewire.names_scorer.v1")  # type: ignore[untyped-decorator]  # spaCy's registry has no types
def make_names_scorer() -> Scorer:
    """Make the scorer for a pipeline's config."""
    return names_score


class NamesComponent:
    """Clean up and cluster the entity mentions of an article. Stateless."""

    def __init__(self, scorer: Scorer | None = names_score) -> None:
        register_extensions()
        self.scorer = scorer

    def __call__(self, doc: Doc) -> Doc:
        """Clean up, label and cluster the entities of one document, in place."""
        text = doc.text  # spaCy builds this string on every access
        cleaned = clean_mentions(text, [EntityMention(e.start_char, e.end_char, e.label_) for e in doc.ents])
        spans: list[Span] = []
        mentions: list[EntityMention] = []
        next_token = 0
        for mention in cleaned:
            span = doc.char_span(mention.start, mention.end, label=mention.label, alignment_mode="expand")
            if span is not None and span.start >= next_token:
                spans.append(span)
                mentions.append(EntityMention(span.start_char, span.end_char, mention.label))
                next_token = span.end
        doc.ents = tuple(spans)
        clusters = {
            mention.start: cluster for cluster in cluster_mentions(text, mentions) for mention in cluster.mentions
        }
        for span, mention in zip(spans, mentions, strict=True):
            cluster = clusters[mention.start]
            span._.entity_id = f"e{cluster.number + 1}"
            span._.name = cluster.name
            span._.name_key = cluster.key
        return doc

    def score(self, examples: Iterable[Example], **kwargs: Any) -> Scores:
        """Score predicted against reference documents (``nlp.evaluate``)."""
        return self.scorer(examples, **kwargs) if self.scorer is not None else {}


@Language.factory(
    "names",
    requires=["doc.ents"],
    assigns=["doc.ents", "span._.name", "span._.name_key", "span._.entity_id"],
    default_config={"scorer": {"@scorers": "quotewire.names_scorer.v1"}},
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_names(nlp: Language, name: str, scorer: Scorer | None) -> NamesComponent:
    """Make the component for a pipeline's config."""
    return NamesComponent(scorer)

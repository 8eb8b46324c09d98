"""The component ``speakers``: who said each quotation, resolved within the article, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from spacy.attrs import IDX, SENT_START
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import registry

from quotewire_extract.attribution.attribute import attribute_speakers
from quotewire_extract.attribution.confidence import flag_low_confidence, set_confidences
from quotewire_extract.attribution.context import ArticleContext
from quotewire_extract.attribution.context_spans import set_context_spans
from quotewire_extract.attribution.genders import person_genders
from quotewire_extract.attribution.live_blogs import trim_entry_times
from quotewire_extract.attribution.modality import flag_modality
from quotewire_extract.attribution.nested import add_nested_reports, link_parents
from quotewire_extract.attribution.roles import person_roles
from quotewire_extract.attribution.teasers import drop_teasers
from quotewire_extract.attribution.transcripts import add_untagged_turns
from quotewire_extract.attribution.unattributed import add_unattributed, split_free_standing
from quotewire_extract.entities.clusters import ClusteredMention, EntityCluster
from quotewire_extract.entities.entity_mention import QUANTITIES, EntityMention
from quotewire_extract.extensions import register_extensions
from quotewire_extract.quotation import Quotation
from quotewire_extract.quotation_marks import marked_spans
from quotewire_extract.scorers import Scorer, Scores, score_quotations, score_speakers
from quotewire_extract.turns import ANY_LABEL, find_turns

LOW = 0.5
"""Confidence below which a quotation is flagged: more likely wrong than right. Operators set another in the config."""

Step: TypeAlias = Callable[[ArticleContext, list[Quotation]], list[Quotation]]
"""One step of attribution. It may change the quotations in place; their order is that of the returned list."""


def sort_by_position(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Sort the quotations by where their words begin."""
    return sorted(quotations, key=lambda quotation: quotation.start)


STEPS: tuple[Step, ...] = (
    trim_entry_times,  # the times of live-blog entries are not part of contents and sources
    drop_teasers,  # headings in marks and teasers of other articles are not quotations
    split_free_standing,  # a marked paragraph is not part of the report without marks before it
    add_untagged_turns,  # turns of a transcript that the tagger did not find
    add_nested_reports,  # reports inside what an outlet reports
    add_unattributed,  # marked paragraphs that belong to no quotation yet
    sort_by_position,  # from here on the order is final: parents are positions in it
    link_parents,  # which quotation is inside which
    flag_modality,  # negated and hypothetical reports
    attribute_speakers,  # who said each
    set_context_spans,  # the sentences around each
    set_confidences,  # probabilities of quotations and speakers
    flag_low_confidence,  # those below the configured threshold
)
"""What the component does, in this order."""


def speakers_score(examples: Iterable[Example], **kwargs: Any) -> Scores:
    """Score quotations and their speakers."""
    examples = list(examples)
    return score_quotations(examples) | score_speakers(examples)


@registry.scorers("quotewire.speakers_scorer.v1")  # type: ignore[untyped-decorator]  # spaCy's registry has no types
def make_speakers_scorer() -> Scorer:
    """Make the scorer for a pipeline's config."""
    return speakers_score


class SpeakersComponent:
    """Sets speakers, context, parent, flags and confidence of every quotation. Stateless apart from its setting."""

    def __init__(self, low_confidence: float = LOW, scorer: Scorer | None = speakers_score) -> None:
        """``low_confidence``: quotations with a lower confidence are kept and get the flag ``low_confidence``."""
        register_extensions()
        self.low_confidence = low_confidence
        self.scorer = scorer

    def __call__(self, doc: Doc) -> Doc:
        """Attribute the quotations of one document, in place."""
        context = build_context(doc, self.low_confidence)
        quotations = list(doc._.quotes)
        for step in STEPS:
            quotations = step(context, quotations)
        doc._.quotes = quotations
        return doc

    def score(self, examples: Iterable[Example], **kwargs: Any) -> Scores:
        """Score predicted against reference documents (``nlp.evaluate``)."""
        return self.scorer(examples, **kwargs) if self.scorer is not None else {}


def build_context(doc: Doc, low_confidence: float = LOW) -> ArticleContext:
    """Collect from a document what the steps need."""
    clusters: dict[str, EntityCluster] = {}
    mentions: list[ClusteredMention] = []
    for entity in doc.ents:
        if entity.label_ in QUANTITIES:  # "two residents" does not name somebody called "two"
            continue
        identity = entity._.entity_id or f"?{entity.start_char}"
        mention = EntityMention(entity.start_char, entity.end_char, entity.label_)
        cluster = clusters.setdefault(
            identity,
            EntityCluster(len(clusters), entity.label_, entity._.name or entity.text, entity._.name_key or ""),
        )
        cluster.mentions.append(mention)
        mentions.append(ClusteredMention(mention, cluster))
    text = doc.text  # spaCy builds this string on every access
    marked = [(span.start, span.end) for span in marked_spans(text) if not span.single]
    tokens = doc.to_array([SENT_START, IDX]).reshape(-1, 2)  # ten times as fast as doc.sents
    sentences = [0, *tokens[tokens[:, 0] == 1, 1].tolist()]
    context = ArticleContext(text, sentences, marked, mentions, find_turns(text, ANY_LABEL), low_confidence)
    context.roles = person_roles(context)
    context.genders = person_genders(context)
    return context


@Language.factory(
    "speakers",
    requires=["doc.ents", "doc._.quotes"],
    assigns=["doc._.quotes"],
    default_config={"low_confidence": LOW, "scorer": {"@scorers": "quotewire.speakers_scorer.v1"}},
    default_score_weights={
        "attributions_f": 0.5, "attributions_p": 0.0, "attributions_r": 0.0, "speakers_acc": 0.0,
        "quotes_f": 0.5, "quotes_p": 0.0, "quotes_r": 0.0,
    },
)  # fmt: skip
def make_speakers(nlp: Language, name: str, low_confidence: float, scorer: Scorer | None) -> SpeakersComponent:
    """Make the component for a pipeline's config."""
    return SpeakersComponent(low_confidence, scorer)

"""The component ``speakers``: for each quotation who said it, resolved within the article, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.attrs import IDX, SENT_START
from spacy.language import Language

from quotewire_extract.attribution.attribute import Attribution
from quotewire_extract.attribution.context import ArticleContext
from quotewire_extract.attribution.live_blogs import trim_times
from quotewire_extract.attribution.modality import link
from quotewire_extract.attribution.nested import nested_reports
from quotewire_extract.attribution.teasers import without_teasers
from quotewire_extract.attribution.transcripts import Transcript
from quotewire_extract.attribution.unattributed import apart, unclaimed
from quotewire_extract.entities.cleanup import QUANTITIES, Mention
from quotewire_extract.entities.clusters import EntityCluster, NamedMention
from quotewire_extract.extensions import register_extensions
from quotewire_extract.quotation_marks import marked_spans

if TYPE_CHECKING:
    from spacy.tokens import Doc


LOW = 0.5
"""Confidence below which a quotation is flagged: more likely wrong than right. Operators set another in the config."""


class Speakers:
    """Fills speakers, context, parent, flags and confidence of every quotation.

    A quotation less sure than ``low_confidence`` is kept and flagged ``low_confidence``. Holds no other state.
    """

    def __init__(self, low_confidence: float = LOW) -> None:
        register_extensions()
        self.low_confidence = low_confidence

    def __call__(self, doc: Doc) -> Doc:
        """Name the speakers of one document, in place."""
        scene = scene_of(doc)
        trim_times(scene, doc._.quotes)
        quotations = apart(scene, without_teasers(scene.text, doc._.quotes))
        talk = Transcript.of(scene)
        added = [*talk.unheard(quotations), *nested_reports(scene, quotations)]
        added += unclaimed(scene, [*quotations, *added])
        quotations = sorted([*quotations, *added], key=lambda quotation: quotation.start)
        doc._.quotes = quotations
        link(scene.text, quotations)
        Attribution(scene, talk).settle(quotations)
        for quotation in quotations:
            if quotation.confidence < self.low_confidence:
                quotation.flags.add("low_confidence")
        return doc


def scene_of(doc: Doc) -> ArticleContext:
    """The article as the resolver sees it."""
    figures: dict[str, EntityCluster] = {}
    named: list[NamedMention] = []
    for entity in doc.ents:
        if entity.label_ in QUANTITIES:  # "two residents" are not the figure "two"
            continue
        identity = entity._.entity_id or f"?{entity.start_char}"
        mention = Mention(entity.start_char, entity.end_char, entity.label_)
        figure = figures.setdefault(
            identity,
            EntityCluster(len(figures), entity.label_, entity._.name or entity.text, entity._.name_key or ""),
        )
        figure.mentions.append(mention)
        named.append(NamedMention(mention, figure))
    text = doc.text  # spaCy puts it together anew each time
    marked = [(stretch.start, stretch.end) for stretch in marked_spans(text) if not stretch.single]
    tokens = doc.to_array([SENT_START, IDX]).reshape(-1, 2)  # ten times as fast as doc.sents
    return ArticleContext(text, [0, *tokens[tokens[:, 0] == 1, 1].tolist()], marked, named)


@Language.factory(
    "speakers",
    requires=["doc.ents", "doc._.quotes"],
    assigns=["doc._.quotes"],
    default_config={"low_confidence": LOW},
)
def make_speakers(nlp: Language, name: str, low_confidence: float = LOW) -> Speakers:
    """Make the component for a pipeline's config."""
    return Speakers(low_confidence)

"""The functions of extract that take a text, for `linear.py`: the pipeline step by step, a stub for the encoder."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import cast

from cpu_clock import Chain, Clock
from spacy.language import Language
from spacy.tokens import Span
from stub_network import StubNetwork

import en_wire
from quotewire_extract import to_records
from quotewire_extract.attribution import component as attribution
from quotewire_extract.attribution.context import ArticleContext
from quotewire_extract.attribution.genders import person_genders
from quotewire_extract.attribution.roles import person_roles
from quotewire_extract.entities.cleanup import clean_mentions
from quotewire_extract.entities.clusters import cluster_mentions
from quotewire_extract.entities.component import NamesComponent
from quotewire_extract.entities.entity_mention import EntityMention
from quotewire_extract.long_runs import without_long_runs
from quotewire_extract.pipeline import split_text
from quotewire_extract.quotation_marks import marked_spans
from quotewire_extract.rendering import html_page, quotation_table
from quotewire_extract.tagger.component import token_offsets
from quotewire_extract.tagger.datelines import in_datelines
from quotewire_extract.tagger.entities import decode_entities, plain_words
from quotewire_extract.tagger.layout import attributed_by_layout, merge_with_layout
from quotewire_extract.tagger.network import Network
from quotewire_extract.tagger.pieces import tokenize
from quotewire_extract.tagger.quotations import decode_quotations
from quotewire_extract.tagger.tagger import Tagger
from quotewire_extract.tagger.windows import assign_to_windows, even_windows, paragraph_windows
from quotewire_extract.turns import ANY_LABEL, CAPITALS, find_turns
from quotewire_schemas import Annotation, AnnotationStatus, Article, EnrichedArticle
from quotewire_schemas.article import MAX_TEXT_BYTES
from quotewire_schemas.codec import encode

MODEL = Path(en_wire.__file__).parent / "pipeline" / "wire_reader"
NOW = datetime(2026, 9, 1, tzinfo=UTC)
MOST = 19
"""Twice the longest text that an article can have, 2^18 bytes."""


@cache
def _pipeline() -> Language:
    nlp = en_wire.load()
    nlp.tokenizer = without_long_runs(nlp.tokenizer)
    return nlp


@cache
def _tagger() -> Tagger:
    tagger = Tagger(MODEL)
    tagger.network = cast(Network, StubNetwork())
    return tagger


def _marks_and_turns(text: str, timed: Clock) -> None:
    marked = timed("marked_spans", lambda: marked_spans(text))
    timed("find_turns: capitals", lambda: find_turns(text, CAPITALS))
    timed("find_turns: any label", lambda: find_turns(text, ANY_LABEL))
    timed("attributed_by_layout", lambda: attributed_by_layout(text, marked))
    timed("split_text", lambda: list(split_text(text, 20_000)))


def _pieces(text: str, timed: Clock) -> None:
    tagger = _tagger()
    pieces = timed("tokenize", lambda: tokenize(text, tagger.tokenizer))
    windows = timed("even_windows", lambda: even_windows(pieces, 510))
    timed("assign_to_windows", lambda: assign_to_windows(windows, len(pieces)))
    timed("paragraph_windows", lambda: paragraph_windows(pieces, 510, 250))
    timed("in_datelines", lambda: in_datelines(pieces))
    timed("plain_words", lambda: plain_words(pieces))


def _annotate(text: str, timed: Clock) -> None:
    """Send a text through the pipeline as ``annotate_article`` does."""
    nlp, tagger = _pipeline(), _tagger()
    doc = timed("make_doc (spaCy)", lambda: nlp.make_doc(text))
    doc = timed("sentencizer (spaCy)", lambda: nlp.get_pipe("sentencizer")(doc))
    words = timed("token_offsets", lambda: token_offsets(doc))
    pieces = tokenize(text, tagger.tokenizer)
    evidence = tagger.evidence(pieces)
    entities = timed("decode_entities", lambda: decode_entities(pieces, evidence.tags, ("PERSON",), words))
    decoded = timed("decode_quotations", lambda: decode_quotations(pieces, evidence, tagger.decoding))
    layout = attributed_by_layout(text, pieces.marked)
    found = timed("merge_with_layout", lambda: merge_with_layout(decoded, layout))
    doc.set_ents([Span(doc, entity.first, entity.last + 1, entity.label) for entity in entities])
    doc._.quotes = found

    mentions = timed("clean_mentions", lambda: clean_mentions(text, [_mention(span) for span in doc.ents]))
    timed("cluster_mentions", lambda: cluster_mentions(text, mentions))
    doc = timed("names (component)", lambda: NamesComponent()(doc))

    context = timed("build_context", lambda: attribution.build_context(doc))
    timed("ArticleContext", lambda: ArticleContext(text, context.sentences, context.marked, context.mentions))
    timed("person_roles", lambda: person_roles(context))
    timed("person_genders", lambda: person_genders(context))
    quotations = list(found)
    for step in attribution.STEPS:
        quotations = timed(step.__name__, lambda step=step, given=quotations: step(context, given))  # type: ignore[misc]
    doc._.quotes = quotations

    article = Article(
        article_id="a", revision=1, change="created", source_id="harbour-post", fetched_at=NOW, ingested_at=NOW,
        title="A title", text="", content_hash="0" * 64, reader_version="1",
    ).model_copy(update={"text": text})  # fmt: skip
    named = timed("to_records.entities", lambda: list(to_records.entities(doc)))
    quotes = timed("to_records.quotes", lambda: to_records.quotes(doc, article, 1))
    if len(text.encode()) > MAX_TEXT_BYTES:
        return
    annotation = Annotation(
        status=AnnotationStatus.DONE, reason=None, model="stub", annotator_release=1, annotated_at=NOW
    )
    record = EnrichedArticle(article=article, entities=named, quotes=quotes, annotation=annotation)
    timed("encode: enriched", lambda: encode(record))
    timed("quotation_table", lambda: quotation_table([record]))
    timed("html_page", lambda: html_page([record]))


def _mention(span: Span) -> EntityMention:
    return EntityMention(span.start_char, span.end_char, span.label_)


CHAINS: tuple[Chain, ...] = (
    Chain("marks and turns", _marks_and_turns),
    Chain("pieces", _pieces, most=20),
    Chain("pipeline", _annotate, most=MOST),
)

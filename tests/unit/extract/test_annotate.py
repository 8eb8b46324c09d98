from datetime import UTC, datetime
from pathlib import Path

import pytest
from spacy.tokens import Doc

from kit.builders import NOON, article, withdrawn
from quotewire_extract.annotate import annotate_article
from quotewire_extract.pipeline import Pipelines
from quotewire_extract.quotation import Quotation, SpeakerMention
from quotewire_extract.release import ANNOTATOR_RELEASE
from quotewire_extract.to_records import quote_id, quotes
from quotewire_schemas import Article, Dropped, EnrichedArticle, decode, encode

from .test_pipeline import plain_model

__all__ = ["plain_model"]

TEXT = "😀 “The ferry sails at dawn,” Ilvane Morrec said.\nShe said that Veldmark would pay. “And soon.”"


def test_entities_and_quotations_stand_at_their_offsets(pipelines: Pipelines) -> None:
    enriched = annotate_article(article(text=TEXT), pipelines, NOON)
    assert [TEXT[e.start : e.end] for e in enriched.entities] == [e.text for e in enriched.entities]
    assert ("Ilvane Morrec", "PERSON") in [(e.text, e.label) for e in enriched.entities]
    first = enriched.quotes[0]
    assert first.content == "“The ferry sails at dawn,”" == TEXT[slice(*first.content_spans[0])]
    assert first.cue is not None
    assert first.cue.text == "said"
    assert [speaker.name for speaker in first.speakers] == ["Ilvane Morrec"]
    assert first.context_span[0] <= first.content_spans[0][0] < first.cue.end <= first.context_span[1]
    assert [quote.content_spans for quote in enriched.quotes] == sorted(
        quote.content_spans for quote in enriched.quotes
    )
    assert (enriched.annotation.status, enriched.annotation.reason) == ("done", None)
    assert enriched.annotation.annotated_at == NOON


def test_the_same_article_gives_the_same_record(pipelines: Pipelines) -> None:
    one, other = (annotate_article(article(text=TEXT), pipelines, NOON) for _ in range(2))
    assert encode(one) == encode(other)
    revised = annotate_article(article(revision=2, text=TEXT), pipelines, NOON)
    assert {q.quote_id for q in one.quotes}.isdisjoint(q.quote_id for q in revised.quotes)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (article(text="Il a dit oui.", language="fr-CA"), "no pipeline for language 'fr'"),
        (article(text=TEXT, language=None), "language not recognised"),
        (article(text=" \n"), "no text"),
        (withdrawn(), "withdrawn"),
    ],
)
def test_what_cannot_be_annotated_is_skipped_with_a_reason(pipelines: Pipelines, given: Article, reason: str) -> None:
    enriched = annotate_article(given, pipelines)
    assert (enriched.entities, enriched.quotes) == ([], [])
    assert (enriched.annotation.status, enriched.annotation.reason) == ("skipped", reason)
    assert enriched.annotation.model is None
    assert enriched.annotation.annotator_release == ANNOTATOR_RELEASE


def test_entities_without_quotations_are_a_partial_annotation(plain_model: Path) -> None:
    text = "Ilvane Morrec lebt in Veldmark, sagt sie."
    enriched = annotate_article(article(text=text, language="de"), Pipelines({"de": str(plain_model)}))
    assert [(e.text, e.start) for e in enriched.entities] == [("Ilvane Morrec", 0), ("Veldmark", 22)]
    assert enriched.annotation.status == "partial"
    assert enriched.annotation.reason == "entities only: de_harbour 1.2.3 finds no quotations"


def test_the_article_goes_on_without_dropped_lines_and_with_what_we_do_not_know(pipelines: Pipelines) -> None:
    given = article(text="Nothing.", dropped=[Dropped(text="Subscribe", reason="promotion")])
    newer = encode(given).replace(b'"outlet":', b'"mood":"calm","outlet":').replace(b'"created"', b'"corrected"')
    enriched = annotate_article(decode(Article, newer), pipelines)
    again = decode(EnrichedArticle, encode(enriched))
    assert again.article.dropped == []
    assert again.article.model_extra == {"mood": "calm"}
    assert again.article.change == "corrected"


def mention(text: str, start: int | None = None) -> SpeakerMention:
    end = None if start is None else start + len(text)
    return SpeakerMention(start, end, text, text, text.lower(), "full", "person", "PERSON")


def made(doc: Doc, *found: Quotation) -> list[dict[str, object]]:
    doc._.quotes = list(found)
    return [quote.model_dump() for quote in quotes(doc, article(text=doc.text), 1)]


@pytest.fixture
def doc(pipelines: Pipelines) -> Doc:
    english = pipelines.for_language("en")
    assert english is not None
    ((_, doc),) = english.docs("He said she had said it rains. Yes.")
    return doc


def test_a_quotation_inside_another_names_its_parent(doc: Doc) -> None:
    outer = Quotation([(8, 29)], (3, 7), (0, 2), "indirect", 0.9, 0.9, [mention("He", 0)], (0, 30), confidence=0.9)
    inner = Quotation([(21, 29)], (16, 20), (8, 11), "indirect", 0.8, 0.9, [], None, 0, confidence=1.2)
    later, first = made(doc, outer, inner)[::-1]
    assert later["parent_quote_id"] == first["quote_id"] == quote_id("a1", 1, [(8, 29)])
    assert (later["context_span"], later["confidence"]) == ((8, 29), 1.0)
    assert first["parent_quote_id"] is None


def test_of_two_quotations_with_the_same_words_the_more_confident_one_is_kept(doc: Doc) -> None:
    unsure = Quotation([(8, 29)], (3, 7), (0, 2), "indirect", 0.5, 0.9, [mention("He", 0)], None, confidence=0.3)
    sure = Quotation([(8, 29)], None, None, "indirect", 0.5, 0.9, [mention("")], None, confidence=0.7, flags={"b", "a"})
    (only,) = made(doc, unsure, sure)
    assert (only["confidence"], only["cue"], only["flags"]) == (0.7, None, ["a", "b"])


def test_quote_ids_never_change() -> None:
    assert quote_id("a1", 1, [(0, 10), (20, 30)]) == "010c4a43380b7cadac7d59095ac7863b"
    assert quote_id("a1", 2, [(0, 10), (20, 30)]) != quote_id("a1", 1, [(0, 10), (20, 30)])


def test_the_time_is_the_only_input_from_outside(pipelines: Pipelines) -> None:
    before = datetime.now(UTC)
    assert annotate_article(article(text="No."), pipelines).annotation.annotated_at >= before


def test_an_operator_s_release_goes_into_every_record() -> None:
    enriched = annotate_article(article(text=TEXT), Pipelines({"en": "en_wire"}, release=7), NOON)
    assert enriched.quotes
    assert {enriched.annotation.annotator_release, *(quote.annotator_release for quote in enriched.quotes)} == {7}

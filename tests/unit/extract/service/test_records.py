import pickle

import pytest

from kit.builders import NOON, article, quote, withdrawn
from quotewire_extract.pipeline import Pipelines
from quotewire_extract.service.metrics import AnnotatedRecord
from quotewire_extract.service.records import outgoing_records
from quotewire_extract.service.worker import RejectedRecord, annotate_record, annotator
from quotewire_schemas import (
    Annotation,
    AnnotationStatus,
    Article,
    Change,
    EnrichedArticle,
    Origin,
    Quote,
    QuotesVoided,
    decode,
    encode,
)
from quotewire_schemas.topics import ARTICLE, ENRICHED, QUOTE, examples


def enriched(of: Article, *quotes: Quote) -> EnrichedArticle:
    annotation = Annotation(
        status=AnnotationStatus.DONE, reason=None, model="m 1", annotator_release=7, annotated_at=NOON
    )
    return EnrichedArticle(article=of, quotes=list(quotes), annotation=annotation)


@pytest.mark.parametrize("origin", [Origin.LIVE, Origin.BACKFILL])
def test_an_article_seen_for_the_first_time_voids_nothing(origin: Origin) -> None:
    given = article(origin=origin)
    said = quote(given, '"The ferry sails at dawn,"', release=7)
    first, second = outgoing_records(enriched(given, said), earlier_release=False)
    assert (first.topic, second.topic) == (ENRICHED, QUOTE)
    assert first.key == second.key == b"a1"
    headers = dict(second.headers)
    assert headers["ce_id"] == f"{said.quote_id}:7".encode()
    assert headers["ce_type"] == b"quotewire.quote.v1"
    assert headers["ce_time"] == b"2026-03-02T12:00:00.000Z"
    assert decode(Quote, second.value).model_dump() == said.model_dump()


@pytest.mark.parametrize("earlier_release", [False, True])
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (article(revision=2), "revised"),
        (article(revision=2, change=Change.REREAD), "reread"),
        (article(origin=Origin.REANNOTATION), "reannotation"),
        (article(revision=3, origin=Origin.REPLAY), "replay"),
        (withdrawn(), "withdrawn"),
        (withdrawn(origin=Origin.REPLAY), "withdrawn"),
        (article(revision=2, change=Change.CREATED), "revised"),
    ],
)
def test_quotations_that_may_be_published_are_voided_before_the_new_ones(
    given: Article, reason: str, earlier_release: bool
) -> None:
    quotes = [] if given.change == Change.WITHDRAWN else [quote(given, '"The ferry sails at dawn,"')]
    _, voided, *rest = outgoing_records(enriched(given, *quotes), earlier_release=earlier_release)
    record = decode(QuotesVoided, voided.value)
    assert (record.reason, record.revision, record.annotator_release) == (reason, given.revision, 7)
    assert dict(voided.headers)["ce_id"] == f"a1:{given.revision}:7:voided".encode()
    assert dict(voided.headers)["ce_type"] == b"quotewire.quotes.voided.v1"
    assert len(rest) == len(quotes)


@pytest.mark.parametrize("said", [True, False], ids=["with a quotation", "without one"])
@pytest.mark.parametrize("origin", [Origin.LIVE, Origin.BACKFILL])
def test_a_first_revision_that_a_lower_release_may_have_annotated_is_annotated_again(
    origin: Origin, said: bool
) -> None:
    given = article(origin=origin)
    quotes = [quote(given, '"The ferry sails at dawn,"', release=7)] if said else []
    _, voided, *rest = outgoing_records(enriched(given, *quotes), earlier_release=True)
    record = decode(QuotesVoided, voided.value)
    assert (record.reason, record.revision, record.annotator_release) == ("reannotation", 1, 7)
    assert dict(voided.headers)["ce_id"] == b"a1:1:7:voided"
    assert len(rest) == len(quotes)


@pytest.mark.parametrize("revision", [1, 2])
@pytest.mark.parametrize("earlier_release", [False, True])
def test_a_heartbeat_puts_nothing_on_the_topic_of_quotations(revision: int, earlier_release: bool) -> None:
    given = article(revision=revision, origin=Origin.HEARTBEAT)
    records = outgoing_records(
        enriched(given, quote(given, '"The ferry sails at dawn,"')), earlier_release=earlier_release
    )
    assert [emit.topic for emit in records] == [ENRICHED]


@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in examples(ARTICLE)])
def test_every_example_of_the_contract_is_annotated(pipelines: Pipelines, value: bytes) -> None:
    key = decode(Article, value).article_id.encode()
    done = annotate_record(key, value, pipelines, earlier_release=False)
    assert isinstance(done, AnnotatedRecord)
    assert done.emits[0].topic == ENRICHED
    assert decode(EnrichedArticle, done.emits[0].value).article.article_id.encode() == key
    assert pickle.loads(pickle.dumps(done)) == done


GOOD = encode(article())


@pytest.mark.parametrize(
    ("key", "value", "reason", "words"),
    [
        (b"a1", None, "empty", "no value"),
        (b"a1", b"", "empty", "no value"),
        (b"a1", b"{", "not_json", "EOF"),
        (b"a1", b"[1]", "invalid", "record"),
        (b"a1", GOOD.replace(b'"revision":1', b'"revision":0'), "invalid", "revision"),
        (b"a1", GOOD.replace(b'"schema_version":1', b'"schema_version":99'), "newer_schema", "update this service"),
        (b"other", GOOD, "wrong_key", "is 'other', must be the article_id 'a1'"),
        (None, GOOD, "wrong_key", "is none"),
    ],
)
def test_an_invalid_article_is_rejected_with_a_reason(
    pipelines: Pipelines, key: bytes | None, value: bytes | None, reason: str, words: str
) -> None:
    rejected = annotate_record(key, value, pipelines, earlier_release=False)
    assert isinstance(rejected, RejectedRecord)
    assert rejected.reason == reason
    assert words in rejected.message
    assert pickle.loads(pickle.dumps(rejected)) == rejected


def test_the_annotator_yields_one_result_per_record_in_order() -> None:
    work = annotator({"en": "en_wire"}, threads=1, release=1)
    results = list(work([(b"a1", GOOD, False), (b"a1", b"{", False), (b"a1", GOOD, True)]))
    assert [type(result) for result in results] == [AnnotatedRecord, RejectedRecord, AnnotatedRecord]
    assert isinstance(results[0], AnnotatedRecord)
    assert isinstance(results[2], AnnotatedRecord)
    assert len(results[2].emits) == len(results[0].emits) + 1, "the third may have been annotated before"
    assert results[0].log_fields["entities"] == len(decode(EnrichedArticle, results[0].emits[0].value).entities)

"""Writers are strict, readers are open, and what cannot be read says why."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from kit.builders import article, enriched, withdrawn
from quotewire_schemas import Article, Change, DecodeError, EnrichedArticle, Reason, decode, encode


def changed(record: Article | EnrichedArticle, **fields: Any) -> bytes:
    return json.dumps({**json.loads(encode(record)), **fields}).encode()


def test_a_producer_may_not_invent_a_field() -> None:
    with pytest.raises(ValidationError, match="mood"):
        article(mood="gloomy")


def test_a_producer_may_not_invent_a_member() -> None:
    with pytest.raises(ValidationError, match="created, revised, reread, withdrawn"):
        article(change="improved")


def test_a_reader_keeps_a_field_it_does_not_know_and_passes_it_on() -> None:
    record = decode(Article, changed(article(), mood="gloomy"))
    onward = EnrichedArticle(article=record, annotation=enriched().annotation)
    assert json.loads(encode(onward))["article"]["mood"] == "gloomy"


def test_a_reader_keeps_a_nested_field_it_does_not_know() -> None:
    record = decode(Article, changed(article(), rights={"robots": None, "tdm": None, "licence": None, "ai": "no"}))
    assert json.loads(encode(record))["rights"]["ai"] == "no"


def test_a_reader_keeps_a_member_it_does_not_know() -> None:
    record = decode(Article, changed(article(), change="improved"))
    assert record.change == "improved"
    assert json.loads(encode(record))["change"] == "improved"


def test_a_known_member_is_read_as_the_enum() -> None:
    assert decode(Article, encode(article())).change is Change.CREATED


@pytest.mark.parametrize(
    ("value", "reason", "says"),
    [
        (None, Reason.EMPTY, "no value"),
        (b"", Reason.EMPTY, "no value"),
        (b"\xff\xfe\x00", Reason.NOT_JSON, "JSON"),
        (b'{"article_id": ', Reason.NOT_JSON, "JSON"),
        (b"[" * 100_000, Reason.NOT_JSON, "JSON"),
        (b"[]", Reason.INVALID, "record"),
        (b"{}", Reason.INVALID, "article_id"),
        (changed(article(), revision="one"), Reason.INVALID, "revision"),
        (changed(article(), revision=0), Reason.INVALID, "revision"),
        (changed(article(), schema_version=2), Reason.NEWER_SCHEMA, "2"),
        (changed(article(), schema_version=9, revision={"major": 1}), Reason.NEWER_SCHEMA, "9"),
        (changed(article(), type="quote"), Reason.INVALID, "type"),
        (changed(article(), text="x" * 300_000), Reason.INVALID, "256 KiB"),
    ],
)
def test_what_cannot_be_read_names_reason_and_field(value: bytes | None, reason: Reason, says: str) -> None:
    with pytest.raises(DecodeError, match=says) as caught:
        decode(Article, value)
    assert caught.value.reason is reason


def test_an_error_never_repeats_the_article() -> None:
    with pytest.raises(DecodeError) as caught:
        decode(Article, changed(article(text="secret words"), revision="secret words"))
    assert "secret" not in caught.value.message


def test_an_entity_must_stand_where_it_says() -> None:
    value = json.loads(encode(enriched()))
    value["entities"][0]["start"] += 1
    with pytest.raises(DecodeError, match=r"entities\.0"):
        decode(EnrichedArticle, json.dumps(value).encode())


def test_a_lone_surrogate_is_refused_with_a_reason() -> None:
    with pytest.raises(DecodeError) as caught:
        encode(article(text="a lone \ud800 surrogate"))
    assert caught.value.reason is Reason.INVALID


def test_a_withdrawn_article_carries_no_text() -> None:
    assert withdrawn().text == ""
    with pytest.raises(ValidationError, match="no text"):
        article(change=Change.WITHDRAWN, text="still here")


def test_the_limit_counts_bytes_not_characters() -> None:
    assert len(article(text="x" * 262_144).text) == 262_144
    with pytest.raises(ValidationError, match="256 KiB"):
        article(text="é" * 131_073)

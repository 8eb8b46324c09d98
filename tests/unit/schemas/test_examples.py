"""Every example is what the models and the JSON Schemas say it is."""

import json
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel

from quotewire_schemas import Article, EnrichedArticle, Quote, QuotesVoided, decode, encode
from quotewire_schemas.topics import examples, json_schema, specs

MODELS: dict[str, type[BaseModel]] = {
    model.__name__: model for model in (Article, EnrichedArticle, Quote, QuotesVoided)
}
BY_TYPE = {str(model.model_fields["type"].default): model for model in MODELS.values()}
CASES = [(spec.name, name, value) for spec in specs() for name, value in examples(spec.name)]


def model_of(value: bytes) -> type[BaseModel]:
    return BY_TYPE[json.loads(value)["type"]]


@pytest.mark.parametrize(("topic", "name", "value"), CASES, ids=[f"{topic}/{name}" for topic, name, _ in CASES])
def test_example_holds_against_model_and_schema(topic: str, name: str, value: bytes) -> None:
    model = model_of(value)
    assert model.__name__ in next(spec for spec in specs() if spec.name == topic).records
    jsonschema.Draft202012Validator(json.loads(json_schema(model.__name__))).validate(json.loads(value))
    assert json.loads(encode(decode(model, value))) == json.loads(value)
    model.model_validate(json.loads(value))  # examples are what producers write, so they pass the strict door too


def test_every_topic_with_records_has_examples_of_each() -> None:
    for spec in specs():
        shown = {model_of(value).__name__ for _, value in examples(spec.name)}
        assert shown == set(spec.records), spec.name


def test_the_promised_examples_are_there() -> None:
    names = {name for _, name, _ in CASES}
    assert {"astral", "withdrawn", "joint_speakers", "skipped_language"} <= names
    text: str = json.loads(dict(examples("news.article.v1"))["astral"])["text"]
    assert any(ord(character) > 0xFFFF for character in text)


def test_offsets_count_code_points() -> None:
    record = decode(EnrichedArticle, dict(examples("news.article.enriched.v1"))["astral"])
    (found,) = record.quotes
    ((start, end),) = found.content_spans
    assert record.article.text[start:end] == found.content == "“We counted 𝟛 ferries 🎉,”"


def test_schemas_are_open_for_fields_to_come() -> None:
    def closed(schema: Any) -> bool:
        if isinstance(schema, dict):
            return schema.get("additionalProperties") is False or any(closed(part) for part in schema.values())
        return isinstance(schema, list) and any(closed(part) for part in schema)

    assert [name for name in MODELS if closed(json.loads(json_schema(name)))] == []

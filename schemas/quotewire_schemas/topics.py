"""Topics as data: what ``schemas/topics/*.yaml`` says, and the names under an operator's prefix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict

ARTICLE = "news.article.v1"
ENRICHED = "news.article.enriched.v1"
QUOTE = "news.quote.v1"

CE_ARTICLE = "quotewire.article.v1"
CE_ENRICHED = "quotewire.article.enriched.v1"
CE_QUOTE = "quotewire.quote.v1"
CE_QUOTES_VOIDED = "quotewire.quotes.voided.v1"
"""The ``ce_type`` header of each kind of record."""


def dead_letter_topic(source: str, stage: str) -> str:
    """Name the topic of the records of ``source`` that ``stage`` gave up."""
    return f"{source}.{stage}.dlq"


class TopicSpec(BaseModel):
    """One topic as it is to be created."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    records: list[str]
    """Names of the models that stand on it; none for dead letters, which are original bytes."""
    dead_letters_of: str | None = None
    producers: list[str]
    consumers: list[str]
    partitions: int
    config: dict[str, str | int]
    """Kafka's topic settings; sizes in bytes, times in milliseconds."""

    @property
    def max_message_bytes(self) -> int:
        """Largest record in bytes, before compression on the producer's side."""
        return int(self.config["max.message.bytes"])


@cache
def specs() -> tuple[TopicSpec, ...]:
    """All topics, in the order an article travels."""
    text = resources.files("quotewire_schemas").joinpath("topics.json").read_text(encoding="utf-8")
    return tuple(TopicSpec.model_validate(item) for item in json.loads(text))


def spec(name: str) -> TopicSpec:
    """Find a topic by its name without prefix.

    Raises:
        KeyError: there is no such topic.
    """
    for item in specs():
        if item.name == name:
            return item
    raise KeyError(name)


class Topics:
    """The topics' names under a prefix, so that several streams can share a cluster: ``Topics("staging.").article``."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    @property
    def article(self) -> str:
        """Articles, from ingest."""
        return self.named(ARTICLE)

    @property
    def enriched(self) -> str:
        """Enriched articles, from extract."""
        return self.named(ENRICHED)

    @property
    def quote(self) -> str:
        """Quotations, from extract."""
        return self.named(QUOTE)

    def named(self, name: str) -> str:
        """Put the prefix before a topic's own name."""
        return f"{self.prefix}{name}"

    def plain(self, name: str) -> str:
        """Take the prefix off again."""
        return name.removeprefix(self.prefix)


def _folder(kind: str) -> Path:
    """``json`` or ``examples``: inside an installed wheel, else beside the package in the source tree."""
    package = Path(str(resources.files("quotewire_schemas")))
    installed = package / "_data" / kind
    return installed if installed.is_dir() else package.parent / kind


def json_schema(record: str) -> str:
    """The generated JSON Schema of a record, by the model's name."""
    return (_folder("json") / f"{record}.schema.json").read_text(encoding="utf-8")


def examples(topic: str) -> Iterator[tuple[str, bytes]]:
    """The examples of a topic as (name, value): every consumer should be tested on each of them."""
    for path in sorted((_folder("examples") / topic).glob("*.json")):
        yield path.stem, path.read_bytes()

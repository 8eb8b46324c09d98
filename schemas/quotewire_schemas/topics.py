"""The topics as data, from ``schemas/topics/*.yaml``, and their names under an operator's prefix."""

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
    """Name the topic of the records of ``source`` that ``stage`` rejected."""
    return f"{source}.{stage}.dlq"


class TopicSpec(BaseModel):
    """The definition of one topic."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    records: list[str]
    """Names of the models on it; none for dead letters, which are original bytes."""
    dead_letters_of: str | None = None
    owner: str
    """The area of the code whose maintainers decide about changes."""
    producers: list[str]
    consumers: list[str]
    partitions: int
    config: dict[str, str | int]
    """Kafka's topic configuration; sizes in bytes, times in milliseconds."""

    @property
    def max_message_bytes(self) -> int:
        """The largest record in bytes, before the producer compresses it."""
        return int(self.config["max.message.bytes"])


@cache
def specs() -> tuple[TopicSpec, ...]:
    """Return all topics, in the order in which an article passes them."""
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
    """The topics' names with a prefix, so that several streams can share a cluster: ``Topics("staging.").article``."""

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
        """Add the prefix to a topic's own name."""
        return f"{self.prefix}{name}"

    def plain(self, name: str) -> str:
        """Remove the prefix from a name."""
        return name.removeprefix(self.prefix)


def _folder(kind: str) -> Path:
    """Return the folder ``json`` or ``examples``: in an installed wheel, else beside the package in the source tree."""
    package = Path(str(resources.files("quotewire_schemas")))
    installed = package / "_data" / kind
    return installed if installed.is_dir() else package.parent / kind


def json_schema(record: str) -> str:
    """Return the generated JSON Schema of a record, by the name of its model."""
    return (_folder("json") / f"{record}.schema.json").read_text(encoding="utf-8")


def examples(topic: str) -> Iterator[tuple[str, bytes]]:
    """Yield the examples of a topic as (name, value): test every consumer on each of them."""
    for path in sorted((_folder("examples") / topic).glob("*.json")):
        yield path.stem, path.read_bytes()

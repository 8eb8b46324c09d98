"""Harmful records, and the expected result of each: a dead letter with a known reason, or an ordinary article."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chaos.pipelines.triggers import CRASH, EXHAUST_MEMORY, HANG
from kit.builders import article, enriched
from quotewire_schemas import encode
from quotewire_schemas.article import MAX_TEXT_BYTES
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import ARTICLE, ENRICHED

KEY = "poison"
"""Prefix of the keys; the audit of articles skips them."""
FUZZ = "fuzz"
"""The second part of the keys of mutated records."""
MARK = "chaos"
"""A header that contains `poison` or `fuzz`, whatever the key is."""


@dataclass(frozen=True, slots=True)
class Poison:
    """One harmful record."""

    topic: str
    key: bytes
    value: bytes | None
    stage: str
    """The stage at which it must become a dead letter, or which must process it."""
    reason: Reason | None
    """None if it must become an article."""


def poison(number: int) -> Iterator[Poison]:
    """Yield one record of each kind that always becomes a dead letter; the keys contain the number."""
    for topic, stage in ((ARTICLE, "extract"), (ENRICHED, "store")):
        name = f"{KEY}-{number}-{stage}"
        key = name.encode()
        whole = encode(article(name) if topic == ARTICLE else enriched(article(name)))
        yield Poison(topic, key, b"{", stage, Reason.NOT_JSON)
        yield Poison(topic, key, b"[" * 50_000, stage, Reason.NOT_JSON)
        yield Poison(topic, key, None, stage, Reason.EMPTY)
        yield Poison(topic, key, b'{"schema_version": 99}', stage, Reason.NEWER_SCHEMA)
        yield Poison(topic, key, b"{}", stage, Reason.INVALID)
        yield Poison(topic, key, whole.replace(b"Ferry", b"\\ud800"), stage, Reason.NOT_JSON)
        yield Poison(topic, key + b"-other", whole, stage, Reason.WRONG_KEY)
    for topic in (ARTICLE, ENRICHED):  # extract passes it on: only the database rejects it
        name = f"{KEY}-{number}-nul-{topic}"
        data = json.loads(encode(article(name) if topic == ARTICLE else enriched(article(name))))
        (data if topic == ARTICLE else data["article"])["title"] = "U+0000 \0"
        yield Poison(topic, name.encode(), json.dumps(data).encode(), "store", Reason.REFUSED)
    yield _of_text(number, "long", "a" * (MAX_TEXT_BYTES + 1), Reason.INVALID)


def hooks(number: int) -> Iterator[Poison]:
    """Yield texts that make a worker with the pipeline `en_poisonable` crash, hang or use too much memory."""
    for trigger, reason in ((CRASH, Reason.CRASH), (HANG, Reason.TIMEOUT), (EXHAUST_MEMORY, Reason.MEMORY)):
        yield _of_text(number, str(reason), f"An invented text.\n{trigger}\nIt goes on.", reason)


def heavy(number: int) -> Iterator[Poison]:
    """Yield the largest and strangest texts that are valid articles."""
    yield _of_text(number, "token", "a" * MAX_TEXT_BYTES)
    yield _of_text(number, "newlines", "\n" * 261_000 + "The end.")
    yield _of_text(number, "quotes", '"' * 20_000)
    yield _of_text(number, "plain", 'The boat "sails" today. ' * (MAX_TEXT_BYTES // 24))
    yield _of_data(number, "deep", {"unknown": json.loads("[" * 100 + "]" * 100)})
    # A text is at least a sixth of its record; lines that the cleaner removed may fill the rest.
    yield _of_data(number, "large", {"dropped": [{"text": "left out " * 100, "reason": "boilerplate"}] * 2000})


def _of_text(number: int, sort: str, text: str, reason: Reason | None = None) -> Poison:
    """Bypass the model, which would reject a text that is too long."""
    return _of_data(number, sort, {"text": text}, reason)


def _of_data(number: int, sort: str, data: dict[str, Any], reason: Reason | None = None) -> Poison:
    name = f"{KEY}-{number}-{sort}"
    value = json.loads(encode(article(name))) | data
    return Poison(ARTICLE, name.encode(), json.dumps(value).encode(), "extract", reason)

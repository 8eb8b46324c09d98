"""Records made to do harm, and what must become of each: a dead letter of one reason, or an article like others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chaos.pipelines.words import CRASH, HANG, OVEREAT
from kit.builders import article, enriched
from quotewire_schemas import encode
from quotewire_schemas.article import MAX_TEXT_BYTES
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import ARTICLE, ENRICHED

KEY = "poison"
"""What the key of every one begins with; the audit of the articles passes them over."""
FUZZ = "fuzz"
"""The second word of the keys of mutated records."""
MARK = "chaos"
"""A header that says `poison` or `fuzz`, whatever the key is."""


@dataclass(frozen=True, slots=True)
class Poison:
    """One such record."""

    topic: str
    key: bytes
    value: bytes | None
    stage: str
    """Where it must become a dead letter; of one that must become an article, where it goes in."""
    reason: Reason | None
    """None: it must become an article."""


def poison(number: int) -> Iterator[Poison]:
    """One of each sort that is a dead letter everywhere, with keys that no other number has."""
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
    for topic in (ARTICLE, ENRICHED):  # extract passes it on: it is text like any other until a database is asked
        name = f"{KEY}-{number}-nul-{topic}"
        data = json.loads(encode(article(name) if topic == ARTICLE else enriched(article(name))))
        (data if topic == ARTICLE else data["article"])["title"] = "U+0000 \0"
        yield Poison(topic, name.encode(), json.dumps(data).encode(), "store", Reason.REFUSED)
    yield _of_text(number, "long", "a" * (MAX_TEXT_BYTES + 1), Reason.INVALID)


def hooks(number: int) -> Iterator[Poison]:
    """Texts that crash, hang and overeat their worker, where the pipeline is `en_poisonable`."""
    for words, reason in ((CRASH, Reason.CRASH), (HANG, Reason.TIMEOUT), (OVEREAT, Reason.MEMORY)):
        yield _of_text(number, str(reason), f"An invented text.\n{words}\nIt goes on.", reason)


def heavy(number: int) -> Iterator[Poison]:
    """The largest and oddest texts that are articles all the same."""
    yield _of_text(number, "token", "a" * MAX_TEXT_BYTES)
    yield _of_text(number, "newlines", "\n" * 261_000 + "The end.")
    yield _of_text(number, "quotes", '"' * 20_000)
    yield _of_text(number, "plain", 'The boat "sails" today. ' * (MAX_TEXT_BYTES // 24))
    yield _of_data(number, "deep", {"unknown": json.loads("[" * 100 + "]" * 100)})
    # A text can be a sixth of its record at the worst; what the cleaner left out may fill the rest.
    yield _of_data(number, "large", {"dropped": [{"text": "left out " * 100, "reason": "boilerplate"}] * 2000})


def _of_text(number: int, sort: str, text: str, reason: Reason | None = None) -> Poison:
    """Past the model, which would refuse a text that is too long."""
    return _of_data(number, sort, {"text": text}, reason)


def _of_data(number: int, sort: str, data: dict[str, Any], reason: Reason | None = None) -> Poison:
    name = f"{KEY}-{number}-{sort}"
    value = json.loads(encode(article(name))) | data
    return Poison(ARTICLE, name.encode(), json.dumps(value).encode(), "extract", reason)

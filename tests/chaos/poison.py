"""Records that no stage can process, and the dead letter that each must become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from kit.builders import article, enriched
from quotewire_schemas import encode
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import ARTICLE, ENRICHED

KEY = "poison"
"""What the key of every one begins with; the audit of the articles passes them over."""


@dataclass(frozen=True, slots=True)
class Poison:
    """One such record."""

    topic: str
    key: bytes
    value: bytes | None
    stage: str
    reason: Reason


def poison(number: int) -> Iterator[Poison]:
    """One of each sort, with keys that no other number has."""
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

"""Records mutated from the schemas' examples, by a seed: some are still valid articles, most are not."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos.poison import FUZZ, KEY
from quotewire_schemas import Article, EnrichedArticle, Origin
from quotewire_schemas.codec import DecodeError, decode
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import ARTICLE, ENRICHED

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
STAGES = {ARTICLE: "extract", ENRICHED: "store"}
MAX_RECORD_BYTES = 500_000
"""Longer records are truncated: values nested into each other can grow without limit, and Kafka takes 2 MiB."""
ODD_VALUES: Sequence[Any] = (
    None, True, False, -1, 0, 1, 2**31, 2**63, 2**70, -(2**63), 0.5, 1e308, float("nan"), float("inf"), "", " ", "\0",
    "\u202e", "\ufeff", "e\u0301", "\U0001f6a2", "a" * 5000, "'; DROP TABLE news.articles; --", "<b>", "{}",
    "2026-13-45", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00", "2026-03-02T12:00:00", "en",
    "xx-", "withdrawn", "heartbeat", [], {}, [[]], [None], {"": ""}, {"\0": 1}, ["\ud800"], [0] * 500,
)  # fmt: skip
"""Values that fields do not accept, or accept only just."""


@dataclass(frozen=True, slots=True)
class MutatedRecord:
    """One mutated record."""

    topic: str
    key: bytes | None
    value: bytes | None

    def expected_reason(self) -> Reason | None:
        """Return the reason of the dead letter it must become by the schemas; None if it is a valid article."""
        try:
            if self.topic == ARTICLE:
                article = decode(Article, self.value)
            else:
                enriched = decode(EnrichedArticle, self.value)
                article = enriched.article
                if any(quote.article_id != article.article_id for quote in enriched.quotes):
                    return Reason.INVALID if self.key == article.article_id.encode() else Reason.WRONG_KEY
            return None if self.key == article.article_id.encode() else Reason.WRONG_KEY
        except DecodeError as error:
            return error.reason


def mutated(topic: str, count: int, rng: random.Random, batch: int) -> list[MutatedRecord]:
    """Mutate `count` records for a topic; names are unique in a run."""
    examples = [json.loads(path.read_bytes()) for path in sorted((EXAMPLES / topic).glob("*.json"))]
    found = []
    for number in range(count):
        name = f"{KEY}-{FUZZ}-{batch}-{number}"
        value = _named(json.loads(json.dumps(rng.choice(examples))), name)
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 5))):
            rng.choice(ACTIONS)(value, rng)
        if _is_heartbeat(value):
            continue  # heartbeats are not stored on purpose
        data = json.dumps(value, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
        for _ in range(rng.choice((0, 0, 1, 1, 3))):
            data = _damaged(data, rng)
        key = rng.choice((None, b"", name.encode()[:-1], b"\xff\0")) if rng.random() < 0.03 else name.encode()
        found.append(MutatedRecord(topic, key, data[:MAX_RECORD_BYTES]))
    return found


def _named(value: dict[str, Any], name: str) -> dict[str, Any]:
    article = value.get("article", value)
    article["article_id"] = name
    for quote in value.get("quotes", ()):
        quote["article_id"] = name
    return value


def _is_heartbeat(value: dict[str, Any]) -> bool:
    article = value.get("article", value)
    return isinstance(article, dict) and article.get("origin") == Origin.HEARTBEAT


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every container in a JSON value with each of its indices or names."""
    found: list[tuple[Any, Any]] = []
    names: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in names:
        found += [(value, name), *_places(value[name])]
    return found


def _odd_value(rng: random.Random) -> Any:
    return copy.deepcopy(rng.choice(ODD_VALUES))


def _replace(value: Any, rng: random.Random) -> None:
    if locations := _places(value):
        container, name = rng.choice(locations)
        container[name] = _odd_value(rng)


def _remove(value: Any, rng: random.Random) -> None:
    if locations := _places(value):
        container, name = rng.choice(locations)
        del container[name]


def _swap(value: Any, rng: random.Random) -> None:
    if locations := _places(value):
        (one, here), (other, there) = rng.choice(locations), rng.choice(locations)
        one[here] = json.loads(json.dumps(other[there]))  # a copy: a value can be nested into itself


def _add(value: Any, rng: random.Random) -> None:
    containers = [value, *(one[name] for one, name in _places(value))]
    container = rng.choice([one for one in containers if isinstance(one, dict | list)])
    if isinstance(container, dict):
        container[rng.choice(("unknown", "", "\0", "schema_version", "text"))] = _odd_value(rng)
    else:
        container += [_odd_value(rng)] * rng.choice((1, 2, 100))


def _shift(value: Any, rng: random.Random) -> None:
    """Change an integer, which here is an offset or a count, a little."""
    locations = [(one, name) for one, name in _places(value) if type(one[name]) is int]
    if locations:
        container, name = rng.choice(locations)
        container[name] += rng.choice((-1, 1, 1000, -1000))


ACTIONS: Sequence[Callable[[Any, random.Random], None]] = (_replace, _replace, _replace, _remove, _swap, _add, _shift)


def _damaged(data: bytes, rng: random.Random) -> bytes:
    start, length = rng.randrange(len(data) + 1), rng.choice((1, 1, 2, 10, 200))
    end = start + length
    return rng.choice(
        (
            data[:start],
            data[:start] + data[end:],
            data[:start] + rng.randbytes(length) + data[end:],
            data[:start] + rng.randbytes(length) + data[start:],
            data[:end] + data[start:],
            data[:start] + b"\\ud800" + data[start:],
            data[:start] + b"[" * length + data[start:],
        )
    )

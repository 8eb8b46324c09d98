"""Records mutated from the examples of the contract, by a seed: some are articles still, most are not."""

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
LARGEST = 500_000
"""Bytes at which a record is cut: parts that are put into each other grow without bounds, and Kafka takes 2 MiB."""
ODD: Sequence[Any] = (
    None, True, False, -1, 0, 1, 2**31, 2**63, 2**70, -(2**63), 0.5, 1e308, float("nan"), float("inf"), "", " ", "\0",
    "\u202e", "\ufeff", "e\u0301", "\U0001f6a2", "a" * 5000, "'; DROP TABLE news.articles; --", "<b>", "{}",
    "2026-13-45", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00", "2026-03-02T12:00:00", "en",
    "xx-", "withdrawn", "heartbeat", [], {}, [[]], [None], {"": ""}, {"\0": 1}, ["\ud800"], [0] * 500,
)  # fmt: skip
"""Values that fields are not made for, or only just."""


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """One such record."""

    topic: str
    key: bytes | None
    value: bytes | None

    def deserves(self) -> Reason | None:
        """The dead letter that its stage must make of it by the contract alone; None if it is an article."""
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


def fuzzed(topic: str, count: int, dice: random.Random, batch: int) -> list[Fuzzed]:
    """Mutate `count` records for a topic; no two of a run have the same name."""
    examples = [json.loads(path.read_bytes()) for path in sorted((EXAMPLES / topic).glob("*.json"))]
    found = []
    for number in range(count):
        name = f"{KEY}-{FUZZ}-{batch}-{number}"
        value = _named(json.loads(json.dumps(dice.choice(examples))), name)
        for _ in range(dice.choice((0, 1, 1, 1, 2, 3, 5))):
            dice.choice(DEEDS)(value, dice)
        if _is_heartbeat(value):
            continue  # leaves no trace in the tables on purpose
        data = json.dumps(value, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
        for _ in range(dice.choice((0, 0, 1, 1, 3))):
            data = _damaged(data, dice)
        key = dice.choice((None, b"", name.encode()[:-1], b"\xff\0")) if dice.random() < 0.03 else name.encode()
        found.append(Fuzzed(topic, key, data[:LARGEST]))
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
    """Every container in a JSON value with every index or name in it."""
    found: list[tuple[Any, Any]] = []
    names: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in names:
        found += [(value, name), *_places(value[name])]
    return found


def _odd(dice: random.Random) -> Any:
    return copy.deepcopy(dice.choice(ODD))


def _replace(value: Any, dice: random.Random) -> None:
    if places := _places(value):
        container, name = dice.choice(places)
        container[name] = _odd(dice)


def _remove(value: Any, dice: random.Random) -> None:
    if places := _places(value):
        container, name = dice.choice(places)
        del container[name]


def _swap(value: Any, dice: random.Random) -> None:
    if places := _places(value):
        (one, here), (other, there) = dice.choice(places), dice.choice(places)
        one[here] = json.loads(json.dumps(other[there]))  # a copy: a part can be put into itself


def _add(value: Any, dice: random.Random) -> None:
    containers = [value, *(one[name] for one, name in _places(value))]
    container = dice.choice([one for one in containers if isinstance(one, dict | list)])
    if isinstance(container, dict):
        container[dice.choice(("unknown", "", "\0", "schema_version", "text"))] = _odd(dice)
    else:
        container += [_odd(dice)] * dice.choice((1, 2, 100))


def _shift(value: Any, dice: random.Random) -> None:
    """Numbers are offsets and counts here: move one a little."""
    places = [(one, name) for one, name in _places(value) if type(one[name]) is int]
    if places:
        container, name = dice.choice(places)
        container[name] += dice.choice((-1, 1, 1000, -1000))


DEEDS: Sequence[Callable[[Any, random.Random], None]] = (_replace, _replace, _replace, _remove, _swap, _add, _shift)


def _damaged(data: bytes, dice: random.Random) -> bytes:
    start, length = dice.randrange(len(data) + 1), dice.choice((1, 1, 2, 10, 200))
    end = start + length
    return dice.choice(
        (
            data[:start],
            data[:start] + data[end:],
            data[:start] + dice.randbytes(length) + data[end:],
            data[:start] + dice.randbytes(length) + data[start:],
            data[:end] + data[start:],
            data[:start] + b"\\ud800" + data[start:],
            data[:start] + b"[" * length + data[start:],
        )
    )

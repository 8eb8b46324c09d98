"""What is fed: invented articles whose every version carries a marker that nothing else carries."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from quotewire_ingest.identity import article_id_of_url
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.inputs import WITHDRAW, Order

_NAMES = ("Ilvane Morrec", "Tobren Pellin", "Sanna Dorvane", "Oskar Veld", "Mirele Quillon")
_FETCHED = datetime(2026, 3, 2, tzinfo=UTC)

REVISED, REVISED_TWICE, WITHDRAWN = 0.15, 0.05, 0.03
"""Parts of the articles that get a second version, a third, and that are taken back at the end."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one article: what is handed to ingest, and what must come of it."""

    number: int
    version: int
    """1, 2, 3 in the order it is fed."""
    marker: str
    text: str
    """Empty for a withdrawal."""

    @property
    def url(self) -> str:
        """Its address, which makes its article_id."""
        return f"https://chaos.example/{self.number}"

    @property
    def article_id(self) -> str:
        """The same that ingest gives it."""
        return article_id_of_url(self.url)

    @property
    def withdrawn(self) -> bool:
        """Whether this takes the article back."""
        return not self.text

    @property
    def item(self) -> Document | Order:
        """What goes into ingest's queue; its name is unique among all versions."""
        if self.withdrawn:
            return Order(WITHDRAW, self.url, why="chaos")
        body = {"url": self.url, "title": f"Title {self.marker}", "text": self.text, "language": "en"}
        return Document(
            self.marker, json.dumps(body).encode(), DocumentKind.RECORD, "chaos", None, _FETCHED, url=self.url
        )

    @property
    def name(self) -> str:
        """Under which the queue knows it."""
        return self.item.name


def versions(count: int, seed: int) -> list[Version]:
    """Write `count` articles and their later versions, in the order they are to be fed.

    A later version stands some way behind the one before; the feeder holds it back until that one has its outcome.
    """
    dice = random.Random(seed)
    placed: list[tuple[float, Version]] = []
    for number in range(count):
        last = 1 + (dice.random() < REVISED) + (dice.random() < REVISED_TWICE)
        at = float(number)
        for version in range(1, last + 1):
            placed.append((at, _version(number, version, seed, dice)))
            at += dice.uniform(10, count / 4)
        if dice.random() < WITHDRAWN:
            placed.append((at, Version(number, last + 1, f"mk{seed}x{number}x{last + 1}", "")))
    return [version for _, version in sorted(placed, key=lambda pair: pair[0])]


def _version(number: int, version: int, seed: int, dice: random.Random) -> Version:
    marker = f"mk{seed}x{number}x{version}"
    first, second = dice.sample(_NAMES, 2)
    sentences = [
        f'"The word is {marker} and nothing else," {first} said on Tuesday.',
        f"{second} told reporters that the ferry would sail without waiting for anybody.",
        f'"We have counted the boats twice," {second} added. "There are {number} of them."',
    ]
    text = "\n".join(dice.sample(sentences, dice.randint(1, 3)) + [f"This is part {marker}."])
    return Version(number, version, marker, text)


def by_article(fed: Sequence[Version]) -> dict[str, list[Version]]:
    """The versions of each article, in order."""
    found: dict[str, list[Version]] = {}
    for version in sorted(fed, key=lambda one: one.version):
        found.setdefault(version.article_id, []).append(version)
    return found

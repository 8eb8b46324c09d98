"""Invented articles to feed: every version contains a marker that is in no other text."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from quotewire_ingest.identity import article_id_of_url
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.kinds import WithdrawInput

_NAMES = ("Ilvane Morrec", "Tobren Pellin", "Sanna Dorvane", "Oskar Veld", "Mirele Quillon")
_FETCHED = datetime(2026, 3, 2, tzinfo=UTC)

REVISED, REVISED_TWICE, WITHDRAWN = 0.15, 0.05, 0.03
"""Shares of the articles that get a second version, a third one, and that are withdrawn at the end."""


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """One version of one article: what is submitted to ingest, and what must result."""

    number: int
    version: int
    """1, 2, 3 in the order in which they are fed."""
    marker: str
    text: str
    """Empty for a withdrawal."""

    @property
    def url(self) -> str:
        """The URL, from which the article_id is made."""
        return f"https://chaos.example/{self.number}"

    @property
    def article_id(self) -> str:
        """The article_id that ingest computes."""
        return article_id_of_url(self.url)

    @property
    def withdrawn(self) -> bool:
        """Whether this version withdraws the article."""
        return not self.text

    @property
    def item(self) -> Document | WithdrawInput:
        """The entry for ingest's queue; its name is unique among all versions."""
        if self.withdrawn:
            return WithdrawInput(self.url, why="chaos")
        body = {"url": self.url, "title": f"Title {self.marker}", "text": self.text, "language": "en"}
        return Document(
            self.marker, json.dumps(body).encode(), DocumentKind.RECORD, "chaos", None, _FETCHED, url=self.url
        )

    @property
    def name(self) -> str:
        """The name of the entry in the queue."""
        return self.item.name


def article_versions(count: int, seed: int) -> list[ArticleVersion]:
    """Write `count` articles and their later versions, in the order in which to feed them.

    A later version comes some time after the earlier one; the feeder waits until that one has its outcome.
    """
    rng = random.Random(seed)
    placed: list[tuple[float, ArticleVersion]] = []
    for number in range(count):
        last = 1 + (rng.random() < REVISED) + (rng.random() < REVISED_TWICE)
        at = float(number)
        for version in range(1, last + 1):
            placed.append((at, _article_version(number, version, seed, rng)))
            at += rng.uniform(10, count / 4)
        if rng.random() < WITHDRAWN:
            placed.append((at, ArticleVersion(number, last + 1, f"mk{seed}x{number}x{last + 1}", "")))
    return [version for _, version in sorted(placed, key=lambda pair: pair[0])]


def _article_version(number: int, version: int, seed: int, rng: random.Random) -> ArticleVersion:
    marker = f"mk{seed}x{number}x{version}"
    first, second = rng.sample(_NAMES, 2)
    sentences = [
        f'"The word is {marker} and nothing else," {first} said on Tuesday.',
        f"{second} told reporters that the ferry would sail without waiting for anybody.",
        f'"We have counted the boats twice," {second} added. "There are {number} of them."',
    ]
    text = "\n".join(rng.sample(sentences, rng.randint(1, 3)) + [f"This is part {marker}."])
    return ArticleVersion(number, version, marker, text)


def by_article(fed: Sequence[ArticleVersion]) -> dict[str, list[ArticleVersion]]:
    """Group the versions by article, in order."""
    found: dict[str, list[ArticleVersion]] = {}
    for version in sorted(fed, key=lambda one: one.version):
        found.setdefault(version.article_id, []).append(version)
    return found

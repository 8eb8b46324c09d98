"""Invented articles with real lengths, the same for the same seed: the people and places in them do not exist."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = (2, 119, 266, 296, 354, 404, 446, 522, 574, 647, 686, 753, 825, 860, 914, 977, 1017, 1197, 1471, 2286, 6008)
"""Lengths of real articles in words at every twentieth quantile: 152 news pages of 2023 to 2026 from 31 countries."""

GIVEN = [
    "Ilvane",
    "Tobren",
    "Dago",
    "Maresh",
    "Oluwa",
    "Kesi",
    "Arvid",
    "Lupe",
    "Sanna",
    "Ravi",
    "Noor",
    "Emeka",
    "Yuna",
    "Pilar",
    "Anselm",
    "Thandi",
    "Bojan",
    "Mirele",
]
FAMILY = [
    "Morrec",
    "Asquil",
    "Pellin",
    "Dorvane",
    "Okarua",
    "Brandell",
    "Tesfari",
    "Quillon",
    "Varga-Ness",
    "Obrecht",
    "Imalu",
    "Sorrento",
    "Kjelvik",
    "Anand",
]
ROLES = (
    "Harbour Minister",
    "Mayor",
    "union leader",
    "Professor",
    "coach",
    "Chief Justice",
    "spokeswoman",
    "farmer",
    "Captain",
)
PLACES = ["Veldmark", "Orsund", "Kallabria", "Tarnovia", "Port-Elane", "Nimbara", "Sault-Ferry", "Dhorpur", "Quenby"]
BODIES = (
    "Harbour Board",
    "Ministry of Tides",
    "National Grain Council",
    "Court of Appeal",
    "Orsund Rovers",
    "Bank of Veldmark",
)
CLAUSES = (
    "the pier would be rebuilt before the winter storms",
    "nobody had asked the fishermen what they thought",
    "the budget leaves no room for another delay",
    "the figures for March were better than anyone had hoped",
    "the team needs time and a little patience",
    "the court will hear the case again in the autumn",
    "prices have risen faster than wages for three years",
    "the new line will carry forty thousand people a day",
)
PLAIN = (
    "The {body} met in {place} on Tuesday for the second time this month.",
    "About {number} people had gathered outside, most of them in rain coats.",
    "In {place}, ferries stayed in port and the market closed at noon.",
    "The talks, which began in {year}, have been broken off twice.",
    "It was the coldest day in {place} since {year}, and the tram line stood still for {number} minutes.",
    "A report by the {body}, {number} pages long, had been expected for weeks.",
)
SPOKEN = (
    '"{Clause}," {name} said.',
    "“{Clause},” said {role} {name}.",
    "{name} said {clause}.",
    "{surname} said that {clause}.",
    "According to {name}, {clause}.",
    '"{Clause}," {pronoun} added. "That is all there is to say."',
    "{role} {name} told reporters in {place} that {clause}.",
    "The {body} said {clause}.",
)


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """An invented article."""

    number: int
    title: str
    text: str

    @property
    def words(self) -> int:
        """The length in words."""
        return len(self.text.split())


def articles(count: int, seed: int = 1, words: int | None = None) -> Iterator[SampleArticle]:
    """Write ``count`` articles, of ``words`` words each, or of real lengths."""
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        yield _write(number, words or length(rng), rng)


def length(rng: random.Random) -> int:
    """Draw a length in words from the quantiles, with linear interpolation."""
    at = rng.random() * (len(WORDS) - 1)
    low = int(at)
    return round(WORDS[low] + (WORDS[low + 1] - WORDS[low]) * (at - low))


def _write(number: int, words: int, rng: random.Random) -> SampleArticle:
    people = [(rng.choice(GIVEN), rng.choice(FAMILY), rng.choice(ROLES), rng.choice(("he", "she"))) for _ in range(5)]
    paragraphs: list[str] = []
    written = 0
    while written < words:
        sentences = [_sentence(people, rng) for _ in range(rng.randint(1, 4))]
        paragraphs.append(" ".join(sentences))
        written += len(paragraphs[-1].split())
    return SampleArticle(number, f"{rng.choice(PLACES)} waits for news, part {number}", "\n".join(paragraphs))


def _sentence(people: list[tuple[str, str, str, str]], rng: random.Random) -> str:
    given, family, role, pronoun = rng.choice(people)
    clause = rng.choice(CLAUSES)
    return rng.choice(SPOKEN if rng.random() < 0.5 else PLAIN).format(
        name=f"{given} {family}",
        surname=family,
        role=role,
        pronoun=pronoun,
        clause=clause,
        Clause=clause[0].upper() + clause[1:],
        body=rng.choice(BODIES),
        place=rng.choice(PLACES),
        number=rng.randint(12, 4000),
        year=rng.randint(1950, 2025),
    )

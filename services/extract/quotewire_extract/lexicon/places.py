"""States, their peoples and their capitals, in the words that newspapers use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Places:
    """Lookup tables; ``state_of`` maps every form ("Ukrainian", "Kyiv") to the state's first form ("Ukraine")."""

    states: frozenset[str]
    peoples: frozenset[str]
    capitals: frozenset[str]
    state_of: Mapping[str, str]


@cache
def places() -> Places:
    """Load the table once. Ambiguous forms (~Jordan) map to their state but do not decide labels."""
    states: set[str] = set()
    peoples: set[str] = set()
    capitals: set[str] = set()
    state_of: dict[str, str] = {}
    for raw in files("quotewire_extract.lexicon").joinpath("countries.txt").read_text(encoding="utf-8").splitlines():
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        words, _, towns = line.partition("|")
        first, *forms = (word.strip() for word in words.lstrip("~").split(","))
        seats = [town.strip() for town in towns.split(",") if town.strip()]
        for form in (first, *forms, *seats):
            state_of[form] = first
        if not line.startswith("~"):
            states.add(first)
        states.update(form for form in forms if form in _ALSO_STATES)
        peoples.update(form for form in forms if form not in _ALSO_STATES)
        capitals.update(seats)
    return Places(frozenset(states), frozenset(peoples), frozenset(capitals), state_of)


_ALSO_STATES = frozenset(
    {"Türkiye", "Czechia", "Burma", "UK", "U.K.", "Britain", "US", "U.S.", "USA", "America", "UAE", "England"}
)
"""Forms before the table's ``|`` that name the state itself, not its people."""

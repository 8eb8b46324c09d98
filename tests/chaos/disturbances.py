"""What is broken, when, and how: a list drawn from a seed, each entry due when so many articles have been stored."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quotewire_extract.release import ANNOTATOR_RELEASE

SERVICES = ("ingest", "extract", "store")
CLOCKS = (*SERVICES, "postgres")
"""Those whose clocks are set wrong. Kafka's is left alone: that all others jump is the same to it."""
KINDS: Mapping[str, str] = {
    "kill": "SIGKILL of a service",
    "term": "SIGTERM of a service",
    "freeze": "SIGSTOP of a service for --frozen seconds",
    "worker": "SIGKILL of a worker process",
    "join": "one more extract or store for some seconds",
    "old": "an extract of the release before for some seconds, which finds less",
    "poison": "records that no stage can process, one of each sort, on both topics",
    "hook": "articles that crash, hang and overeat their worker",
    "heavy": "the largest and oddest texts that are articles",
    "fuzz": "a thousand records mutated from the examples, on both topics",
    "disk-warc": "no room for the raw bytes for --away seconds",
    "disk-postgres": "no room for PostgreSQL for --away seconds",
    "clock": "the wall clock of a service or of PostgreSQL set wrong by up to 55 hours for --frozen seconds",
    "kafka-stop": "Kafka stopped for --away seconds",
    "kafka-kill": "SIGKILL of Kafka",
    "kafka-freeze": "SIGSTOP of Kafka for --frozen seconds",
    "postgres-stop": "PostgreSQL stopped for --away seconds",
    "postgres-kill": "SIGKILL of PostgreSQL",
    "postgres-freeze": "SIGSTOP of PostgreSQL for --frozen seconds",
}
PIPELINES = Path(__file__).parent / "pipelines"
_SECONDS: Mapping[str, float] = {
    "kill": 8, "term": 6, "worker": 3, "join": 5, "old": 5, "poison": 2, "hook": 20, "heavy": 30, "fuzz": 6, "kafka": 8,
    "postgres": 5, "disk": 8, "clock": 3,
}  # fmt: skip
"""About how long the stream is busy with one, besides the time that a part is away or frozen."""


def lasting(counts: Mapping[str, int], away_s: float, frozen_s: float) -> float:
    """Seconds that the disturbances will take, about: articles should flow all the while."""
    seconds = 0.0
    for kind, count in counts.items():
        name, _, how = kind.rpartition("-")
        own = _SECONDS.get(name or kind, 0)
        if name == "disk":
            own += away_s
        if how == "clock":
            own += frozen_s
        seconds += count * (own + {"stop": away_s, "freeze": frozen_s}.get(how, 0))
    return seconds


def settings_for(counts: Mapping[str, int]) -> dict[str, str]:
    """What the services are told for these disturbances, by the environment's names without the prefix."""
    told: dict[str, str] = {}
    if "hook" in counts:
        told |= {"EXTRACT__PIPELINES__EN": "en_poisonable", "EXTRACT__MEMORY_MIB": "900", "EXTRACT__DEADLINE_S": "15"}
    if "heavy" in counts:  # of a crowded machine no text may be given up that an idle one can do
        told |= {"EXTRACT__MEMORY_MIB": "1536", "EXTRACT__DEADLINE_S": "240", "ENGINE__STALL_S": "300"}
    if "poison" in counts:  # several in a row, where the articles between them are held up elsewhere
        told |= {"ENGINE__DEAD_LETTERS_IN_A_ROW": "500"}
    if "fuzz" in counts:  # nearly all are dead letters: the limit would rightly pause the stage
        told |= {"ENGINE__DEAD_LETTERS_IN_A_ROW": "1000000", "ENGINE__DEAD_LETTER_WINDOW": "1000000"}
    return told


def surroundings_for(counts: Mapping[str, int]) -> dict[str, str]:
    """Where the pipelines are found that only these disturbances name."""
    if not {"hook", "old"} & set(counts):
        return {}
    return {"PYTHONPATH": f"{PIPELINES}:{PIPELINES.parents[1]}"}


OLD = {
    "EXTRACT__PIPELINES__EN": "en_older",
    "EXTRACT__ANNOTATOR_RELEASE": str(ANNOTATOR_RELEASE - 1),
}
"""Settings of an extract of the release before."""


@dataclass(frozen=True, slots=True)
class Due:
    """One disturbance: due when `share` of all versions are stored, and `delay` seconds later."""

    share: float
    kind: str
    target: str
    delay: float


def drawn(counts: Mapping[str, int], dice: random.Random) -> list[Due]:
    """Draw the disturbances; services get their turns evenly."""
    found = []
    for kind, count in counts.items():
        for number in range(count):
            names = {"join": ("extract", "store"), "clock": CLOCKS}.get(kind, SERVICES)
            target = names[number % len(names)] if kind in ("kill", "term", "freeze", "join", "clock") else ""
            found.append(Due(dice.uniform(0.02, 0.9), kind, target, dice.uniform(0, 1.5)))
    return sorted(found, key=lambda due: due.share)

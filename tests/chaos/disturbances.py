"""The kinds of disturbance, and a schedule of them that is drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quotewire_extract.release import ANNOTATOR_RELEASE

SERVICES = ("ingest", "extract", "store")
CLOCKS = (*SERVICES, "postgres")
"""The parts whose clocks are shifted. Kafka's is not: a shift of all others has the same effect."""
KINDS: Mapping[str, str] = {
    "kill": "SIGKILL of a service",
    "term": "SIGTERM of a service",
    "freeze": "SIGSTOP of a service for --frozen seconds",
    "worker": "SIGKILL of a worker process",
    "join": "one more extract or store for some seconds",
    "old": "an extract of the previous release for some seconds, which finds fewer quotations",
    "poison": "records that no stage can process, one of each sort, on both topics",
    "hook": "articles that make their worker crash, hang or use too much memory",
    "heavy": "the largest and strangest texts that are valid articles",
    "fuzz": "a thousand records mutated from the examples, on both topics",
    "disk-warc": "a full disk for the raw bytes for --away seconds",
    "disk-postgres": "a full disk for PostgreSQL for --away seconds",
    "clock": "the wall clock of a service or of PostgreSQL shifted by up to 55 hours for --frozen seconds",
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
"""About how many seconds one takes, without the time that a part is stopped or frozen."""


def estimated_duration_s(counts: Mapping[str, int], away_s: float, frozen_s: float) -> float:
    """Estimate how many seconds the disturbances take: articles should flow for that long."""
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
    """Return the services' settings for these disturbances, named as in the environment without the prefix."""
    settings: dict[str, str] = {}
    if "hook" in counts:
        settings["EXTRACT__PIPELINES__EN"] = "en_poisonable"
        settings |= {"EXTRACT__MEMORY_MIB": "900", "EXTRACT__DEADLINE_S": "15"}
    if "heavy" in counts:  # a busy machine must not reject a text that an idle one can process
        settings |= {"EXTRACT__MEMORY_MIB": "1536", "EXTRACT__DEADLINE_S": "240", "ENGINE__STALL_S": "300"}
    if "poison" in counts:  # several in a row can occur where the articles between them are delayed
        settings |= {"ENGINE__DEAD_LETTERS_IN_A_ROW": "500"}
    if "fuzz" in counts:  # nearly all become dead letters: the limit would pause the stage
        settings |= {"ENGINE__DEAD_LETTERS_IN_A_ROW": "1000000", "ENGINE__DEAD_LETTER_WINDOW": "1000000"}
    return settings


def environment_for(counts: Mapping[str, int]) -> dict[str, str]:
    """Return the environment in which services find the pipelines of these disturbances."""
    if not {"hook", "old"} & set(counts):
        return {}
    return {"PYTHONPATH": f"{PIPELINES}:{PIPELINES.parents[1]}"}


OLD = {
    "EXTRACT__PIPELINES__EN": "en_older",
    "EXTRACT__ANNOTATOR_RELEASE": str(ANNOTATOR_RELEASE - 1),
}
"""Settings of an extract of the previous release."""


@dataclass(frozen=True, slots=True)
class ScheduledDisturbance:
    """One disturbance: it is due `delay` seconds after `share` of all versions are stored."""

    share: float
    kind: str
    target: str
    delay: float


def draw_schedule(counts: Mapping[str, int], rng: random.Random) -> list[ScheduledDisturbance]:
    """Draw the disturbances; each service is the target equally often."""
    found = []
    for kind, count in counts.items():
        for number in range(count):
            names = {"join": ("extract", "store"), "clock": CLOCKS}.get(kind, SERVICES)
            target = names[number % len(names)] if kind in ("kill", "term", "freeze", "join", "clock") else ""
            found.append(ScheduledDisturbance(rng.uniform(0.02, 0.9), kind, target, rng.uniform(0, 1.5)))
    return sorted(found, key=lambda disturbance: disturbance.share)

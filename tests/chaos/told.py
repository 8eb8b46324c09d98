"""What the services' logs say: what became of each record, and who had which partitions when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from kit.services import Service

Place = tuple[str, int, int]
"""Topic, partition and offset of a record."""


@dataclass(frozen=True, slots=True)
class Told:
    """The line of one article, or of one assignment."""

    service: Service
    at: float
    """Seconds since 1970, by the service's clock."""
    outcome: str | None
    """None for an assignment."""
    article_id: str | None
    place: Place | None
    """None from ingest, which reads no topic."""
    item: str | None
    """The name of an input, from ingest."""
    partitions: frozenset[int]
    """Those assigned."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A service that was killed, and when (seconds since 1970)."""

    service: Service
    at: float


def read_logs(services: Iterable[Service]) -> list[Told]:
    """Read all logs, in the order of time; lines that a kill has torn are passed over."""
    found = [told for service in services for told in _lines(service)]
    return sorted(found, key=lambda told: told.at)


def _lines(service: Service) -> Iterator[Told]:
    with service.log.open("r", encoding="utf-8", errors="replace") as file:
        for line in file:
            if '"event": "article"' not in line and '"event": "partitions_assigned"' not in line:
                continue
            try:
                said = json.loads(line)
            except ValueError:
                continue
            yield _told(service, said)


def _told(service: Service, said: dict[str, Any]) -> Told:
    place = (said["topic"], said["partition"], said["offset"]) if "offset" in said else None
    at = datetime.fromisoformat(said["timestamp"]).timestamp()
    return Told(
        service, at, said.get("outcome"), said.get("article_id"), place, said.get("input"),
        frozenset(said.get("partitions") or ()),
    )  # fmt: skip


def standstills(
    kills: Sequence[Kill], told: Sequence[Told], came: Mapping[Place, float], queued: Mapping[str, float]
) -> list[float]:
    """Seconds from each kill until a partition of the dead was worked again, by whomever; of ingest, until it worked.

    What came after the kill counts from when it came. A kill whose service was killed again before that is left out:
    the time of the later one counts.

    Args:
        kills: what was killed.
        told: the lines of all logs, in the order of time.
        came: when each record came onto its topic, in seconds since 1970.
        queued: the same of ingest's inputs, by name.
    """
    found = []
    for kill in kills:
        again = min((one.at for one in kills if one.service is kill.service and one.at > kill.at), default=float("inf"))
        had = _partitions_of(kill, told)
        worked = (
            line
            for line in told
            if line.at > kill.at and line.outcome is not None and line.service.name == kill.service.name
            and (line.place is None or line.place[1] in had)
        )  # fmt: skip
        line = next(worked, None)
        if line is not None and line.at < again:
            waits_since = came.get(line.place, 0.0) if line.place is not None else queued.get(line.item or "", 0.0)
            found.append(line.at - max(kill.at, waits_since))
    return found


def told_of(seconds: Sequence[float], kills: int) -> str:
    """A phrase for the table."""
    if not seconds:
        return "–" if not kills else f"none of {kills} measured"
    return f"{max(seconds):.1f} s (half of {len(seconds)}: {median(seconds):.1f} s)"


def _partitions_of(kill: Kill, told: Sequence[Told]) -> frozenset[int]:
    assigned = [
        one.partitions for one in told if one.service is kill.service and one.outcome is None and one.at <= kill.at
    ]
    return assigned[-1] if assigned else frozenset()

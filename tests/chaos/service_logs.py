"""Read the services' logs: the outcome of each record, and which service had which partitions when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from kit.services import Service

Location = tuple[str, int, int]
"""Topic, partition and offset of a record."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """The log line of one article, or of one assignment of partitions."""

    service: Service
    at: float
    """Seconds since 1970, by the service's clock."""
    outcome: str | None
    """None for an assignment."""
    article_id: str | None
    location: Location | None
    """None from ingest, which consumes no topic."""
    item: str | None
    """The name of the input, from ingest."""
    partitions: frozenset[int]
    """The partitions that were assigned."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A service that was killed, and the time in seconds since 1970."""

    service: Service
    at: float


def read_logs(services: Iterable[Service]) -> list[LogLine]:
    """Read all logs in order of time; lines that are incomplete because of a kill are skipped."""
    return sorted((line for service in services for line in _lines(service)), key=lambda line: line.at)


def _lines(service: Service) -> Iterator[LogLine]:
    with service.log.open("r", encoding="utf-8", errors="replace") as file:
        for line in file:
            if '"event": "article"' not in line and '"event": "partitions_assigned"' not in line:
                continue
            try:
                fields = json.loads(line)
            except ValueError:
                continue
            yield _log_line(service, fields)


def _log_line(service: Service, fields: dict[str, Any]) -> LogLine:
    location = (fields["topic"], fields["partition"], fields["offset"]) if "offset" in fields else None
    at = datetime.fromisoformat(fields["timestamp"]).timestamp()
    return LogLine(
        service, at, fields.get("outcome"), fields.get("article_id"), location, fields.get("input"),
        frozenset(fields.get("partitions") or ()),
    )  # fmt: skip


def recovery_times(
    kills: Sequence[Kill],
    log_lines: Sequence[LogLine],
    arrived_at: Mapping[Location, float],
    queued: Mapping[str, float],
) -> list[float]:
    """Return the seconds from each kill until a partition of the killed service, or ingest itself, worked again.

    For a record that arrived after the kill, the time counts from its arrival. A kill is left out if its service was
    killed again before it recovered: the time of the later kill counts.

    Args:
        kills: the kills.
        log_lines: the lines of all logs in order of time.
        arrived_at: when each record arrived on its topic, in seconds since 1970.
        queued: when each input of ingest was queued, by name, in seconds since 1970.
    """
    found = []
    for kill in kills:
        later = (one.at for one in kills if one.service is kill.service and one.at > kill.at)
        next_kill = min(later, default=float("inf"))
        partitions = _partitions_of(kill, log_lines)
        worked = (
            line
            for line in log_lines
            if line.at > kill.at and line.outcome is not None and line.service.name == kill.service.name
            and (line.location is None or line.location[1] in partitions)
        )  # fmt: skip
        line = next(worked, None)
        if line is not None and line.at < next_kill:
            waiting_since = queued.get(line.item or "", 0.0)
            if line.location is not None:
                waiting_since = arrived_at.get(line.location, 0.0)
            found.append(line.at - max(kill.at, waiting_since))
    return found


def describe_recovery(seconds: Sequence[float], kills: int) -> str:
    """Describe recovery times in a phrase for the table."""
    if not seconds:
        return "–" if not kills else f"none of {kills} measured"
    return f"{max(seconds):.1f} s (half of {len(seconds)}: {median(seconds):.1f} s)"


def _partitions_of(kill: Kill, log_lines: Sequence[LogLine]) -> frozenset[int]:
    assigned = [
        one.partitions for one in log_lines if one.service is kill.service and one.outcome is None and one.at <= kill.at
    ]
    return assigned[-1] if assigned else frozenset()

"""The plan and the result of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chaos.audit import MAX_EXAMPLES, Findings
from chaos.memory import PeakMemory
from chaos.topic_contents import TopicContents
from chaos.traces import Traces

REST_TIMEOUT_S = 300.0
"""Seconds until the stream must be idle after the last disturbance; what is missing then is lost."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does; with the same seed it does the same again, except for timing."""

    seed: int
    articles: int
    rate: float
    """Versions per second."""
    breaks: Mapping[str, int]
    """Number of disturbances of each kind."""
    replicas: Mapping[str, int] = field(default_factory=lambda: {"ingest": 1, "extract": 1, "store": 1})
    settings: Mapping[str, str] = field(default_factory=dict)
    away_s: float = 15.0
    frozen_s: float = 15.0


@dataclass
class Result:
    """The result of a run."""

    plan: Plan
    fed: int
    seconds: float
    findings: Findings
    contents: TopicContents
    traces: Traces
    restarts: int
    unexpected_exits: list[str]
    stall_s: float
    """Longest time without a newly stored version while some were in progress."""
    recovery: str
    """Recovery times after kills, described."""
    memory: PeakMemory
    mutated: int
    """Number of mutated records."""
    finished: bool
    """Whether everything fed was processed in time."""

    @property
    def good(self) -> bool:
        """Nothing is lost, doubled, a ghost or out of order, and every record and dead letter is explained.

        And no service used more memory than its container allows.
        """
        return self.finished and self.findings.clean and not self.traces.wrong and not self.memory.above_limits()

    def table(self) -> str:
        """Return the report as a table."""
        rows: list[tuple[str, object]] = [
            ("seed", self.plan.seed),
            ("articles, versions fed", f"{self.plan.articles}, {self.fed}"),
            ("disturbances", ", ".join(f"{count} × {kind}" for kind, count in self.plan.breaks.items()) or "none"),
            ("services restarted", self.restarts),
            ("  of it unexpected", len(self.unexpected_exits)),
            ("duration", f"{self.seconds:.0f} s"),
            ("longest stall", f"{self.stall_s:.1f} s"),
            ("longest recovery after a kill", self.recovery),
            ("peak memory of one replica", self.memory.describe()),
            ("lost", len(self.findings.lost)),
            ("doubled in the store", len(self.findings.doubled)),
            ("ghosts", len(self.findings.ghosts)),
            ("out of order", len(self.findings.out_of_order)),
            ("dead letters", self.contents.dead.total()),
            ("  of it unexplained", len(self.findings.unexplained)),
            ("mutated records", self.mutated),
            ("records that stages read", self.traces.records),
            ("  of it without one right trace", len(self.traces.wrong)),
            ("  of it processed again", self.traces.again),
        ]
        rows += [
            (f"sent twice on {name}", f"{self.contents.repeated[name]} of {count}")
            for name, count in self.contents.records.items()
        ]
        lines = [f"{name:<42}{value}" for name, value in rows]
        if not self.finished:
            lines.append(f"the stream was not idle {REST_TIMEOUT_S:.0f} s after the last disturbance")
        return "\n".join(lines + self._examples())

    def _examples(self) -> list[str]:
        found = self.findings
        lists = {
            "unexpected": self.unexpected_exits, "lost": found.lost, "doubled": found.doubled, "ghost": found.ghosts,
            "order": found.out_of_order, "dead letter": found.unexplained, "trace": self.traces.wrong,
            "memory": self.memory.above_limits(),
        }  # fmt: skip
        return [f"{name}: {item}" for name, items in lists.items() for item in items[:MAX_EXAMPLES]]

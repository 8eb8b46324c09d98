"""What a run was to do, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chaos.audit import SHOWN, Findings
from chaos.memory import Peaks
from chaos.topics import TopicContents
from chaos.traces import Traces

REST_S = 300.0
"""Seconds that the stream may take to finish after the last disturbance before what is missing counts as lost."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does; with one seed it does the same again, but for the clock."""

    seed: int
    articles: int
    rate: float
    """Versions per second."""
    breaks: Mapping[str, int]
    """Kind of disturbance and how often."""
    replicas: Mapping[str, int] = field(default_factory=lambda: {"ingest": 1, "extract": 1, "store": 1})
    settings: Mapping[str, str] = field(default_factory=dict)
    away_s: float = 15.0
    frozen_s: float = 15.0


@dataclass
class Result:
    """What came of a run."""

    plan: Plan
    fed: int
    seconds: float
    findings: Findings
    lying: TopicContents
    traces: Traces
    restarts: int
    unasked: list[str]
    stall_s: float
    """Longest time without a newly stored version while some were under way."""
    standstill: str
    """After a kill."""
    memory: Peaks
    mutated: int
    """Records that were mutated from examples."""
    finished: bool
    """Whether everything fed had gone through in time."""

    @property
    def good(self) -> bool:
        """Nothing lost, doubled, haunting or out of order, every record traced, every dead letter explained.

        And no service took more memory than its container has.
        """
        return self.finished and self.findings.clean and not self.traces.wrong and not self.memory.too_much()

    def table(self) -> str:
        """The report for people."""
        rows: list[tuple[str, object]] = [
            ("seed", self.plan.seed),
            ("articles, versions fed", f"{self.plan.articles}, {self.fed}"),
            ("disturbances", ", ".join(f"{count} × {kind}" for kind, count in self.plan.breaks.items()) or "none"),
            ("services started again", self.restarts),
            ("  of it unasked", len(self.unasked)),
            ("duration", f"{self.seconds:.0f} s"),
            ("longest stall", f"{self.stall_s:.1f} s"),
            ("longest standstill after a kill", self.standstill),
            ("peak memory of one replica", self.memory.told()),
            ("lost", len(self.findings.lost)),
            ("doubled in the store", len(self.findings.doubled)),
            ("ghosts", len(self.findings.ghosts)),
            ("out of order", len(self.findings.out_of_order)),
            ("dead letters", self.lying.dead.total()),
            ("  of it unexplained", len(self.findings.unexplained)),
            ("mutated records", self.mutated),
            ("records that stages read", self.traces.records),
            ("  of it without one right trace", len(self.traces.wrong)),
            ("  of it worked again", self.traces.again),
        ]
        rows += [
            (f"sent twice on {name}", f"{self.lying.repeated[name]} of {count}")
            for name, count in self.lying.records.items()
        ]
        lines = [f"{name:<42}{value}" for name, value in rows]
        if not self.finished:
            lines.append(f"the stream was not at rest {REST_S:.0f} s after the last disturbance")
        return "\n".join(lines + self._examples())

    def _examples(self) -> list[str]:
        found = self.findings
        lists = {
            "unasked": self.unasked, "lost": found.lost, "doubled": found.doubled, "ghost": found.ghosts,
            "order": found.out_of_order, "dead letter": found.unexplained, "trace": self.traces.wrong,
            "memory": self.memory.too_much(),
        }  # fmt: skip
        return [f"{name}: {item}" for name, items in lists.items() for item in items[:SHOWN]]

"""One run: feed, break, wait for rest, audit, tell."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg

from chaos import topics
from chaos.audit import SHOWN, Findings, audit
from chaos.disturbances import Breaker, drawn
from chaos.feeder import Feeder
from chaos.material import versions
from chaos.stream import Stream
from chaos.topics import Lying
from quotewire_runtime.settings import KafkaSettings

_LOOK_S = 0.2
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
    lying: Lying
    restarts: int
    unasked: list[str]
    stall_s: float
    """Longest time without a newly stored version while some were under way."""
    finished: bool
    """Whether everything fed had gone through in time."""

    @property
    def good(self) -> bool:
        """Nothing lost, doubled, haunting or out of order, and every dead letter explained."""
        return self.finished and self.findings.clean

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
            ("lost", len(self.findings.lost)),
            ("doubled in the store", len(self.findings.doubled)),
            ("ghosts", len(self.findings.ghosts)),
            ("out of order", len(self.findings.out_of_order)),
            ("dead letters", self.lying.dead.total()),
            ("  of it unexplained", len(self.findings.unexplained)),
        ]
        rows += [
            (f"sent twice on {name}", f"{self.lying.repeated[name]} of {count}")
            for name, count in self.lying.records.items()
        ]
        lines = [f"{name:<42}{value}" for name, value in rows]
        if not self.finished:
            lines.append(f"the stream was not at rest {REST_S:.0f} s after the last disturbance")
        lines += [f"unasked: {line}" for line in self.unasked[:SHOWN]]
        found = self.findings
        for name, items in (
            ("lost", found.lost), ("doubled", found.doubled), ("ghost", found.ghosts), ("order", found.out_of_order),
            ("dead letter", found.unexplained),
        ):  # fmt: skip
            lines += [f"{name}: {item}" for item in items[:SHOWN]]
        return "\n".join(lines)


class Progress:
    """Counts what is stored, as often as the database answers, and the longest time without a new one."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.stored = 0
        self.dead = 0
        self.stall_s = 0.0
        self._seen = 0
        self._moved_at = time.monotonic()

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            with suppress(psycopg.OperationalError):
                stored, self.dead = await asyncio.to_thread(self._count)
                self.stored = max(self.stored, stored)
            await asyncio.sleep(_LOOK_S)

    def note(self, fed: int) -> None:
        """Measure the stall: call often, with what was fed so far."""
        now = time.monotonic()
        if self.stored != self._seen or self.stored >= fed:
            self._moved_at = now
        self._seen = self.stored
        self.stall_s = max(self.stall_s, now - self._moved_at)

    def _count(self) -> tuple[int, int]:
        """Versions that went through the store, the current ones and the former; dead letters in the table."""
        with psycopg.connect(self._dsn, connect_timeout=2) as connection:
            row = connection.execute(
                "SELECT (SELECT coalesce(sum(revision), 0) FROM news.articles),"
                " (SELECT count(DISTINCT (source_topic, source_partition, source_offset)) FROM news.dead_letters)"
            ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])


async def run(plan: Plan, stream: Stream, tell: Callable[[str], None]) -> Result:
    """Carry the plan out on a stream that is started here and stopped at the end."""
    began = time.monotonic()
    fed = versions(plan.articles, plan.seed)
    services = stream.services
    await asyncio.to_thread(stream.start, dict(plan.replicas), dict(plan.settings))
    dice = random.Random(plan.seed)
    progress = Progress(services.dsn)
    feeder = Feeder(services.dsn, fed, plan.rate)
    breaker = Breaker(
        stream, drawn(plan.breaks, dice), dice, lambda: progress.stored, len(fed), plan.away_s, plan.frozen_s, tell
    )
    background = [asyncio.create_task(stream.supervise()), asyncio.create_task(progress.watch())]
    work = [asyncio.create_task(feeder.run()), asyncio.create_task(breaker.run())]
    tell(f"seed {plan.seed}: {len(fed)} versions of {plan.articles} articles, {len(breaker.due)} disturbances")
    finished = await _rest(
        work, progress, feeder, lambda: progress.stored >= len(fed) and progress.dead >= len(breaker.poisoned)
    )
    for task in (*work, *background):
        task.cancel()
    await asyncio.wait([*work, *background])
    stream.unasked += await asyncio.to_thread(stream.stop)
    settings = KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)
    lying = await topics.read(settings)
    findings = await asyncio.to_thread(audit, fed, breaker.poisoned, lying, services.dsn)
    return Result(
        plan, len(fed), time.monotonic() - began, findings, lying, stream.restarts, stream.unasked, progress.stall_s,
        finished,
    )  # fmt: skip


async def _rest(
    work: Sequence[asyncio.Task[None]], progress: Progress, feeder: Feeder, at_rest: Callable[[], bool]
) -> bool:
    """Wait until everything is fed, broken and stored; False when that takes too long after the last disturbance."""
    patience = REST_S
    while patience > 0:
        progress.note(feeder.fed)
        for task in work:
            if task.done():
                task.result()
        if all(task.done() for task in work):
            if at_rest():
                return True
            patience -= _LOOK_S
        await asyncio.sleep(_LOOK_S)
    return False

"""Look at what is left after a run: ends, inputs without an outcome, revisions published twice, crashes, callbacks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import psycopg

from kit.services import Service, Services

LONGEST_CALLBACK_S = 0.1
"""CPU seconds: while a callback runs, no heartbeat, health answer or lease renewal happens in that process."""
POSTPONED_S = 120.0
"""Seconds: ingest itself waits no longer between two fetches of an input; one that is due later was asked to wait."""


@dataclass
class Findings:
    """What the audit found, and how much there was; the run is good when all lists are empty."""

    ended: list[str] = field(default_factory=list)
    without_outcome: list[str] = field(default_factory=list)
    published_twice: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    longest_callbacks: list[str] = field(default_factory=list)
    longest: str = "0"
    kills: int = 0
    postponed: int = 0
    inputs: int = 0

    def good(self) -> bool:
        """Whether nothing was found."""
        return not (
            self.ended or self.without_outcome or self.published_twice or self.crashes or self.longest_callbacks
        )


def note_end(service: Service, findings: Findings) -> None:
    """Write down that a replica ended by itself, with the end of its log, and start it again."""
    assert service.process is not None
    code = service.process.poll()
    if code is not None:
        last = service.log.read_text("utf-8", "replace").strip().splitlines()[-1:]
        findings.ended.append(f"exit code {code}: {' '.join(last)[-1500:]}")
        service.start()


def wait_for_outcomes(services: Services, findings: Findings, deadline: float) -> None:
    """Wait until every input that exists now has its outcome.

    Where a server asked to wait (``Retry-After``, a day at most), the input is made due: that time is not waited for.
    """
    with psycopg.connect(services.dsn, autocommit=True) as database:
        (last,) = database.execute("SELECT max(input_id) FROM ingest.inputs").fetchone() or (0,)
        while True:
            findings.postponed += database.execute(
                "UPDATE ingest.inputs SET due_at = now() WHERE outcome IS NULL AND input_id <= %s"
                " AND leased_by IS NULL AND due_at > now() + make_interval(secs => %s)",
                (last, POSTPONED_S),
            ).rowcount
            open_inputs = database.execute(
                "SELECT name, attempts FROM ingest.inputs WHERE outcome IS NULL AND input_id <= %s", (last,)
            ).fetchall()
            if not open_inputs or time.monotonic() > deadline:
                break
            time.sleep(1)
        findings.without_outcome += [f"{name[:200]} after {attempts} attempts" for name, attempts in open_inputs]


def audit(services: Services, replicas: list[Service], findings: Findings) -> None:
    """Look for ends, revisions that were published twice, and long callbacks."""
    for service in replicas:
        note_end(service, findings)
        findings.crashes += [
            f"{line['site']} {line['input'][:80]}: {line['why']}: {' '.join(line.get('exception', '')[-300:].split())}"
            for line in service.lines()
            if line.get("event") == "input_crashed"
        ]
        if service.log.with_suffix(".probe").exists():
            for line in service.log.with_suffix(".probe").read_text("utf-8").splitlines():
                findings.longest = max(findings.longest, line)
                if float(line.split(" ")[0]) > LONGEST_CALLBACK_S:
                    findings.longest_callbacks.append(line)
    findings.longest_callbacks.sort(key=lambda line: -float(line.split(" ")[0]))
    with psycopg.connect(services.dsn) as database:
        twice = database.execute(
            "SELECT article_id, revision, count(*) FROM ingest.inputs WHERE outcome = 'published'"
            " GROUP BY 1, 2 HAVING count(*) > 1"
        ).fetchall()
        findings.published_twice += [f"{article} revision {revision}: {count}" for article, revision, count in twice]
        outcomes = database.execute(
            "SELECT outcome, coalesce(reason, ''), count(*) FROM ingest.inputs GROUP BY 1, 2 ORDER BY 3 DESC"
        ).fetchall()
    findings.inputs = sum(count for *_, count in outcomes)
    print(
        "outcomes:", ", ".join(f"{outcome} {reason} {count}".replace("  ", " ") for outcome, reason, count in outcomes)
    )

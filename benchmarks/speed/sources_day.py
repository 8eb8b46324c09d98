"""Simulate a day of thousands of sources on a virtual clock: how often they are polled, how late, and if too often.

    python benchmarks/speed/sources_day.py [--sources 5000] [--hours 24] [--replicas 3] [--seed 1]

The decisions are the service's own code: `sources/schedule.py` (intervals, cache headers, failures, silence) and
`host_leases.pause_after`. The world is simulated (when articles appear, what servers respond and how fast), and so is
the table of hosts: a dictionary instead of PostgreSQL, in which one worker holds a lease that ends with a pause. In
the day before the one that is counted, the intervals adapt. The audit uses only the requests, with its own rule: none
may start while another to the same host is in progress, nor before the pause after it has passed.
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import statistics
import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from quotewire_ingest.queue import host_leases
from quotewire_ingest.rejection import RejectionReason
from quotewire_ingest.settings import SourceSettings, WorkSettings
from quotewire_ingest.sources import schedule

BEGINNING = datetime(2026, 3, 2, tzinfo=UTC)
POLL_INTERVAL_S = 1.0
"""Seconds until a source is tried again whose host is leased, as in the poller."""
SHOWN = 20
"""Entries in a feed: older articles are never seen."""


@dataclass(slots=True)
class Source:
    """A feed: how much it publishes, how its server behaves, and the state that the service has of it."""

    host: str
    a_day: float
    zone_h: float
    max_age_s: float
    wrong: str
    """How its server fails: ``gone``, ``down`` (for hours), ``busy`` (sometimes), or not at all."""
    down_from_s: float
    published: list[float] = field(default_factory=list)
    seen: int = 0
    interval_s: float = 300.0
    failures: int = 0
    hardship: float = 0.0
    per_day: float | None = None
    last_success_s: float | None = None
    last_new_s: float = 0.0
    polls: int = 0
    delays_s: list[float] = field(default_factory=list)
    """Of articles of the day that is counted, like ``polls``."""


@dataclass(slots=True)
class Host:
    """A row of the table of hosts."""

    free_at: float = 0.0
    crawl_delay_s: float | None = None


@dataclass(slots=True)
class Day:
    """The counts."""

    polls: Counter[str] = field(default_factory=Counter)
    waits: int = 0
    shares: list[float] = field(default_factory=list)
    """Delay divided by the time between the two polls around it, per article."""
    requests: dict[str, list[tuple[float, float, float]]] = field(default_factory=lambda: defaultdict(list))
    """By host: start, end, and the pause that must follow."""
    pages: int = 0


def world(count: int, seconds: float, rng: random.Random) -> tuple[list[Source], dict[str, Host]]:
    """Invent sources: three in four on their own host, with rates from one a week to hundreds a day."""
    sources: list[Source] = []
    hosts: dict[str, Host] = {}
    for number in range(count):
        shared = rng.random() < 0.25
        host = f"host-{rng.randrange(max(1, count // 20)) if shared else number}-{'shared' if shared else 'own'}"
        hosts.setdefault(host, Host(crawl_delay_s=rng.choice([2.0, 5.0, 10.0, 30.0]) if rng.random() < 0.05 else None))
        draw = rng.random()
        wrong = "gone" if draw < 0.03 else "down" if draw < 0.05 else "busy" if draw < 0.07 else ""
        rate = min(400.0, rng.lognormvariate(math.log(8), 1.4))
        max_age = rng.choice([60.0, 300.0, 900.0, 3600.0]) if rng.random() < 0.3 else 0.0
        source = Source(host, rate, rng.choice([-5.0, 0.0, 1.0, 8.0]), max_age, wrong, rng.random() * seconds)
        source.published = times(source, seconds, rng)
        sources.append(source)
    return sources, hosts


def times(source: Source, seconds: float, rng: random.Random) -> list[float]:
    """Draw the times of articles: independent, and five times as frequent at noon as at night."""
    found, at, most = [], 0.0, source.a_day * 1.67 / schedule.DAY_S
    while (at := at + rng.expovariate(most)) < seconds:
        hour = (at / 3600 + source.zone_h) % 24
        if rng.random() < (1 + 0.67 * math.cos((hour - 13) / 24 * 2 * math.pi)) / 1.67:
            found.append(at)
    return found


class Simulation:
    """Replicas share the due sources and the pages that they find; each has a limited number of concurrent requests."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.rng = random.Random(args.seed)
        self.end = (args.hours + 24) * 3600.0
        self.settings, self.work = SourceSettings(), WorkSettings()
        self.sources, self.hosts = world(args.sources, self.end, self.rng)
        self.pollers = args.replicas * self.settings.pollers
        self.fetchers = args.replicas * self.work.fetchers
        self.day = Day()
        self.events: list[tuple[float, int, str, Source | str]] = []
        self.number = 0
        self.waiting: dict[str, int] = Counter()
        self.coming: set[str] = set()
        """Hosts with a scheduled check of their pages."""
        self.due: deque[Source] = deque()

    def at(self, when: float, what: str, whom: Source | str) -> None:
        """Schedule an event."""
        self.number += 1
        heapq.heappush(self.events, (when, self.number, what, whom))

    def run(self) -> None:
        """Process all events."""
        for source in self.sources:
            self.at(0.0, "due", source)
        while self.events and self.events[0][0] < self.end:
            now, _, what, whom = heapq.heappop(self.events)
            if isinstance(whom, Source):
                self.due.append(whom)
            elif what == "polled":
                self.pollers += 1
            elif what == "fetched":
                self.fetchers += 1
            elif what == "page":
                self.coming.discard(whom)
                self.begin_page(now, whom)
            self.begin_polls(now)

    def ask(self, host: str, now: float) -> float | None:
        """Lease a host and request from it; return when the response is there, or None if the host is not available."""
        row = self.hosts[host]
        if row.free_at > now:
            return None
        took = min(60.0, self.rng.lognormvariate(math.log(0.4), 0.9))
        pause = host_leases.pause_after(self.work.host_pause_s, row.crawl_delay_s, took)
        row.free_at = now + took + pause
        self.day.requests[host].append((now, now + took, pause))
        return now + took

    def begin_polls(self, now: float) -> None:
        """Start as many polls as there are free pollers."""
        for _ in range(len(self.due)):
            if not self.pollers:
                return
            source = self.due.popleft()
            answered = self.ask(source.host, now)
            if answered is None:
                self.day.waits += 1
                self.at(max(now + POLL_INTERVAL_S, self.hosts[source.host].free_at), "due", source)
                continue
            self.pollers -= 1
            self.at(answered, "polled", source.host)
            self.at(answered + self.answer(source, answered), "due", source)

    def answer(self, source: Source, now: float) -> float:
        """Update a source with a response, as the poller does; return the seconds to the next poll."""
        counted = now >= schedule.DAY_S
        trouble = self.trouble(source, now)
        if trouble is not None:
            reason, status, retry_after = trouble
            silent = now - (source.last_success_s or 0.0)
            kind = schedule.classify(reason, status)
            failing = schedule.after_failure(
                kind, status, source.failures, source.hardship, source.interval_s, retry_after, silent
            )
            source.failures, source.hardship = source.failures + 1, failing.failure_score
            self.day.polls[str(kind)] += counted
            return failing.pause_s
        new = [at for at in source.published[source.seen :] if at <= now]
        if counted:
            source.polls += 1
            for at in new[-SHOWN:]:
                source.delays_s.append(now - at)
                self.day.shares.append((now - at) / (now - (source.last_success_s or 0.0)))
        source.seen += len(new)
        self.day.polls["new" if new else "nothing new"] += counted
        if source.last_success_s is not None:
            source.per_day = schedule.rate_after(source.per_day, len(new), now - source.last_success_s)
        source.last_success_s, source.failures, source.hardship = now, 0, 0.0
        if new:
            source.last_new_s = now
            self.waiting[source.host] += len(new[-SHOWN:])
            self.schedule_page(now, source.host)
        limits = self.settings.least_interval_s, self.settings.most_interval_s
        source.interval_s = schedule.interval_after(source.interval_s, bool(new), *limits)
        headers = {"cache-control": f"max-age={source.max_age_s:.0f}"} if source.max_age_s else {}
        clock = BEGINNING + timedelta(seconds=now)
        return schedule.pause_after_success(source.interval_s, None, headers, clock, limits[1])

    def trouble(self, source: Source, now: float) -> tuple[RejectionReason, int | None, float | None] | None:
        """Return how this poll fails: reason, status, Retry-After; None if it succeeds."""
        if source.wrong == "gone":
            return RejectionReason.STATUS, 404, None
        if source.wrong == "down" and source.down_from_s <= now <= source.down_from_s + 5 * 3600:
            return RejectionReason.UNREACHABLE, None, None
        if source.wrong == "busy" and self.rng.random() < 0.3:
            return RejectionReason.STATUS, 429, 600.0
        return None

    def schedule_page(self, when: float, host: str) -> None:
        """Schedule one check of a host's pages."""
        if self.waiting[host] and host not in self.coming:
            self.coming.add(host)
            self.at(when, "page", host)

    def begin_page(self, now: float, host: str) -> None:
        """Request the next page of a host, if a fetcher is free and the host is available."""
        answered = self.ask(host, now) if self.fetchers else None
        if answered is not None:
            self.fetchers -= 1
            self.waiting[host] -= 1
            self.day.pages += now >= schedule.DAY_S
            self.at(answered, "fetched", host)
        self.schedule_page(max(now + POLL_INTERVAL_S, self.hosts[host].free_at), host)


def violations(requests: dict[str, list[tuple[float, float, float]]]) -> int:
    """Count requests that started while another was in progress, or before the pause after it had passed."""
    count = 0
    for asked in requests.values():
        asked.sort()
        for (_, end, pause), (begin, _, _) in pairwise(asked):
            count += begin < end + pause - 1e-6
    return count


def show(simulation: Simulation, seconds: float) -> None:
    """Print the results."""
    day = simulation.day
    polls = sum(day.polls.values())
    silent = [s for s in simulation.sources if schedule.is_silent(s.per_day, simulation.end - s.last_new_s)]
    failing = [source for source in simulation.sources if source.failures]
    delays = [delay for source in simulation.sources for delay in source.delays_s]
    quantiles = statistics.quantiles(delays, n=20)
    # A source is polled more often while it publishes, so its articles wait less than half of its mean interval.
    relative = [
        statistics.median(source.delays_s) / ((simulation.end - schedule.DAY_S) / source.polls)
        for source in simulation.sources
        if len(source.delays_s) >= 5
    ]
    print(f"sources {len(simulation.sources):,}, hosts {len(simulation.hosts):,}, simulated in {seconds:.0f} s")
    print(f"polls {polls:,} ({', '.join(f'{name} {n:,}' for name, n in day.polls.most_common())})")
    print(f"polls delayed because the host was leased {day.waits:,}; pages requested {day.pages:,}")
    print(f"requests {sum(map(len, day.requests.values())):,}, host violations {violations(day.requests)}")
    print(
        f"articles found {len(delays):,}: delay median {quantiles[9] / 60:.1f} min, 95 % {quantiles[18] / 60:.0f} min"
    )
    print(
        f"delay over the time between the two polls around it, median of articles {statistics.median(day.shares):.3f}; "
        f"median delay over the mean interval, median of sources {statistics.median(relative):.3f}"
    )
    print(f"at the end: {len(failing)} sources failing, {len(silent)} called silent, "
          f"{sum(s.wrong != '' for s in silent)} of them for a reason")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=5000)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    began = time.perf_counter()
    simulation = Simulation(args)
    simulation.run()
    show(simulation, time.perf_counter() - began)


if __name__ == "__main__":
    main()

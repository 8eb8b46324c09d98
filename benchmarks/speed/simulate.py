"""Simulate a deployment from measured costs: its capacity, and the latency of articles.

    python benchmarks/speed/simulate.py --rate 20 --extract 2 --processes 1 --store 1
    python benchmarks/speed/simulate.py --load 0.3 0.5 0.7 0.9 --extract 4 --processes 8 --store 2 --day

Articles arrive at random (Poisson; with ``--day`` the rate follows a news day), are distributed over the partitions
by key, and pass two stages. A replica of extract takes waiting records of its partitions in small batches, several at
a time; its processes take one article after the other, and batches are produced in order, each when its last article
is done. A store takes waiting records as one transaction. Costs come from ``costs.json``, which ``measure.py``
writes.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from sample_articles import WORDS, length

HERE = Path(__file__).parent

DAY = (
    0.35,
    0.3,
    0.3,
    0.35,
    0.5,
    0.8,
    1.1,
    1.3,
    1.4,
    1.4,
    1.4,
    1.4,
    1.35,
    1.35,
    1.4,
    1.4,
    1.4,
    1.3,
    1.2,
    1.1,
    1.0,
    0.8,
    0.6,
    0.45,
)
"""Rate of each hour of a news day relative to the mean: an assumption, at most 1.4 times the mean, a third at night."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Measured service times, in seconds."""

    extract_batch: float
    """Of an extract batch, whatever is in it: hand-over to the processes, produce, acknowledge."""
    extract_article: float
    """Of an article in extract's main process: decode, encode, produce."""
    extract_word: float
    """Of a word in a worker process."""
    store_batch: float
    """Of a transaction: locks, statements, commit."""
    store_article: float
    """Of an article in it."""
    hop: float
    """From a produced record to the next stage's batch: broker, fetch."""

    @classmethod
    def load(cls, path: Path) -> Costs:
        """Read ``costs.json``; KeyError where a cost is missing."""
        found = json.loads(path.read_text("utf-8"))
        return cls(**{name: float(found[name]) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Deployment:
    """The numbers of replicas and processes, and the batching."""

    extract: int
    processes: int
    store: int
    partitions: int = 12
    batch: int = 8
    """Of extract."""
    store_batch: int = 64
    wait: float = 0.01

    @property
    def at_once(self) -> int:
        """Batches of extract in progress at a time, as in the service."""
        return max(4, self.processes)


@dataclass(frozen=True, slots=True)
class Item:
    """An article: when it entered, and its number of words."""

    entered: float
    words: int


Queue: TypeAlias = list[tuple[float, Item]]
"""Items and their arrival times."""


def mean_length() -> float:
    """Return the mean length of an article in words, from the quantiles."""
    return sum(a + b for a, b in pairwise(WORDS)) / 2 / (len(WORDS) - 1)


def arrivals(rate: float, seconds: float, day: bool, rng: random.Random) -> Iterator[Item]:
    """Yield a Poisson stream; with ``day`` its rate follows :data:`DAY`, scaled to ``seconds``."""
    now, peak = 0.0, max(DAY) if day else 1.0
    while True:
        now += rng.expovariate(rate * peak)
        if now >= seconds:
            return
        if not day or rng.random() < DAY[int(24 * now / seconds)] / peak:
            yield Item(now, length(rng))


def dealt(waiting: list[tuple[float, Item]], replicas: int, d: Deployment, rng: random.Random) -> list[Queue]:
    """Distribute arrivals over the replicas by partition."""
    queues: list[Queue] = [[] for _ in range(replicas)]
    for at, item in waiting:
        queues[rng.randrange(d.partitions) % replicas].append((at, item))
    return queues


def extract(waiting: Queue, d: Deployment, cost: Costs, rng: random.Random) -> tuple[Queue, float]:
    """Simulate extract; return the departures and the utilisation of its processes."""
    out: Queue = []
    busy = 0.0
    for queue in dealt(waiting, d.extract, d, rng):
        processes = [0.0] * d.processes
        ends: list[float] = []  # when each batch was produced
        first = 0
        while first < len(queue):
            start = max(queue[first][0] + d.wait, ends[-d.at_once] if len(ends) >= d.at_once else 0.0)
            last = _until(queue, first, d.batch, start)
            batch = [item for _, item in queue[first:last]]
            done = []
            for item in batch:
                took = cost.extract_word * item.words
                done.append(max(processes[0], start) + took)
                heapq.heapreplace(processes, done[-1])
                busy += took
            handled = max(*done, ends[-1] if ends else 0.0)
            ends.append(handled + cost.extract_batch + cost.extract_article * len(batch))
            out += [(ends[-1] + cost.hop, item) for item in batch]
            first = last
    end = max((at for at, _ in out), default=1.0)
    return sorted(out, key=lambda departure: departure[0]), busy / (d.extract * d.processes * end)


def store(waiting: Queue, d: Deployment, cost: Costs, rng: random.Random) -> tuple[Queue, float]:
    """Simulate store; return the departures and the utilisation of its replicas."""
    out: Queue = []
    busy = 0.0
    for queue in dealt(waiting, d.store, d, rng):
        free, first = 0.0, 0
        while first < len(queue):
            start = max(free, queue[first][0] + d.wait)
            last = _until(queue, first, d.store_batch, start)
            took = cost.store_batch + cost.store_article * (last - first)
            free, busy = start + took, busy + took
            out += [(free, item) for _, item in queue[first:last]]
            first = last
    end = max((at for at, _ in out), default=1.0)
    return out, busy / (d.store * end)


def _until(queue: Queue, first: int, most: int, at: float) -> int:
    """Return the end of a batch that begins with ``first`` and is closed at a time."""
    last = first
    while last < len(queue) and last - first < most and queue[last][0] <= at:
        last += 1
    return last


def capacity(d: Deployment, cost: Costs) -> tuple[float, float]:
    """Return the articles per second of extract and store with all processes busy and full batches."""
    main_process = 1 / (cost.extract_batch / d.batch + cost.extract_article)
    workers = d.processes / (cost.extract_word * mean_length())
    return d.extract * min(main_process, workers), d.store / (cost.store_batch / d.store_batch + cost.store_article)


def quantile(values: list[float], share: float) -> float:
    """Return the quantile of sorted values."""
    return values[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def simulate(
    rate: float, seconds: float, d: Deployment, cost: Costs, *, day: bool = False, seed: int = 1
) -> dict[str, float]:
    """Simulate the stream; ages are seconds from publication to commit, utilisations are shares."""
    return passed(list(arrivals(rate, seconds, day, random.Random(seed))), d, cost, seed)


def passed(items: list[Item], d: Deployment, cost: Costs, seed: int = 1) -> dict[str, float]:
    """Simulate the stream with given arrivals."""
    rng = random.Random(seed)
    annotated, extract_busy = extract([(item.entered + cost.hop, item) for item in items], d, cost, rng)
    stored, store_busy = store(annotated, d, cost, rng)
    ages = sorted(at - item.entered for at, item in stored) or [0.0]
    return {
        "articles": len(stored), "p50": quantile(ages, 0.5), "p99": quantile(ages, 0.99), "max": ages[-1],
        "extract_busy": extract_busy, "store_busy": store_busy,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--costs", type=Path, default=HERE / "costs.json")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--rate", type=float, nargs="+", help="articles per second")
    what.add_argument("--load", type=float, nargs="+", help="shares of the capacity of the slower stage")
    parser.add_argument("--extract", type=int, default=1, help="replicas of extract")
    parser.add_argument("--processes", type=int, default=1, help="worker processes in each")
    parser.add_argument("--store", type=int, default=1, help="replicas of store")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--day", action="store_true", help="vary the rate as on a news day")
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    cost, d = Costs.load(a.costs), Deployment(a.extract, a.processes, a.store)
    carried, written = capacity(d, cost)
    millions = min(carried, written) * 86_400 / 1e6
    print(f"carries: extract {carried:.1f}/s, store {written:.1f}/s, so {millions:.2f} million a day at most")
    print(f"{'rate/s':>8} {'articles':>9} {'p50 s':>7} {'p99 s':>7} {'max s':>7} {'extract':>8} {'store':>6}")
    for rate in a.rate or [load * min(carried, written) for load in a.load]:
        r = simulate(rate, a.seconds, d, cost, day=a.day, seed=a.seed)
        print(
            f"{rate:8.1f} {r['articles']:9.0f} {r['p50']:7.2f} {r['p99']:7.2f} {r['max']:7.2f} "
            f"{r['extract_busy']:8.0%} {r['store_busy']:6.0%}"
        )


if __name__ == "__main__":
    main()

"""Measure how much faster extract is with more worker processes, without the effect of the broker and other programs.

    python benchmarks/speed/processes.py [--articles 300] [--rounds 3] [--most 2]

The service annotates the same texts with one and with ``--most`` worker processes, in turn. On two cores that also
run the broker, this program and others, the workers get less than two cores. So the plain ratio is printed beside the
one with a core for each worker: ``most × busy share × CPU time per article``, each relative to one process. The busy
share is the share of the time in which a worker has an article: the rest is the loss in the engine. The CPU time is
that of the service and its workers: it shows how the processes slow each other down.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass
from statistics import median

import psutil
from backing_services import BackingServices, backing_services
from measure import total
from sample_articles import articles
from stream import rate_of, stamps_through_kafka

from quotewire.local.ports import free_port

POLL_INTERVAL_S = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """One run over all texts."""

    rate: float
    """Articles per second."""
    busy: float
    """Share of the time in which a worker had an article."""
    cpu_ms: float
    """CPU milliseconds of the service and its workers per article."""


class ServiceTime:
    """Polls the CPU seconds of the service and its workers until stopped."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, float]] = [(0.0, 0.0)]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self._thread.start()

    def between(self, since: float, until: float) -> float:
        """Return the CPU seconds between two times (seconds since 1970)."""
        self._stop.set()
        self._thread.join()
        times = [at for at, _ in self._seen]
        first, last = (self._seen[min(bisect_left(times, at), len(times) - 1)][1] for at in (since, until))
        return last - first

    def _poll(self) -> None:
        while not self._stop.wait(POLL_INTERVAL_S):
            with suppress(psutil.Error):
                for child in psutil.Process().children():
                    if "quotewire_extract" in child.cmdline():
                        tree = [child, *child.children(recursive=True)]
                        spent = sum(sum(one.cpu_times()[:2]) for one in tree)
                        # The times of workers that have exited are missing.
                        self._seen.append((time.time(), max(spent, self._seen[-1][1])))


def run(backing: BackingServices, number: int, texts: list[str], processes: int) -> Run:
    """Annotate all texts with the given number of worker processes."""
    port, spent, worked = free_port(), ServiceTime(), []
    stamps = stamps_through_kafka(
        backing, number, texts, processes, port,
        lambda: worked.append(total(f"http://127.0.0.1:{port}", "quotewire_worker_seconds_sum")),
    )  # fmt: skip
    whole = stamps[-1] - stamps[0]
    # Articles that were in progress before the first result: about one per process.
    share = 1 - processes / len(texts)
    return Run(
        rate_of(stamps),
        worked[0] * share / (processes * whole),
        spent.between(stamps[0], stamps[-1]) * 1000 / len(texts),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=2)
    a = parser.parse_args()
    texts = [sample.text for sample in articles(a.articles)]
    print(f"{len(texts)} articles, {len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}")
    plain, free = [], []
    with backing_services(postgres=False) as backing:
        for number in range(a.rounds):
            runs = [run(backing, 2 * number + index, texts, processes) for index, processes in enumerate((1, a.most))]
            for processes, one in zip((1, a.most), runs, strict=True):
                summary = f"{one.rate:.2f} articles/s, workers busy {one.busy:.0%}, {one.cpu_ms:.0f} ms CPU per article"
                print(f"round {number + 1}, {processes} process(es): {summary}", flush=True)
            plain.append(runs[1].rate / runs[0].rate)
            free.append(a.most * runs[1].busy / runs[0].busy * runs[0].cpu_ms / runs[1].cpu_ms)
            print(f"round {number + 1}: ratio {plain[-1]:.2f}, with a core for each worker {free[-1]:.2f}", flush=True)
    print(f"median ratio {median(plain):.2f}, with a core for each worker {median(free):.2f}")


if __name__ == "__main__":
    main()

"""How much faster extract is with more worker processes, the broker counted out, in one run.

    python benchmarks/speed/processes.py [--articles 300] [--rounds 3] [--most 2]

The service annotates the same texts with one and with ``--most`` worker processes, in turn. On a machine with no more
cores than workers, the broker and this program take some of what the workers would have had: their CPU time while
articles came out is measured, and the last column says what the ratio would be if the workers had had those cores for
themselves (times ``cores / (cores - cores taken)``).
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from bisect import bisect_left
from statistics import median

import psutil
from material import articles
from parts import parts
from stream import rate_of, stamps_through_kafka

LOOK_S = 0.25


class Taken:
    """CPU seconds of the broker and of this program, looked at all the time."""

    def __init__(self) -> None:
        self._own = psutil.Process()
        self._broker = next(child for child in self._own.children(recursive=True) if "kafka.Kafka" in child.cmdline())
        self._seen: list[tuple[float, float]] = []
        threading.Thread(target=self._look, daemon=True).start()

    def cores(self, since: float, until: float) -> float:
        """Cores taken on average between two moments."""
        first, last = (
            self._seen[min(bisect_left(self._seen, (at, 0.0)), len(self._seen) - 1)] for at in (since, until)
        )
        return (last[1] - first[1]) / max(LOOK_S, last[0] - first[0])

    def _look(self) -> None:
        while True:
            spent = sum(sum(process.cpu_times()[:2]) for process in (self._own, self._broker))
            self._seen.append((time.time(), spent))
            time.sleep(LOOK_S)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=2)
    a = parser.parse_args()
    texts = [piece.text for piece in articles(a.articles)]
    cores = len(os.sched_getaffinity(0))
    print(f"{len(texts)} articles, {cores} cores, load {os.getloadavg()[0]:.1f}")
    many = f"{a.most} processes"
    print(f"{'round':>5} {'1 process':>10} {many:>12} {'ratio':>6} {'cores taken':>12} {'counted out':>12}")
    ratios, counted_out = [], []
    with parts(postgres=False) as there:
        taken = Taken()
        for number in range(a.rounds):
            rates = []
            for index, processes in enumerate((1, a.most)):
                stamps = stamps_through_kafka(there, 2 * number + index, texts, processes)
                rates.append(rate_of(stamps))
            used = taken.cores(stamps[0], stamps[-1])
            ratios.append(rates[1] / rates[0])
            counted_out.append(ratios[-1] * cores / (cores - used) if a.most >= cores else ratios[-1])
            print(
                f"{number + 1:>5} {rates[0]:>8.1f}/s {rates[1]:>10.1f}/s {ratios[-1]:>6.2f} {used:>12.2f}"
                f" {counted_out[-1]:>12.2f}",
                flush=True,
            )
    print(f"median ratio {median(ratios):.2f}, the broker counted out {median(counted_out):.2f}")


if __name__ == "__main__":
    main()

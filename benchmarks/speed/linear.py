"""Measure that no function takes more than its share of time for a long text: twice the text, twice the time.

    python benchmarks/speed/linear.py [--only NAME …] [--kinds KIND …] [--most 22] [--enough S] [--all]

For every function that takes a text (`linear_ingest.py`, `linear_extract.py`), and every kind of adversarial text
(`adversarial_texts.py`), the CPU time at 2^12, 2^13 … characters is measured, up to 2^22 (4 MiB) or what the function
can be given. Prints for each function the kind that took longest and the kind with the largest factor per doubling,
with `--all` every kind. Ends with 1 where twice the text took more than 2.5 times the time (times below 8 ms are
ignored, larger factors are measured again), where one call took more than 10 s, and where one raised what it should
not raise.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from adversarial_texts import KINDS
from cpu_clock import CEILING_S, LARGEST, Chain, Clock, TooLong

MAX_FACTOR = 2.5
SMALLEST = 12
MIN_S = 0.008
"""Times below are not compared: they hold the cost of a call, and noise."""
ATTEMPTS = 3
"""Measurements of a pair of sizes whose factor is too large; the shortest times count."""
PREPARATION_S = 120.0
"""Seconds after which a process is killed that neither measures nor ends."""


@dataclass(slots=True)
class Series:
    """The times of one function for one kind of text, by exponent of the length, and what went wrong."""

    function: str
    kind: str
    seconds: dict[int, float] = field(default_factory=dict)
    problem: str | None = None

    @property
    def factor(self) -> float:
        """Return the largest factor of a doubling from ``MIN_S`` on; 0 where nothing took so long."""
        return max((self._factor(size) for size in self.seconds), default=0.0)

    @property
    def longest(self) -> float:
        """Return the longest time."""
        return max(self.seconds.values(), default=0.0)

    def _factor(self, size: int) -> float:
        before = self.seconds.get(size - 1, 0.0)
        return self.seconds[size] / before if before >= MIN_S else 0.0

    def too_large(self) -> Iterator[int]:
        """Yield the sizes whose factor is too large."""
        return (size for size in self.seconds if self._factor(size) > MAX_FACTOR)

    def failure(self) -> str | None:
        """Return what is wrong; None where nothing is."""
        if self.problem:
            return self.problem
        return f"factor {self.factor:.2f}" if self.factor > MAX_FACTOR else None

    def line(self, largest: int) -> str:
        """Return one line of the table: milliseconds by size, the largest factor, the failure."""
        cells = [
            f"{self.seconds[n] * 1000:8.1f}" if n in self.seconds else " " * 8 for n in range(SMALLEST, largest + 1)
        ]
        mark = f"  FAILS: {self.failure()}" if self.failure() else ""
        return f"{self.function[:34]:34} {self.kind[:22]:22}{''.join(cells)} {self.factor:6.2f}{mark}"


def measure(chain: Chain, kind: str, largest: int, enough_s: float) -> list[Series]:
    """Measure one chain with one kind of text in a process of its own, so that whatever happens stays there."""
    parent, child = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_measure, args=(chain, kind, largest, enough_s, child))
    process.start()
    child.close()
    found: list[Series] = []
    try:
        while parent.poll(PREPARATION_S):
            found = parent.recv()
        problem: str | None = f"no result for {PREPARATION_S:.0f} s"
    except EOFError:
        process.join()
        problem = f"the process died ({process.exitcode})" if process.exitcode else None
    process.kill()
    process.join()
    if problem:
        found.append(Series(chain.name, kind, problem=problem))
    return found


def _measure(chain: Chain, kind: str, largest: int, enough_s: float, pipe: Connection) -> None:
    """Double the text until it is long enough, or a function took long enough; send the series after each size."""
    signal.signal(signal.SIGVTALRM, _stop)
    gc.disable()  # a full collection takes time that belongs to what was made before
    series: dict[str, Series] = {}
    for size in range(SMALLEST, min(chain.most, largest) + 1):
        problem = _add(chain, kind, size, series)
        for _ in range(ATTEMPTS - 1):
            if problem or not any(size in one.too_large() for one in series.values()):
                break
            _add(chain, kind, size - 1, series)
            _add(chain, kind, size, series)
        pipe.send(list(series.values()))
        if problem or max(one.longest for one in series.values()) > enough_s:
            return


def _add(chain: Chain, kind: str, size: int, series: dict[str, Series]) -> bool:
    """Run the chain once and add its times, the shortest of each size; True where it must not go on."""
    clock, problem = Clock(), None
    try:
        chain.run(KINDS[kind](2**size), clock)
    except chain.expected:
        pass
    except TooLong:
        problem = f"more than {CEILING_S:.0f} s for 2^{size} characters"
    except Exception as error:  # a defect of the function; it belongs into the table
        problem = f"2^{size} characters: {type(error).__name__}: {str(error)[:60]}"
    for name, seconds in clock.seconds.items():
        one = series.setdefault(name, Series(name, kind))
        one.seconds[size] = min(seconds, one.seconds.get(size, seconds))
        if seconds > CEILING_S and not problem:
            problem = f"more than {CEILING_S:.0f} s for 2^{size} characters"
    if problem:
        last = next(reversed(clock.seconds), chain.name)
        series.setdefault(last, Series(last, kind)).problem = problem
    gc.collect()
    return problem is not None


def _stop(signum: int, frame: object) -> None:
    raise TooLong


def report(found: Sequence[Series], largest: int, everything: bool) -> int:
    """Print the table; return the number of failures."""
    head = "".join(f"{f'2^{n}':>8}" for n in range(SMALLEST, largest + 1))
    print(f"\n{'function':34} {'text':22}{head} factor   (milliseconds of CPU time)")
    by_function: dict[str, list[Series]] = {}
    for one in found:
        by_function.setdefault(one.function, []).append(one)
    for many in by_function.values():
        shown = [max(many, key=lambda one: one.longest), max(many, key=lambda one: one.factor)]
        shown += [one for one in many if one.failure()]
        for one in many if everything else {id(one): one for one in shown}.values():
            print(one.line(largest))
    failures = [one for one in found if one.failure()]
    print(f"\n{len(by_function)} functions, {len(KINDS)} kinds of text: {len(failures)} fail")
    return len(failures)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], help="chains or functions whose name contains one of these")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS), metavar="KIND")
    parser.add_argument("--most", type=int, default=LARGEST, help="exponent of the longest text")
    parser.add_argument(
        "--enough", type=float, default=CEILING_S, metavar="S", help="do not double after a call of so many seconds"
    )
    parser.add_argument("--all", action="store_true", help="print every kind of text")
    options = parser.parse_args()

    import linear_extract
    import linear_ingest

    found: list[Series] = []
    for chain in [*linear_ingest.CHAINS, *linear_extract.CHAINS]:
        if options.only and not any(part in chain.name for part in options.only):
            continue
        for kind in options.kinds:
            print(f"\r{chain.name}: {kind}".ljust(78), end="", file=sys.stderr, flush=True)
            found += measure(chain, kind, options.most, options.enough)
    print("\r".ljust(79), file=sys.stderr)
    return 1 if report(found, options.most, options.all) else 0


if __name__ == "__main__":
    sys.exit(main())

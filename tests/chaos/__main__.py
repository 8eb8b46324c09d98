"""Breaks a running stream on purpose and audits what is left of what was fed.

    cd tests && python -m chaos [--articles 2000] [--rate 50] [--seed N] [--replicas extract=2] KIND=COUNT …

Kinds of disturbance: see `python -m chaos --help`. Kafka and PostgreSQL are started for the run. The exit code is 0
when nothing was lost, doubled, left over or out of order, and nothing became a dead letter.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from chaos.clock import Clocks, NoFakeTime, find_library
from chaos.disk import CannotMount, SmallDisk, own_mounts
from chaos.disturbances import KINDS, lasting
from chaos.result import Plan, Result
from chaos.run import run
from chaos.stream import Stream
from kit.reaper import dismiss, watch_over
from kit.services import Services
from quotewire.local.kafka import LocalKafka
from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire.local.settings import CommandSettings

KEPT = Path(__file__).parents[2] / "runs"
"""Where the logs of a run that was not good are kept."""
FOLDERS = {"disk-warc": "warc", "disk-postgres": "database"}
MIB = {"disk-warc": 64, "disk-postgres": 512}
"""Sizes of the small disks: some thousand articles need a tenth of it."""
PATIENCE_S = 300.0
"""Kafka and PostgreSQL need some seconds to come back; on a crowded machine they must not fail the run."""
FASTEST = 100.0
"""Versions per second: more than the stream takes on two cores, so that there is always a backlog to lose."""


def main() -> int:
    """Read the arguments, run, print the table."""
    plan = _plan()
    try:
        return _carried_out(plan)
    except (CannotMount, NoFakeTime) as error:
        sys.stderr.write(f"chaos: {error}\n")
        return 1


def _carried_out(plan: Plan) -> int:
    full = [kind for kind in plan.breaks if kind.startswith("disk-")]
    if full:
        own_mounts()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="quotewire-chaos-"))
        stack.callback(dismiss, watch_over(folder))
        disks = {kind.removeprefix("disk-"): SmallDisk(folder / FOLDERS[kind], MIB[kind]) for kind in full}
        for disk in disks.values():
            disk.mount()
            stack.callback(disk.unmount)
        clocks = None
        if "clock" in plan.breaks:
            clocks = Clocks(find_library(CommandSettings().local.cache / "libfaketime"), folder)
        stream = _parts(folder, clocks, small="postgres" in disks)
        stack.callback(_stop_parts, stream)
        result = asyncio.run(run(plan, stream, _say, clocks, disks))
        if not result.good or result.unasked:
            (kept := KEPT / f"chaos-{plan.seed}").mkdir(parents=True, exist_ok=True)
            for service in stream.services.made:
                (kept / service.log.name).write_bytes(service.log.read_bytes())
    _say("\n" + result.table())
    return _verdict(result)


def _verdict(result: Result) -> int:
    if result.good:
        _say("\nnothing lost, nothing doubled, no ghosts, in order")
        return 0
    _say(f"\nNOT GOOD; the services' logs are in {KEPT}/chaos-{result.plan.seed}/")
    return 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class ClockedPostgres(LocalPostgres):
    """A server that lives by a clock of ours, where there is one, and keeps within a small disk, where it must."""

    clocks: Clocks | None = None
    small = False

    def environment(self) -> dict[str, str]:
        """The environment, and the clock."""
        return {**super().environment(), **(self.clocks.environment("postgres") if self.clocks is not None else {})}

    def command(self) -> list[str | Path]:
        """The command line; on a small disk, with less room for the write-ahead log than its 1 GB."""
        return [*super().command(), *(["-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"] if self.small else [])]


def _stop_parts(stream: Stream) -> None:
    stream.services.end()
    for part in (stream.kafka, stream.postgres):
        if part is not None:
            part.stop_timeout_s = 0  # nothing here is kept
            part.stop()


def _parts(folder: Path, clocks: Clocks | None, small: bool) -> Stream:
    """Kafka and PostgreSQL of our own, topics and tables made."""
    kafka = LocalKafka.below(folder, CommandSettings().local)
    data = folder / FOLDERS["disk-postgres"] / "postgres"
    postgres = ClockedPostgres(data, home=folder, log=folder / "postgres.log", programs=find_postgres())
    postgres.clocks, postgres.small = clocks, small
    for part in (kafka, postgres):
        part.start_timeout_s = PATIENCE_S
        part.prepare()
        part.start()
    for part in (kafka, postgres):
        part.wait_ready()
    postgres.create_database()
    services = Services(folder, folder, kafka.address, "", postgres.dsn)
    for words in (["topics", "apply"], ["migrate"]):
        subprocess.run(
            [sys.executable, "-m", "quotewire", *words],
            env={**os.environ, **services.env()},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return Stream(services, kafka, postgres)


def _plan() -> Plan:
    kinds = "\n".join(f"  {kind:<16}{words}" for kind, words in KINDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m chaos",
        description=f"{(__doc__ or '').splitlines()[0]}\n\nkinds of disturbance:\n{kinds}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("breaks", nargs="*", type=_pair, metavar="KIND=COUNT", help="for example kill=20 worker=50")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rate", type=float, help="versions fed per second; default: as long as the disturbances last")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="default: a new one, printed")
    parser.add_argument("--replicas", nargs="*", type=_pair, default=[], metavar="SERVICE=COUNT")
    parser.add_argument("--away", type=float, default=15, metavar="SECONDS")
    parser.add_argument("--frozen", type=float, default=15, metavar="SECONDS")
    a = parser.parse_args()
    if unknown := {kind for kind, _ in a.breaks} - set(KINDS):
        parser.error(f"no such kind: {', '.join(sorted(unknown))}; see --help")
    breaks = dict(a.breaks)
    rate = a.rate or min(FASTEST, a.articles / max(lasting(breaks, a.away, a.frozen), 1))
    replicas = {"ingest": 1, "extract": 1, "store": 1} | dict(a.replicas)
    return Plan(a.seed, a.articles, rate, breaks, replicas, {}, a.away, a.frozen)


def _pair(words: str) -> tuple[str, int]:
    name, equals, count = words.partition("=")
    if not equals or not count.isdigit():
        raise argparse.ArgumentTypeError(f"{words!r} is not NAME=COUNT")
    return name, int(count)


if __name__ == "__main__":
    sys.exit(main())

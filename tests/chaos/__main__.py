"""Disturb a running stream on purpose and audit the result.

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

from chaos.clock import Clocks, FaketimeMissing, find_library
from chaos.disk import MountError, SmallDisk, own_mounts
from chaos.disturbances import KINDS, estimated_duration_s
from chaos.result import Plan, Result
from chaos.run import run
from chaos.stream import Stream
from kit.services import Services
from kit.session_cleanup import clean_up, start_cleanup
from quotewire.local.kafka import LocalKafka
from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire.local.settings import CommandSettings

LOG_FOLDER = Path(__file__).parents[2] / "runs"
"""Folder for the logs of failed runs."""
FOLDERS = {"disk-warc": "warc", "disk-postgres": "database"}
MIB = {"disk-warc": 64, "disk-postgres": 512}
"""Sizes of the small disks: a few thousand articles need a tenth of it."""
PART_TIMEOUT_S = 300.0
"""Seconds for Kafka and PostgreSQL to start: a few are enough, but a busy machine must not fail the run."""
MAX_RATE = 100.0
"""Versions per second: more than the stream processes on two cores, so that there is always a backlog."""


def main() -> int:
    """Parse the arguments, run, print the table."""
    plan = _plan()
    try:
        return _execute(plan)
    except (MountError, FaketimeMissing) as error:
        sys.stderr.write(f"chaos: {error}\n")
        return 1


def _execute(plan: Plan) -> int:
    full_disks = [kind for kind in plan.breaks if kind.startswith("disk-")]
    if full_disks:
        own_mounts()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="quotewire-chaos-"))
        stack.callback(clean_up, start_cleanup(folder))
        disks = {kind.removeprefix("disk-"): SmallDisk(folder / FOLDERS[kind], MIB[kind]) for kind in full_disks}
        for disk in disks.values():
            disk.mount()
            stack.callback(disk.unmount)
        clocks = None
        if "clock" in plan.breaks:
            clocks = Clocks(find_library(CommandSettings().local.cache / "libfaketime"), folder)
        stream = _parts(folder, clocks, small="postgres" in disks)
        stack.callback(_stop_parts, stream)
        result = asyncio.run(run(plan, stream, _print, clocks, disks))
        if not result.good or result.unexpected_exits:
            (kept := LOG_FOLDER / f"chaos-{plan.seed}").mkdir(parents=True, exist_ok=True)
            for service in stream.services.made:
                (kept / service.log.name).write_bytes(service.log.read_bytes())
    _print("\n" + result.table())
    return _verdict(result)


def _verdict(result: Result) -> int:
    if result.good:
        _print("\nnothing lost, nothing doubled, no ghosts, in order")
        return 0
    _print(f"\nNOT GOOD; the services' logs are in {LOG_FOLDER}/chaos-{result.plan.seed}/")
    return 1


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class ClockedPostgres(LocalPostgres):
    """A server with a shifted clock and settings for a small disk, where the plan has them."""

    clocks: Clocks | None = None
    small = False

    def environment(self) -> dict[str, str]:
        """Return the environment, with that of the clock."""
        return {**super().environment(), **(self.clocks.environment("postgres") if self.clocks is not None else {})}

    def command(self) -> list[str | Path]:
        """Return the command line; on a small disk, with a smaller write-ahead log than the default of 1 GB."""
        return [*super().command(), *(["-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"] if self.small else [])]


def _stop_parts(stream: Stream) -> None:
    stream.services.end()
    for part in (stream.kafka, stream.postgres):
        if part is not None:
            part.stop_timeout_s = 0  # nothing needs to be kept
            part.stop()


def _parts(folder: Path, clocks: Clocks | None, small: bool) -> Stream:
    """Start Kafka and PostgreSQL, create topics and tables."""
    kafka = LocalKafka.below(folder, CommandSettings().local)
    data = folder / FOLDERS["disk-postgres"] / "postgres"
    postgres = ClockedPostgres(data, home=folder, log=folder / "postgres.log", programs=find_postgres())
    postgres.clocks, postgres.small = clocks, small
    for part in (kafka, postgres):
        part.start_timeout_s = PART_TIMEOUT_S
        part.prepare()
        part.start()
    for part in (kafka, postgres):
        part.wait_ready()
    postgres.create_database()
    services = Services(folder, folder, kafka.address, "", postgres.dsn)
    for verb in (["topics", "apply"], ["migrate"]):
        subprocess.run(
            [sys.executable, "-m", "quotewire", *verb],
            env={**os.environ, **services.env()},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return Stream(services, kafka, postgres)


def _plan() -> Plan:
    kinds = "\n".join(f"  {kind:<16}{description}" for kind, description in KINDS.items())
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
    rate = a.rate or min(MAX_RATE, a.articles / max(estimated_duration_s(breaks, a.away, a.frozen), 1))
    replicas = {"ingest": 1, "extract": 1, "store": 1} | dict(a.replicas)
    return Plan(a.seed, a.articles, rate, breaks, replicas, {}, a.away, a.frozen)


def _pair(argument: str) -> tuple[str, int]:
    name, equals, count = argument.partition("=")
    if not equals or not count.isdigit():
        raise argparse.ArgumentTypeError(f"{argument!r} is not NAME=COUNT")
    return name, int(count)


if __name__ == "__main__":
    sys.exit(main())

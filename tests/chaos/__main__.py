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

from chaos.disturbances import KINDS, lasting
from chaos.run import Plan, Result, run
from chaos.stream import Stream
from kit.reaper import dismiss, watch_over
from kit.services import Services
from quotewire.local.jars import ensure_jars
from quotewire.local.java import find_java
from quotewire.local.kafka import LocalKafka
from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire.local.settings import CommandSettings

KEPT = Path(__file__).parents[2] / "runs"
"""Where the logs of a run that was not good are kept."""
FASTEST = 100.0
"""Versions per second: more than the stream takes on two cores, so that there is always a backlog to lose."""


def main() -> int:
    """Read the arguments, run, print the table."""
    plan = _plan()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="quotewire-chaos-"))
        stack.callback(dismiss, watch_over(folder))
        stream = _parts(folder)
        result = asyncio.run(run(plan, stream, _say))
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


def _parts(folder: Path) -> Stream:
    """Kafka and PostgreSQL of our own, topics and tables made."""
    settings = CommandSettings().local
    kafka = LocalKafka(
        folder / "kafka",
        home=folder,
        log=folder / "kafka.log",
        jars=ensure_jars(settings.cache),
        java=find_java(settings.java),
    )
    postgres = LocalPostgres(folder / "postgres", home=folder, log=folder / "postgres.log", programs=find_postgres())
    for part in (kafka, postgres):
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

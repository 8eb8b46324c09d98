"""Run replicas of ingest against a web whose answers are mutated, then audit: nothing lost, nothing stopped.

    python -m hostile_web [--answers 20000] [--replicas 3] [--kills 0] [--hosts 300] [--seed N] [--within 1800]

Hosts are loopback addresses with a feed and a sitemap each; besides, addresses are submitted as inputs. After
``--answers`` mutated answers the web behaves, and every input must come to its one outcome. The run is good when no
replica ended by itself, every input has an outcome, no revision was published twice, no input and no poll made the
program raise (``crash``), and no callback of an event loop took longer than ``LONGEST_CALLBACK_S`` of CPU time.
"""

from __future__ import annotations

import argparse
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from hostile_web.audit import Findings, audit, note_end, wait_for_outcomes
from hostile_web.mutations import ODD_ADDRESSES
from kit.program_parts import started_parts
from kit.services import Service, Services

TESTS = Path(__file__).parents[1]
# Of the time of a run; in the rest of it the inputs must come to their outcomes.
_SHARE_OF_MUTATIONS = 0.7


@dataclass
class Site:
    """The mutating server as a process."""

    process: subprocess.Popen[str]
    port: int
    answers: int = 0
    _out: IO[str] | None = None

    def read_count(self) -> int:
        """Wait for the server's next count of answers."""
        assert self._out is not None
        self.answers = int(self._out.readline() or self.answers)
        return self.answers

    def misbehave(self) -> None:
        """Have it mutate answers from now on."""
        self.process.send_signal(signal.SIGUSR1)

    def behave(self) -> None:
        """Have it answer well-formed from now on."""
        self.process.send_signal(signal.SIGUSR2)


def main() -> int:
    """Run, audit, print; 0 when the run was good."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--answers", type=int, default=20_000)
    options.add_argument("--replicas", type=int, default=3)
    options.add_argument("--kills", type=int, default=0, help="SIGKILLs of a replica, spread over the run")
    options.add_argument("--hosts", type=int, default=300)
    options.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options.add_argument("--within", type=float, default=1800, help="seconds after which the run is given up")
    given = options.parse_args()
    print(f"seed {given.seed}", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quotewire-hostile-")))
        services = stack.enter_context(started_parts(folder)).services
        site = stack.enter_context(started_site(given.seed))
        replicas = start_replicas(services, site, given.replicas, given.hosts)
        stack.callback(services.end)
        site.misbehave()
        submit(services, site, given.hosts)
        findings = Findings()
        began = time.monotonic()
        deadline = began + given.within
        run_mutations(site, replicas, given, findings, began + _SHARE_OF_MUTATIONS * given.within)
        site.behave()
        wait_for_outcomes(services, findings, deadline)
        audit(services, replicas, findings)
    print(f"{site.answers} answers, {findings.inputs} inputs, {findings.kills} kills, {findings.postponed} postponed")
    print(f"longest callback, in seconds of CPU time: {findings.longest}")
    for name in ("ended", "without_outcome", "published_twice", "crashes", "longest_callbacks"):
        found = getattr(findings, name)
        print(f"{name.replace('_', ' ')}: {len(found)}", *found[:10], sep="\n  ")
    print("good" if findings.good() else "NOT GOOD")
    return 0 if findings.good() else 1


@contextmanager
def started_site(seed: int) -> Iterator[Site]:
    """The mutating server."""
    command = [sys.executable, "-m", "hostile_web.server", "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS) as process:
        try:
            assert process.stdout is not None
            yield Site(process, int(process.stdout.readline()), _out=process.stdout)
        finally:
            process.terminate()


def start_replicas(services: Services, site: Site, count: int, hosts: int) -> list[Service]:
    """Start replicas that poll a feed and a sitemap of each host, with pauses of a test."""
    sources = "".join(
        f"- id: host-{number}\n  feeds: ['http://{address}:{site.port}/feed.xml',"
        f" 'http://{address}:{site.port}/sitemap.xml', 'http://{address}:{site.port}/news/0']\n"
        for number, address in enumerate(map(address_of, range(hosts)))
    )
    (services.folder / "sources.yaml").write_text("sources:\n" + sources, "utf-8")
    replicas = []
    for _ in range(count):
        service = services.make(
            "ingest", FETCH__ALLOW_PRIVATE="true", FETCH__CONTACT="mailto:desk@host.example",
            FETCH__TOTAL_TIMEOUT_S="5", FETCH__MAX_BYTES=str(2**21), WORK__HOST_PAUSE_S="0.02",
            WORK__FETCHERS="8", WORK__ATTEMPTS="2", SOURCES__FILE=str(services.folder / "sources.yaml"),
            SOURCES__LEAST_INTERVAL_S="2", SOURCES__MOST_INTERVAL_S="4",
        )  # fmt: skip
        service.env["LOOP_PROBE"] = str(service.log.with_suffix(".probe"))
        service.env["PYTHONPATH"] = str(Path(__file__).parent / "loop_probe")
        replicas.append(service.start())
    for service in replicas:
        service.ready()
    return replicas


def address_of(number: int) -> str:
    """The loopback address of a host."""
    return f"127.2.{number // 250}.{number % 250 + 1}"


def submit(services: Services, site: Site, hosts: int) -> None:
    """Submit addresses as inputs: pages of the hosts, and addresses that are none."""
    odd = [address.decode("latin-1") for address in ODD_ADDRESSES]
    pages = [f"http://{address_of(number % hosts)}:{site.port}/news/{1000 + number}" for number in range(2 * hosts)]
    with psycopg.connect(services.dsn, autocommit=True) as database:
        for address in [*pages, *(address for address in odd if address.startswith("http") and "\0" not in address)]:
            database.execute(
                "INSERT INTO ingest.inputs (job, kind, name, origin, host) VALUES (gen_random_uuid(), 'address', %s,"
                " 'live', %s)",
                (address, (address.split("/")[2].split(":")[0] if address.count("/") > 2 else "") or "-"),
            )


def run_mutations(
    site: Site, replicas: list[Service], given: argparse.Namespace, findings: Findings, deadline: float
) -> None:
    """Wait for the wanted number of answers; restart what ended by itself, kill at random where that was asked for."""
    dice = random.Random(given.seed)
    step = given.answers // (given.kills + 1)
    kill_at = [step * number for number in range(1, given.kills + 1)]
    said = 0
    while site.read_count() < given.answers and time.monotonic() < deadline:
        for service in replicas:
            note_end(service, findings)
        if kill_at and site.answers >= kill_at[0]:
            kill_at.pop(0)
            victim = dice.choice(replicas)
            victim.kill()
            victim.start()
            findings.kills += 1
        if site.answers - said >= 1000:
            said = site.answers
            print(f"{said} answers, {len(findings.ended)} replicas ended", flush=True)
    if site.answers < given.answers:
        print(f"only {site.answers} of {given.answers} answers came in time", flush=True)


if __name__ == "__main__":
    sys.exit(main())

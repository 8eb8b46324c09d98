"""Run a news day in minutes: replicas of ingest poll and fetch hundreds of hosts, many of which misbehave; then audit.

    python benchmarks/speed/news_day.py [--hosts 500] [--articles 4] [--replicas 3] [--seconds 120] [--interval 15]
        [--within 600] [--once]

Kafka, PostgreSQL (those of the environment, where it names some) and the services are real; the hosts are
`wild_site.py`. The log of the server is checked: no request to a host may start while another is in progress, nor
before the pause after it has passed (except robots.txt and redirects, which belong to the request that follows), and
no page may be sent completely twice to a client that still waits for it. Exits with 1 if one was. On a busy machine,
responses come too late and are requested again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
from backing_services import BackingServices, backing_services
from wild_site import address, kind_of

from quotewire.local.ports import free_port

HERE = Path(__file__).parent
PAUSE_S = 0.5
"""Seconds between two requests to a host; shorter than the default, because the day is short."""


@contextmanager
def running(backing: BackingServices, args: argparse.Namespace) -> Iterator[Path]:
    """Run the site and the replicas; yield the site's log."""
    log = backing.folder / "requests.jsonl"
    command = [sys.executable, str(HERE / "wild_site.py"), "--log", str(log)]
    command += [f"--{name}={getattr(args, name)}" for name in ("hosts", "articles", "seconds")]
    processes: list[subprocess.Popen[Any]] = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True)]
    try:
        assert processes[0].stdout is not None
        port = int(processes[0].stdout.readline())
        entries = [f"- id: host-{n}\n  feeds: ['http://{address(n)}:{port}/feed.xml']" for n in range(args.hosts)]
        (backing.folder / "sources.yaml").write_text("sources:\n" + "\n".join(entries) + "\n", "utf-8")
        for number in range(args.replicas):
            env = backing.env(
                HTTP__PORT=str(free_port()), FETCH__ALLOW_PRIVATE="true", FETCH__CONTACT="mailto:desk@host.example",
                FETCH__TOTAL_TIMEOUT_S="10", FETCH__MAX_BYTES=str(2**20), WORK__HOST_PAUSE_S=str(PAUSE_S),
                WORK__FETCHERS="8", SOURCES__FILE=str(backing.folder / "sources.yaml"),
                SOURCES__LEAST_INTERVAL_S=str(args.interval), SOURCES__MOST_INTERVAL_S=str(4 * args.interval),
            )  # fmt: skip
            with (backing.folder / f"ingest-{number}.log").open("wb") as out:
                processes.append(subprocess.Popen([sys.executable, "-m", "quotewire_ingest"], env=env, stdout=out,
                                                  stderr=out))  # fmt: skip
        yield log
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait()


def wait(backing: BackingServices, args: argparse.Namespace) -> None:
    """Wait until every URL has its outcome or is due again later, or the time is over."""
    expected_names = sum(args.articles for number in range(args.hosts) if kind_of(number) != "gone")
    end, began = time.monotonic() + args.within, time.monotonic()
    with psycopg.connect(backing.postgres, autocommit=True) as database:
        while time.monotonic() < end:
            done, again = database.execute(
                "SELECT count(outcome), count(*) FILTER (WHERE outcome IS NULL AND due_at > now()) FROM ingest.inputs"
            ).fetchone() or (0, 0)
            summary = f"{done} of {expected_names} URLs done, {again} to be retried"
            print(f"\r{time.monotonic() - began:4.0f} s: {summary}", end="", flush=True)
            if done + (again if args.once else 0) >= expected_names:
                break
            time.sleep(1)
    print()


def audit(log: Path) -> tuple[Counter[str], list[str]]:
    """Return the counts of the log, and a description of every violation."""
    by_host: dict[str, list[dict[str, Any]]] = defaultdict(list)
    complete: Counter[tuple[str, str]] = Counter()
    counts: Counter[str] = Counter()
    for line in log.read_text("utf-8").splitlines():
        row = json.loads(line)
        by_host[row["host"]].append(row)
        counts[f"status {row['status']}"] += 1
        number = number_of(row["host"])
        sent_completely = row["status"] == 200 and row["waits"] and kind_of(number) not in ("half", "huge")
        complete[row["host"], row["path"]] += sent_completely and row["path"].startswith("/news")
    wrong = [f"{host}{path} was sent completely {times} times" for (host, path), times in complete.items() if times > 1]
    counts["double reads"] = len(wrong)
    for host, rows in by_host.items():
        rows.sort(key=lambda row: float(row["began"]))
        for before, after in pairwise(rows):
            same_request = before["path"] == "/robots.txt" or 300 <= before["status"] < 400
            gap = after["began"] - before["ended"]
            if gap < 0 or (gap < PAUSE_S and not same_request):
                counts["host violations"] += 1
                wrong.append(f"{host}: {after['path']} {gap:.3f} s after {before['path']} ({before['status']})")
    return counts, wrong


def number_of(host: str) -> int:
    """Return the number of a host from its address."""
    _, _, high, low = host.split(".")
    return int(high) * 250 + int(low) - 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--articles", type=int, default=4)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=120, help="until the last article is out")
    parser.add_argument("--interval", type=float, default=15, help="seconds between two polls of a feed at the least")
    parser.add_argument("--once", action="store_true", help="do not wait for URLs that are to be retried")
    parser.add_argument("--within", type=float, default=600, help="seconds after which it ends in any case")
    args = parser.parse_args()
    with backing_services() as backing:
        with running(backing, args) as log:
            wait(backing, args)
        counts, wrong = audit(log)
        with psycopg.connect(backing.postgres) as database:
            outcomes = database.execute(
                "SELECT outcome, coalesce(reason, ''), count(*) FROM ingest.inputs GROUP BY 1, 2 ORDER BY 3 DESC"
            ).fetchall()
            failing = database.execute(
                "SELECT last_error, count(*) FROM ingest.feeds WHERE last_error IS NOT NULL GROUP BY 1 ORDER BY 2 DESC"
            ).fetchall()
            again = database.execute(
                "SELECT name, attempts, coalesce(outcome, 'waiting') FROM ingest.inputs WHERE attempts > 1"
                " ORDER BY attempts DESC LIMIT 20"
            ).fetchall()
            twice = database.execute(
                "SELECT count(*) FROM (SELECT FROM ingest.inputs GROUP BY name HAVING count(*) > 1) AS doubled"
            ).fetchone()
            unexplained = database.execute(
                "SELECT count(*) FROM ingest.feeds f WHERE last_error IS NULL"
                " AND NOT EXISTS (SELECT FROM ingest.inputs i WHERE i.source_id = f.source_id)"
            ).fetchone()
    asked = sum(count for name, count in counts.items() if name.startswith("status"))
    print(f"{args.hosts} hosts, {args.replicas} replicas, {asked} requests: "
          + ", ".join(f"{name.removeprefix('status ')} {count}" for name, count in sorted(counts.items())
                      if name.startswith("status")))  # fmt: skip
    print(
        "outcomes: "
        + ", ".join(f"{outcome} {reason} {count}".replace("  ", " ") for outcome, reason, count in outcomes)
    )
    print("failing feeds: " + (", ".join(f"{count} {error}" for error, count in failing) or "none"))
    print(f"feeds without an article and without a reason: {unexplained[0] if unexplained else 0}")
    print(f"host violations {counts['host violations']}, double reads {counts['double reads']}")
    print(f"URLs queued twice: {twice[0] if twice else 0}")
    if wrong:
        print("\n".join(wrong[:20]))
        print(
            "tried more than once: " + ", ".join(f"{name} ({attempts}, {outcome})" for name, attempts, outcome in again)
        )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

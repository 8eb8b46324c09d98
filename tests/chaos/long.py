"""Run the long chaos runs, one after the other, and print their table in Markdown: `make chaos`.

cd tests && python -m chaos.long [--scale 0.1] [--seed 1] [NAME …]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

RUNS: dict[str, list[str]] = {
    # name: articles at scale 1, then the disturbances; counts are scaled, seconds and replicas are not
    "kills": ["12000", "kill=450"],
    "workers": ["6000", "worker=300"],
    "poison": ["4000", "poison=40", "hook=20", "kill=12"],
    "heavy": ["500", "heavy=5"],
    "fuzz": ["4000", "fuzz=100"],
    "replicas": ["6000", "join=60", "--replicas", "extract=2", "store=2"],
    "releases": ["6000", "old=30", "join=30", "kill=12", "--replicas", "extract=3", "store=3"],
    "Kafka": ["4000", "kafka-stop=10", "kafka-kill=3", "kafka-freeze=2", "--away", "120", "--frozen", "30"],
    "PostgreSQL": [
        "4000", "postgres-stop=10", "postgres-kill=3", "postgres-freeze=2", "--away", "120", "--frozen", "30",
    ],
    "full disks": ["4000", "disk-warc=10", "disk-postgres=10", "--away", "60"],
    "clocks": ["4000", "clock=40", "--frozen", "20"],
    "frozen services": ["2000", "freeze=9", "--frozen", "30"],
    "stops": ["3000", "term=60"],
    "everything": [
        "6000", "kill=30", "worker=30", "term=10", "freeze=3", "join=10", "poison=10", "kafka-stop=2", "kafka-kill=1",
        "postgres-stop=2", "postgres-kill=1", "--away", "30", "--frozen", "15",
    ],
}  # fmt: skip
COLUMNS = {
    "duration": "took",
    "longest stall": "longest stall",
    "longest recovery after a kill": "after a kill",
    "services restarted": "restarted",
    "lost": "lost",
    "doubled in the store": "doubled",
    "ghosts": "ghosts",
    "out of order": "out of order",
    "dead letters": "dead letters",
    "of it unexplained": "unexplained",
    "records that stages read": "records",
    "of it without one right trace": "without a trace",
    "peak memory of one replica": "peak memory",
}
"""Rows of a run's table, and the columns that they become."""


def main() -> int:
    """Run them, print the table, and return 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(RUNS)}; default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="of articles and counts")
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    if unknown := set(a.names) - set(RUNS):
        parser.error(f"no such run: {', '.join(sorted(unknown))}; there are {', '.join(RUNS)}")
    rows: list[list[str]] = []
    bad = 0
    for name in a.names or RUNS:
        command = _command(RUNS[name], a.scale, a.seed)
        _print(f"== {name}: python -m {' '.join(command)}")
        code, output = _run([sys.executable, "-m", *command])
        bad += code != 0
        found = {key.strip(): line[42:].strip() for line in output.splitlines() if (key := line[:42])}
        rows.append([name, " ".join(command[1:]), *(found.get(column, "–") for column in COLUMNS)])
    _print("\n| run | `python -m chaos …` | " + " | ".join(COLUMNS.values()) + " |\n|" + "---|" * (len(COLUMNS) + 2))
    for name, arguments, *values in rows:
        _print(f"| {name} | `{arguments}` | " + " | ".join(values) + " |")
    return 1 if bad else 0


def _command(run: list[str], scale: float, seed: int) -> list[str]:
    """Return `chaos --seed … --articles … KIND=COUNT …`, with counts of at least one."""
    articles, *rest = run
    words = ["chaos", "--seed", str(seed), "--articles", str(max(100, round(int(articles) * scale)))]
    breaks = [word for word in rest if "=" in word and rest.index(word) < _options_at(rest)]
    for word in breaks:
        kind, _, count = word.partition("=")
        words.append(f"{kind}={max(1, round(int(count) * scale))}")
    return words + rest[len(breaks) :]


def _options_at(words: list[str]) -> int:
    return next((at for at, word in enumerate(words) if word.startswith("--")), len(words))


def _run(command: list[str]) -> tuple[int, str]:
    """Run one, print its lines as they come, and return exit code and output."""
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            lines.append(line)
    return process.returncode, "".join(lines)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

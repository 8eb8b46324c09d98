"""Measure the memory of each service while articles of real length pass through the whole stream.

    python benchmarks/speed/memory.py [--articles 5000] [--words N]

Runs `quotewire up` in its own home, submits a JSON Lines file, and measures every service with its worker processes
whenever another twentieth is stored. The last line of a service compares the maxima of both halves.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sample_articles import articles


def quotewire(*arguments: str | Path) -> str:
    done = subprocess.run([sys.executable, "-m", "quotewire", *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"quotewire {' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout


def resident(pid: int) -> float:
    """Return the MiB of a process and its descendants, without counting shared pages twice (proportional set size)."""
    total = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 2**20


def write(path: Path, count: int, words: int | None) -> None:
    with path.open("w", encoding="utf-8") as file:
        for sample in articles(count, words=words):
            line = {"url": f"https://bench.example/{sample.number}", "title": sample.title, "text": sample.text}
            file.write(json.dumps({**line, "language": "en"}) + "\n")


def watch(status: dict[str, Any], count: int) -> dict[str, list[float]]:
    """Measure until all articles are stored; return MiB by service."""
    seen: dict[str, list[float]] = {service["name"]: [] for service in status["services"]}
    print(f"{'stored':>8} " + " ".join(f"{name:>10}" for name in seen), flush=True)
    step, shown, stored = max(1, count // 20), 0, 0
    with psycopg.connect(status["postgres"], autocommit=True) as database:
        while stored < count:
            row = database.execute("SELECT count(*) FROM news.articles").fetchone()
            stored = row[0] if row else 0
            if stored - shown >= step or (stored == count and shown < count):
                shown = stored
                for service in status["services"]:
                    seen[service["name"]].append(resident(service["pid"]))
                print(f"{stored:>8} " + " ".join(f"{values[-1]:>7.0f} MiB" for values in seen.values()), flush=True)
            time.sleep(0.5)
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--words", type=int, help="words of each article [default: real lengths]")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quotewire-bench-") as folder:
        home, lines = Path(folder) / "home", Path(folder) / "articles.jsonl"
        write(lines, a.articles, a.words)
        quotewire("up", "--home", home, "--detach")
        feeding: subprocess.Popen[bytes] | None = None
        try:
            status = json.loads(quotewire("status", "--home", home, "--json"))
            feeding = subprocess.Popen(
                [sys.executable, "-m", "quotewire", "ingest", "--home", home, lines], stdout=subprocess.DEVNULL
            )
            seen = watch(status, a.articles)
        finally:
            if feeding is not None:
                feeding.terminate()
                feeding.wait()
            quotewire("down", "--home", home)
    for name, values in seen.items():
        first, second = values[1 : len(values) // 2], values[len(values) // 2 :]
        if first and second:
            print(
                f"{name}: largest {max(values):.0f} MiB, second half against first {max(second) / max(first) - 1:+.1%}"
            )


if __name__ == "__main__":
    main()

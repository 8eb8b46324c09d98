"""Measure the time from `quotewire up` to the first stored article, where everything is installed.

    python benchmarks/speed/start.py [--rounds 5]

Each round uses a new home; the first one includes the cost of a cold page cache.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psycopg
from sample_articles import articles


def quotewire(*arguments: str | Path) -> str:
    done = subprocess.run([sys.executable, "-m", "quotewire", *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"quotewire {' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout


def once(home: Path, text: Path) -> dict[str, float]:
    """Return the seconds from the start to each mark."""
    started = time.monotonic()
    marks: dict[str, float] = {}
    quotewire("up", "--home", home, "--detach")
    marks["ready"] = time.monotonic() - started
    try:
        status = json.loads(quotewire("status", "--home", home, "--json"))
        feeding = subprocess.Popen(
            [sys.executable, "-m", "quotewire", "ingest", "--home", home, text], stdout=subprocess.DEVNULL
        )
        with psycopg.connect(status["postgres"], autocommit=True) as database:
            while "stored" not in marks:
                for mark, query in (
                    ("queued", "SELECT min(queued_at) FROM ingest.inputs"),
                    ("stored", "SELECT min(stored_at) FROM news.articles"),
                ):
                    row = database.execute(query).fetchone()
                    if mark not in marks and row and row[0]:
                        marks[mark] = time.monotonic() - started
                time.sleep(0.01)
        feeding.wait()
    finally:
        quotewire("down", "--home", home)
    return marks


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    a = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory(prefix="quotewire-bench-") as folder:
        text = Path(folder) / "article.txt"
        text.write_text(next(articles(1, words=400)).text, "utf-8")
        for number in range(a.rounds):
            rounds.append(once(Path(folder) / f"home{number}", text))
            shown = "  ".join(
                f"{mark} {seconds:.1f} s" for mark, seconds in sorted(rounds[-1].items(), key=lambda m: m[1])
            )
            print(f"round {number + 1}: {shown}", flush=True)
    print(f"median to the first stored article: {median(r['stored'] for r in rounds):.1f} s")


if __name__ == "__main__":
    main()

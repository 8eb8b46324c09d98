"""What an article costs with a short backlog and with one ten times as long, in one run.

    python benchmarks/speed/backlog.py [--articles 2000] [--words 30] [--rounds 3]

``quotewire up`` in a home of its own; in each round a tenth of the articles, then all of them, are handed in at once
and waited for. The cost is the CPU time per article of the services with their workers, of Kafka and of PostgreSQL:
other programs on the machine change it less than the time on the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil
import psycopg
from material import Piece, articles
from memory import quotewire


class Stream:
    """A running stream, and who belongs to it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        quotewire("up", "--home", self.home, "--detach")
        told = json.loads(quotewire("status", "--home", self.home, "--json"))
        self.postgres = told["postgres"]
        self._heads = {service["name"]: psutil.Process(service["pid"]) for service in told["services"]}
        for process in psutil.process_iter(["cmdline"]):
            words = " ".join(process.info["cmdline"] or [])
            if str(self.home) in words and "kafka.Kafka" in words:
                self._heads["kafka"] = process
            elif str(self.home) in words and Path((process.info["cmdline"] or ["-"])[0]).name == "postgres":
                self._heads["postgres"] = process

    def spent(self) -> dict[str, float]:
        """CPU seconds so far, by part; of processes that have ended, what their parent inherited."""
        found = {}
        for name, head in self._heads.items():
            times = [head.cpu_times(), *(child.cpu_times() for child in head.children(recursive=True))]
            own = times[0]
            found[name] = own.children_user + own.children_system + sum(one.user + one.system for one in times)
        return found

    def take(self, pieces: list[Piece], stored: int) -> dict[str, float]:
        """Hand articles in, wait until so many are stored; CPU milliseconds per article, by part."""
        path = self.folder / "articles.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for piece in pieces:
                line = {"url": f"https://bench.example/{piece.number}", "title": piece.title, "text": piece.text}
                file.write(json.dumps({**line, "language": "en"}) + "\n")
        before = self.spent()
        quotewire("ingest", "--home", self.home, path)
        with psycopg.connect(self.postgres, autocommit=True) as database:
            while database.execute("SELECT count(*) FROM news.articles").fetchone() != (stored,):
                time.sleep(0.5)
        after = self.spent()
        return {name: (after[name] - before[name]) * 1000 / len(pieces) for name in before}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--words", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    a = parser.parse_args()
    short = max(1, a.articles // 10)
    pieces: Iterator[Piece] = articles(short + a.rounds * (short + a.articles), words=a.words)
    print(f"{short} and {a.articles} articles of {a.words} words, load {os.getloadavg()[0]:.1f}; CPU ms per article")
    ratios = []
    with tempfile.TemporaryDirectory(prefix="quotewire-bench-") as folder:
        stream = Stream(Path(folder))
        try:
            stored = short
            stream.take([next(pieces) for _ in range(short)], stored)  # warm
            for number in range(a.rounds):
                costs = []
                for count in (short, a.articles):
                    stored += count
                    costs.append(stream.take([next(pieces) for _ in range(count)], stored))
                    told = ", ".join(f"{name} {value:.2f}" for name, value in costs[-1].items())
                    print(f"round {number + 1}, {count} articles: {sum(costs[-1].values()):.2f} ({told})", flush=True)
                ratios.append(sum(costs[1].values()) / sum(costs[0].values()))
        finally:
            quotewire("down", "--home", stream.home)
    print(f"median ratio {median(ratios):.2f}")


if __name__ == "__main__":
    main()

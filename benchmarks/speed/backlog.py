"""Compare the cost of an article with a short backlog and with one ten times as long, in one run.

    python benchmarks/speed/backlog.py [--articles 2000] [--words 30] [--rounds 3]

Runs ``quotewire up`` in its own home; in each round a tenth of the articles, then all of them, are submitted at once
and waited for. The cost is the CPU time per article of the services with their workers, of Kafka and of PostgreSQL:
other programs on the machine affect it less than the wall-clock time.
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
from memory import quotewire
from sample_articles import SampleArticle, articles


class Stream:
    """A running stream and its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        quotewire("up", "--home", self.home, "--detach")
        status = json.loads(quotewire("status", "--home", self.home, "--json"))
        self.postgres = status["postgres"]
        self._processes = {service["name"]: psutil.Process(service["pid"]) for service in status["services"]}
        for process in psutil.process_iter(["cmdline"]):
            command = " ".join(process.info["cmdline"] or [])
            if str(self.home) in command and "kafka.Kafka" in command:
                self._processes["kafka"] = process
            elif str(self.home) in command and Path((process.info["cmdline"] or ["-"])[0]).name == "postgres":
                self._processes["postgres"] = process

    def spent(self) -> dict[str, float]:
        """Return the CPU seconds so far, by service; those of processes that have exited are their parent's."""
        found = {}
        for name, process in self._processes.items():
            times = [process.cpu_times(), *(child.cpu_times() for child in process.children(recursive=True))]
            own = times[0]
            found[name] = own.children_user + own.children_system + sum(one.user + one.system for one in times)
        return found

    def process(self, samples: list[SampleArticle], stored: int) -> dict[str, float]:
        """Submit articles, wait until so many are stored, and return CPU milliseconds per article, by service."""
        path = self.folder / "articles.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for sample in samples:
                line = {"url": f"https://bench.example/{sample.number}", "title": sample.title, "text": sample.text}
                file.write(json.dumps({**line, "language": "en"}) + "\n")
        before = self.spent()
        quotewire("submit", "--home", self.home, path)
        with psycopg.connect(self.postgres, autocommit=True) as database:
            while database.execute("SELECT count(*) FROM news.articles").fetchone() != (stored,):
                time.sleep(0.5)
        after = self.spent()
        return {name: (after[name] - before[name]) * 1000 / len(samples) for name in before}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--words", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    a = parser.parse_args()
    short = max(1, a.articles // 10)
    samples: Iterator[SampleArticle] = articles(short + a.rounds * (short + a.articles), words=a.words)
    print(f"{short} and {a.articles} articles of {a.words} words, load {os.getloadavg()[0]:.1f}; CPU ms per article")
    ratios = []
    with tempfile.TemporaryDirectory(prefix="quotewire-bench-") as folder:
        stream = Stream(Path(folder))
        try:
            stored = short
            stream.process([next(samples) for _ in range(short)], stored)  # warm up
            for number in range(a.rounds):
                costs = []
                for count in (short, a.articles):
                    stored += count
                    costs.append(stream.process([next(samples) for _ in range(count)], stored))
                    summary = ", ".join(f"{name} {value:.2f}" for name, value in costs[-1].items())
                    print(
                        f"round {number + 1}, {count} articles: {sum(costs[-1].values()):.2f} ({summary})", flush=True
                    )
                ratios.append(sum(costs[1].values()) / sum(costs[0].values()))
        finally:
            quotewire("down", "--home", stream.home)
    print(f"median ratio {median(ratios):.2f}")


if __name__ == "__main__":
    main()

"""Measure the costs of the stages on this machine, and compare the simulation with the real stream at two loads.

    python benchmarks/speed/measure.py costs [--articles 400] [--out benchmarks/speed/costs.json]
    python benchmarks/speed/measure.py check [--load 0.3 0.6] [--seconds 120] [--costs benchmarks/speed/costs.json]

``costs`` sends the same articles through extract and store in batches of 1 and of 64; two equations give the cost of
a batch and that of an article in it. ``check`` publishes at random times, reads the ages from the database, and
prints them beside those that the simulation gives for the same articles and times: with the cost of a word from
``costs.json``, and with its cost in this run, in which broker, database and producer use the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from aiokafka import AIOKafkaProducer
from backing_services import BackingServices, backing_services
from sample_articles import SampleArticle, articles
from simulate import Costs, Deployment, Item, capacity, passed, quantile
from stream import MAX_REQUEST_BYTES, record

from quotewire.local.ports import free_port
from quotewire_schemas import Origin, encode
from quotewire_schemas.topics import ARTICLE, CE_ARTICLE

HERE = Path(__file__).parent
BATCHES = (1, 64)


@contextmanager
def stages(backing: BackingServices, prefix: str, **more: str) -> Iterator[dict[str, str]]:
    """Run extract and store with their own topic prefix; yield the URLs of their health servers by name."""
    backing.run("topics", "apply", KAFKA__TOPIC_PREFIX=prefix)
    running: list[subprocess.Popen[bytes]] = []
    urls = {}
    try:
        for name in ("extract", "store"):
            port = free_port()
            urls[name] = f"http://127.0.0.1:{port}"
            with (backing.folder / f"{prefix}{name}.log").open("wb") as log:
                env = backing.env(KAFKA__TOPIC_PREFIX=prefix, HTTP__PORT=str(port), **more)
                command = [sys.executable, "-m", f"quotewire_{name}"]
                running.append(subprocess.Popen(command, env=env, stdout=log, stderr=log))
        for url in urls.values():
            wait_ready(url)
        yield urls
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def wait_ready(url: str) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/ready", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} is not ready after 120 s")


def total(url: str, metric: str) -> float:
    """Return the sum of a metric's samples."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return sum(float(value) for value in re.findall(rf"^{metric}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE))


def moments(rate: float, seed: int = 1) -> Iterator[float]:
    """Yield random arrival times in seconds with a mean rate per second."""
    rng = random.Random(seed)
    at = 0.0
    while True:
        at += rng.expovariate(rate)
        yield at


async def publish(backing: BackingServices, prefix: str, samples: list[SampleArticle], rate: float | None) -> None:
    """Publish all at once, or at random times with the given rate per second."""
    when = moments(rate) if rate is not None else None
    producer = AIOKafkaProducer(
        bootstrap_servers=backing.kafka, max_request_size=MAX_REQUEST_BYTES, compression_type="zstd"
    )
    await producer.start()
    began = time.monotonic()
    sent = []
    for sample in samples:
        if when is not None:
            await asyncio.sleep(max(0.0, began + next(when) - time.monotonic()))
        one = record(sample.number, sample.text).model_copy(
            update={"origin": Origin.LIVE, "article_id": f"{prefix}{sample.number}"}
        )
        headers = [("ce_type", CE_ARTICLE.encode()), ("ce_id", one.article_id.encode())]
        sent.append(
            await producer.send(f"{prefix}{ARTICLE}", encode(one), key=one.article_id.encode(), headers=headers)
        )
    await asyncio.gather(*sent)
    await producer.stop()


def wait_stored(backing: BackingServices, prefix: str, count: int) -> list[float]:
    """Wait until all are stored; return their ages in seconds, sorted."""
    query = "SELECT extract(epoch FROM stored_at - ingested_at) FROM news.articles WHERE starts_with(article_id, %s)"
    with psycopg.connect(backing.postgres, autocommit=True) as database:
        while True:
            rows = database.execute(query, (prefix,)).fetchall()
            if len(rows) >= count:
                return sorted(float(row[0]) for row in rows)
            time.sleep(0.2)


def costs(a: argparse.Namespace) -> None:
    samples = list(articles(a.articles))
    words = sum(sample.words for sample in samples)
    seen: dict[str, dict[int, tuple[float, float]]] = {"extract": {}, "store": {}}
    per_word = []
    with backing_services() as backing:
        for size in BATCHES:
            prefix = f"batch{size}."
            one_by_one = {"ENGINE__BATCHES_AT_ONCE": "1", "ENGINE__BATCH_BYTES": str(2**19)}
            with stages(backing, prefix, ENGINE__BATCH_ARTICLES=str(size), **one_by_one) as urls:
                asyncio.run(publish(backing, prefix, samples, None))
                wait_stored(backing, prefix, len(samples))
                time.sleep(1)  # the last batch's timings are exported after its commit
                worker = total(urls["extract"], "quotewire_worker_seconds_sum")
                per_word.append(worker / words)
                for name, url in urls.items():
                    spent = total(url, "quotewire_batch_duration_seconds_sum") - (worker if name == "extract" else 0)
                    seen[name][size] = (spent, total(url, "quotewire_batch_duration_seconds_count"))
            print(
                f"batches of {size}: "
                + ", ".join(f"{n} {s[size][0]:.2f} s in {s[size][1]:.0f}" for n, s in seen.items())
            )
        prefix = "alone."
        with stages(backing, prefix, ENGINE__BATCH_ARTICLES="1"):
            asyncio.run(publish(backing, prefix, list(articles(30, words=100)), 2.0))
            alone = wait_stored(backing, prefix, 30)
    found = {"extract_word": min(per_word)}
    for name, sizes in seen.items():
        (one, batches_one), (many, batches_many) = sizes[1], sizes[64]
        batch = max(0.0, (one - many) / max(1.0, batches_one - batches_many))
        found[f"{name}_batch"] = batch
        found[f"{name}_article"] = max(1e-5, (many - batch * batches_many) / len(samples))
    spent = found["extract_word"] * 100 + sum(found[f"{n}_{what}"] for n in seen for what in ("batch", "article"))
    found["hop"] = max(0.001, (quantile(alone, 0.5) - spent) / 2)
    a.out.write_text(
        json.dumps({name: round(value, 7) for name, value in sorted(found.items())}, indent=2) + "\n", "utf-8"
    )
    print(f"{a.out}: " + ", ".join(f"{name} {value * 1000:.3f} ms" for name, value in sorted(found.items())))


def check(a: argparse.Namespace) -> None:
    cost, deployment = Costs.load(a.costs), Deployment(extract=1, processes=1, store=1)
    carries = min(capacity(deployment, cost))
    print(
        f"{'load':>5} {'rate/s':>7} {'articles':>9} {'real p50':>9} {'p99':>6}   {'simulated p50':>13} {'p99':>6}"
        f"   {'a word took':>11} {'so p50':>6} {'p99':>6}"
    )
    with backing_services() as backing:
        for number, load in enumerate(a.load):
            rate = load * carries
            samples = list(articles(max(50, round(rate * a.seconds)), seed=number + 7))
            prefix = f"load{number}."
            with stages(backing, prefix) as urls:
                asyncio.run(publish(backing, prefix, samples, rate))
                ages = wait_stored(backing, prefix, len(samples))
                time.sleep(1)  # the last timings are exported after the commit
                word = total(urls["extract"], "quotewire_worker_seconds_sum") / sum(sample.words for sample in samples)
            items = [Item(at, sample.words) for at, sample in zip(moments(rate), samples, strict=False)]
            alone = passed(items, deployment, cost)
            here = passed(items, deployment, replace(cost, extract_word=word))
            print(
                f"{load:>5.0%} {rate:>7.1f} {len(samples):>9} {quantile(ages, 0.5):>7.2f} s"
                f" {quantile(ages, 0.99):>4.2f} s"
                f"   {alone['p50']:>11.2f} s {alone['p99']:>4.2f} s   {word * 1000:>8.3f} ms {here['p50']:>4.2f} s"
                f" {here['p99']:>4.2f} s",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    what = parser.add_subparsers(required=True)
    first = what.add_parser("costs")
    first.add_argument("--articles", type=int, default=400)
    first.add_argument("--out", type=Path, default=HERE / "costs.json")
    first.set_defaults(run=costs)
    second = what.add_parser("check")
    second.add_argument("--load", type=float, nargs="+", default=[0.3, 0.6])
    second.add_argument("--seconds", type=float, default=120)
    second.add_argument("--costs", type=Path, default=HERE / "costs.json")
    second.set_defaults(run=check)
    a = parser.parse_args()
    a.run(a)


if __name__ == "__main__":
    main()

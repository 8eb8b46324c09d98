"""Compare the cost of the engine with that of a plain aiokafka loop on the same records, in one run.

    python benchmarks/speed/engine.py [--records 10000] [--bytes 4096] [--rounds 2]

Every variant consumes all records and produces each once, in batches of 64, and waits for Kafka's confirmation before
it commits. The result is the CPU time of the process per record, from the first batch to the last, because it hardly
depends on other programs; records per second are printed too. ``engine, no log lines`` does not write the canonical
line per article, as the plain loop.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiokafka import AIOKafkaProducer
from backing_services import BackingServices, backing_services

from quotewire.local.ports import free_port
from quotewire_runtime.config.settings import KafkaSettings, StageSettings, load
from quotewire_runtime.kafka.client import new_consumer, new_producer
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.stage import Check, Done, Emit, Record, run_stage
from quotewire_runtime.stage.runner import group_id
from quotewire_schemas.topics import ARTICLE, ENRICHED, Topics

BATCH = 64
VARIANTS = {"plain aiokafka": "INFO", "engine": "INFO", "engine, no log lines": "WARNING"}


class Stopwatch:
    """CPU and wall-clock time from the first batch to the last record."""

    def __init__(self, records: int, result: Path) -> None:
        self._left = records
        self._result = result
        self._cpu = self._wall = 0.0

    def batch(self, size: int) -> None:
        """Call at the start of a batch; the time of the last batch is not counted, in any variant."""
        if not self._wall:
            self._cpu, self._wall = time.process_time(), time.monotonic()
        self._left -= size
        if self._left <= 0 and not self._result.exists():
            spent = {"cpu_s": time.process_time() - self._cpu, "wall_s": time.monotonic() - self._wall}
            self._result.write_text(json.dumps(spent))


class PassOn:
    """The minimal handler."""

    stage = "extract"

    def __init__(self, clock: Stopwatch) -> None:
        self._clock = clock

    async def start(self) -> None:
        """Load nothing."""

    async def stop(self) -> None:
        """Release nothing."""

    async def assigned(self) -> None:
        """Prepare nothing."""

    def progress_at(self) -> float:
        """Return no progress: nothing takes long."""
        return 0.0

    def checks(self) -> Mapping[str, Check]:
        """Return no checks: there is no dependency."""
        return {}

    async def handle(self, records: Sequence[Record]) -> Sequence[Done]:
        """Pass the records on."""
        self._clock.batch(len(records))
        return [
            Done(Outcome.ANNOTATED, "a", (Emit(ENRICHED, record.key or b"", record.value or b"", record.headers),))
            for record in records
        ]


async def plain(kafka: KafkaSettings, clock: Stopwatch) -> None:
    """Run the loop without the engine."""
    topics = Topics(kafka.topic_prefix)
    consumer = new_consumer(kafka, topics.article, group_id=group_id(topics, "plain"))
    producer = new_producer(kafka)
    await consumer.start()
    await producer.start()
    while True:
        found = await consumer.getmany(timeout_ms=200, max_records=BATCH)
        records = [record for some in found.values() for record in some]
        if records:
            clock.batch(len(records))
            sent = [
                await producer.send(topics.enriched, record.value, key=record.key, headers=list(record.headers))
                for record in records
            ]
            await asyncio.gather(*sent)
            await consumer.commit()


async def fill(backing: BackingServices, prefix: str, records: int, size: int) -> None:
    """Produce the articles, of random words, so that they compress like text."""
    rng = random.Random(7)
    words = ["".join(rng.choices("abcdefghijklmnoprstuvwy", k=rng.randint(2, 9))) for _ in range(4000)]
    producer: AIOKafkaProducer = new_producer(KafkaSettings(bootstrap_servers=backing.kafka, topic_prefix=prefix))
    await producer.start()
    topic = Topics(prefix).article
    for start in range(0, records, 500):
        sent = []
        for number in range(start, min(start + 500, records)):
            value = " ".join(rng.choices(words, k=size // 6))[:size].encode()
            headers = [("ce_id", b"%d:1" % number), ("ce_type", b"quotewire.article.v1")]
            sent.append(await producer.send(topic, value, key=b"%d" % number, headers=headers))
        await asyncio.gather(*sent)
    await producer.stop()


def measure(backing: BackingServices, variant: str, level: str, records: int, prefix: str) -> dict[str, float]:
    """Run one variant as a process until it has passed all records on."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        env = backing.env(
            KAFKA__TOPIC_PREFIX=prefix, HTTP__PORT=str(free_port()), LOG__LEVEL=level, ENGINE__BATCH_ARTICLES=str(BATCH)
        )
        command = [sys.executable, __file__, "--run", variant, "--records", str(records), "--result", str(result)]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
            while not result.exists() or not result.read_text():
                if process.poll() is not None:
                    sys.exit(
                        f"{variant} exited with {process.returncode}: {(Path(folder) / 'log').read_text()[-1000:]}"
                    )
                time.sleep(0.1)
            process.terminate()
            process.wait()
        spent: dict[str, float] = json.loads(result.read_text())
        return spent


def main(a: argparse.Namespace) -> None:
    best: dict[str, tuple[float, float]] = {}
    with backing_services(postgres=False) as backing:
        for number in range(a.rounds):
            for index, (variant, level) in enumerate(VARIANTS.items()):
                prefix = f"round{number}.variant{index}."
                backing.run("topics", "apply", KAFKA__TOPIC_PREFIX=prefix)
                asyncio.run(fill(backing, prefix, a.records, a.bytes))
                spent = measure(backing, variant, level, a.records, prefix)
                found = (spent["cpu_s"] / a.records * 1e6, a.records / spent["wall_s"])
                best[variant] = min(best.get(variant, found), found)
    base = best["plain aiokafka"][0]
    print(f"{a.records} records of {a.bytes} bytes, batches of {BATCH}, best of {a.rounds} rounds\n")
    print(f"{'variant':<22} {'CPU µs/record':>14} {'× plain':>8} {'records/s':>10}")
    for variant, (cpu, rate) in best.items():
        print(f"{variant:<22} {cpu:>14.0f} {cpu / base:>8.2f} {rate:>10.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--run", choices=list(VARIANTS), help=argparse.SUPPRESS)
    parser.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run is None:
        main(arguments)
    elif arguments.run == "plain aiokafka":
        asyncio.run(plain(load(StageSettings).kafka, Stopwatch(arguments.records, arguments.result)))
    else:
        run_stage(load(StageSettings), PassOn(Stopwatch(arguments.records, arguments.result)), ARTICLE)

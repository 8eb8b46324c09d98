"""A stage of the engine as a subprocess that passes records on, and what it is fed with and judged by."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition

from kit.ports import free_port
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka import admin
from quotewire_runtime.kafka.client import new_consumer, new_producer
from quotewire_runtime.records import Record
from quotewire_schemas.topics import ARTICLE, ENRICHED, Topics

PROGRAM = Path(__file__).parent.parent / "integration" / "runtime" / "probe_stage.py"
KEYS = 200


@dataclass
class Tally:
    """What came out, judged by id (key and number): every id that went in must be there."""

    unique: int
    twice: int
    late: int
    """Ids seen first after a later one of the same key: the order was broken."""


@dataclass
class Stage:
    """One life after the other of the probe; its log is one file."""

    kafka: str
    prefix: str
    log: Path
    told: dict[str, Any] = field(default_factory=dict)
    engine: dict[str, Any] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        env = {
            **os.environ,
            "QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": self.kafka,
            "QUOTEWIRE_KAFKA__TOPIC_PREFIX": self.prefix,
            "QUOTEWIRE_HTTP__PORT": str(self.port),
            "QUOTEWIRE_LOG__FORMAT": "json",
            "QUOTEWIRE_ENGINE__SESSION_TIMEOUT_S": "6",
            "PROBE": json.dumps(self.told),
            **{f"QUOTEWIRE_ENGINE__{name.upper()}": str(value) for name, value in self.engine.items()},
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, PROGRAM], env=env, stdout=log, stderr=log)
        return self.process

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Signal it and wait: exit code and seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(60), time.monotonic() - began

    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines of its log."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def events(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["event"] == event]

    def get(self, path: str) -> tuple[int, str]:
        """Ask its health server; status 0 when it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def ready(self) -> bool:
        return self.get("/ready")[0] == 200

    def metric(self, series: str) -> float:
        """The value of one series, written as Prometheus writes it."""
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(series + " "):
                return float(line.rsplit(" ", 1)[1])
        raise LookupError(series)


class Tail:
    """One topic, read once as it grows: a test looks fifty times a second."""

    def __init__(self, settings: KafkaSettings, name: str) -> None:
        self._consumer = new_consumer(settings)
        self._partitions = [TopicPartition(name, number) for number in range(12)]
        self._found: list[Record] = []

    async def open(self) -> None:
        await self._consumer.start()
        self._consumer.assign(self._partitions)

    async def close(self) -> None:
        await self._consumer.stop()

    async def end(self) -> int:
        """How many records lie there now."""
        return sum((await self._consumer.end_offsets(self._partitions)).values())

    async def to_the_end(self) -> list[Record]:
        """All records that lie there now; in order within their partition."""
        end = await self.end()
        while len(self._found) < end:
            for records in (await self._consumer.getmany(timeout_ms=1000)).values():
                self._found += [
                    Record(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers), r.timestamp)
                    for r in records
                ]
        return list(self._found)


class Wire:
    """The topics around a probe."""

    def __init__(self, kafka: str, prefix: str) -> None:
        self.settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix)
        self.topics = Topics(prefix)
        self.fed = 0
        self._tails: dict[str, Tail] = {}

    async def make_topics(self) -> None:
        await admin.apply_topics(self.settings)

    async def feed(self, number: int) -> None:
        """Produce `number` articles of 200 keys, numbered per key."""
        async with self._producing() as producer:
            await asyncio.gather(*[await self._send(producer, index) for index in range(number)])

    @asynccontextmanager
    async def feeding(self, rate: float) -> AsyncIterator[None]:
        """Feed `rate` articles a second beside the block until it ends; `fed` then tells how many."""
        ended = asyncio.Event()

        async def feed() -> None:
            async with self._producing() as producer:
                while not ended.is_set():
                    await asyncio.gather(*[await self._send(producer, self.fed + n) for n in range(10)])
                    self.fed += 10
                    await asyncio.sleep(10 / rate)

        task = asyncio.create_task(feed())
        try:
            yield
            ended.set()
            await task
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _send(self, producer: AIOKafkaProducer, index: int) -> asyncio.Future[Any]:
        key, count = index % KEYS, index // KEYS
        future: asyncio.Future[Any] = await producer.send(self.topics.article, b"%d:%d" % (key, count), key=b"%d" % key)
        return future

    @asynccontextmanager
    async def _producing(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = new_producer(self.settings)
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    async def put(self, records: Sequence[tuple[bytes | None, bytes | None]], **more: Any) -> None:
        """Produce articles as given (key, value)."""
        async with self._producing() as producer:
            for key, value in records:
                await producer.send_and_wait(self.topics.article, value, key=key, **more)

    async def on(self, topic: str = ENRICHED) -> list[Record]:
        """All records that lie on a topic."""
        return await (await self._tail(topic)).to_the_end()

    async def count(self, topic: str = ENRICHED) -> int:
        """How many records lie on a topic."""
        return await (await self._tail(topic)).end()

    async def close(self) -> None:
        """Let go of the topics that were looked at."""
        for tail in self._tails.values():
            await tail.close()

    async def _tail(self, topic: str) -> Tail:
        name = self.topics.named(topic)
        if name not in self._tails:
            self._tails[name] = Tail(self.settings, name)
            await self._tails[name].open()
        return self._tails[name]

    async def tally(self) -> Tally:
        """Judge what came out by what must have gone in."""
        seen: set[tuple[int, int]] = set()
        high: dict[int, int] = {}
        twice = late = 0
        for record in await self.on(ENRICHED):
            key, number = (int(part) for part in (record.value or b"").split(b":"))
            if (key, number) in seen:
                twice += 1
            elif number < high.get(key, -1):
                late += 1
            seen.add((key, number))
            high[key] = max(number, high.get(key, -1))
        return Tally(len(seen), twice, late)


__all__ = ["ARTICLE", "ENRICHED", "KEYS", "PROGRAM", "Stage", "Tally", "Wire"]

"""A stage of the engine as a subprocess that passes records on, and the topics around it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition

from kit import http
from kit.ports import free_port
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka import admin
from quotewire_runtime.kafka.client import new_consumer, new_producer
from quotewire_runtime.records import Record
from quotewire_schemas.topics import ARTICLE, ENRICHED, Topics

PROGRAM = Path(__file__).parent.parent / "integration" / "runtime" / "probe_stage.py"
KEYS = 200


@dataclass
class DeliveryCounts:
    """Counts of the output by id (key and number): every id of the input must be in it."""

    unique: int
    duplicates: int
    out_of_order: int
    """Ids that first occur after a later one of the same key."""


@dataclass
class ProbeStage:
    """The probe; it can be started several times and has one log file."""

    kafka: str
    prefix: str
    log: Path
    behaviour: dict[str, Any] = field(default_factory=dict)
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
            "PROBE": json.dumps(self.behaviour),
            **{f"QUOTEWIRE_ENGINE__{name.upper()}": str(value) for name, value in self.engine.items()},
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, PROGRAM], env=env, stdout=log, stderr=log)
        return self.process

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal and wait; return exit code and seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(60), time.monotonic() - began

    def lines(self) -> list[dict[str, Any]]:
        """Return the JSON lines of its log."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def events(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["event"] == event]

    def get(self, path: str) -> tuple[int, str]:
        """Request a path of its health server; the status is 0 if it does not respond."""
        return http.get(self.port, path)

    def ready(self) -> bool:
        return self.get("/ready")[0] == 200

    def metric(self, series: str) -> float:
        """Return the value of one series, named as in /metrics."""
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(series + " "):
                return float(line.rsplit(" ", 1)[1])
        raise LookupError(series)


class Outage:
    """An outage of a probe's database: it lasts while the file exists that the probe's behaviour names."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch()

    def __str__(self) -> str:
        return str(self._file)

    def end(self) -> None:
        self._file.unlink()


class TopicReader:
    """Reads one topic as it grows, each record once: a test polls fifty times a second."""

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
        """Return the number of records on it now."""
        return sum((await self._consumer.end_offsets(self._partitions)).values())

    async def read_all(self) -> list[Record]:
        """Return all records on it now, in order within their partition."""
        end = await self.end()
        while len(self._found) < end:
            for records in (await self._consumer.getmany(timeout_ms=1000)).values():
                self._found += [
                    Record(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers), r.timestamp)
                    for r in records
                ]
        return list(self._found)


class ProbeTopics:
    """The topics of a probe."""

    def __init__(self, kafka: str, prefix: str) -> None:
        self.settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix)
        self.topics = Topics(prefix)
        self.fed = 0
        self._readers: dict[str, TopicReader] = {}

    async def make_topics(self) -> None:
        await admin.apply_topics(self.settings)

    async def feed(self, number: int) -> None:
        """Produce `number` articles of 200 keys, numbered per key."""
        async with self._producing() as producer:
            await asyncio.gather(*[await self._send(producer, index) for index in range(number)])

    @asynccontextmanager
    async def feeding(self, rate: float) -> AsyncIterator[None]:
        """Feed `rate` articles a second while the context is open; `fed` counts them."""
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
        """Return all records on a topic."""
        return await (await self._reader(topic)).read_all()

    async def count(self, topic: str = ENRICHED) -> int:
        """Return the number of records on a topic."""
        return await (await self._reader(topic)).end()

    async def close(self) -> None:
        """Close the readers of the topics."""
        for tail in self._readers.values():
            await tail.close()

    async def _reader(self, topic: str) -> TopicReader:
        name = self.topics.named(topic)
        if name not in self._readers:
            self._readers[name] = TopicReader(self.settings, name)
            await self._readers[name].open()
        return self._readers[name]

    async def has_more_than(self, number: int) -> bool:
        """Return whether the output has more records than that."""
        return await self.count() > number

    async def has_delivered(self, number: int) -> bool:
        """Return whether the output has exactly that many different ids."""
        return await self.count() >= number and (await self.delivery_counts()).unique == number

    async def delivery_counts(self) -> DeliveryCounts:
        """Compare the output with the input."""
        seen: set[tuple[int, int]] = set()
        high: dict[int, int] = {}
        duplicates = out_of_order = 0
        for record in await self.on(ENRICHED):
            key, number = (int(part) for part in (record.value or b"").split(b":"))
            if (key, number) in seen:
                duplicates += 1
            elif number < high.get(key, -1):
                out_of_order += 1
            seen.add((key, number))
            high[key] = max(number, high.get(key, -1))
        return DeliveryCounts(len(seen), duplicates, out_of_order)


__all__ = ["ARTICLE", "ENRICHED", "KEYS", "PROGRAM", "DeliveryCounts", "Outage", "ProbeStage", "ProbeTopics"]

"""The faults: how each is made and mended."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil

from faults.stream import Stream
from quotewire.local.part import Part


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break the stream."""

    title: str
    make: Callable[[Stream], None]
    mend: Callable[[Stream], None]


def _away(name: str) -> Callable[[Stream], None]:
    def make(stream: Stream) -> None:
        part: Part = getattr(stream, name)
        part.stop()

    return make


def _back(name: str) -> Callable[[Stream], None]:
    def mend(stream: Stream) -> None:
        part: Part = getattr(stream, name)
        part.prepare()
        part.start()
        part.wait_ready()

    return mend


def _kill(name: str) -> Callable[[Stream], None]:
    def make(stream: Stream) -> None:
        stream.service(name).kill()

    return make


def _start(name: str) -> Callable[[Stream], None]:
    def mend(stream: Stream) -> None:
        stream.service(name).start().ready()

    return mend


def _flood(stream: Stream) -> None:
    """More records that are no articles than the limit of dead letters in a row."""
    stream.produce(b"no article", 200)


def _restart_extract(stream: Stream) -> None:
    stream.service("extract").stop()
    stream.service("extract").start().ready()


def _worker(number: signal.Signals) -> Callable[[Stream], None]:
    def send(stream: Stream) -> None:
        process = stream.service("extract").process
        assert process is not None
        for child in psutil.Process(process.pid).children():
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                os.kill(child.pid, number)

    return send


def _fill(stream: Stream) -> None:
    """Kafka away, and more articles than the outbox may hold."""
    stream.kafka.stop()
    stream.feed(stream.outbox_limit + 60)


FAULTS: Mapping[str, Fault] = {
    "kafka": Fault("Kafka is away", _away("kafka"), _back("kafka")),
    "postgres": Fault("PostgreSQL is away", _away("postgres"), _back("postgres")),
    "extract": Fault("extract is killed and does not come back", _kill("extract"), _start("extract")),
    "store": Fault("store is killed and does not come back", _kill("store"), _start("store")),
    "ingest": Fault("ingest is killed and does not come back", _kill("ingest"), _start("ingest")),
    "poison": Fault("200 records that are no articles", _flood, _restart_extract),
    "hang": Fault("the worker of extract stands still", _worker(signal.SIGSTOP), _worker(signal.SIGCONT)),
    "outbox": Fault("Kafka is away and a large job comes", _fill, _back("kafka")),
}

"""The faults: how each is injected and ended."""

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
    """One fault of the stream."""

    title: str
    inject: Callable[[Stream], None]
    end: Callable[[Stream], None]


def _stop_part(name: str) -> Callable[[Stream], None]:
    def inject(stream: Stream) -> None:
        part: Part = getattr(stream, name)
        part.stop()

    return inject


def _start_part(name: str) -> Callable[[Stream], None]:
    def end(stream: Stream) -> None:
        part: Part = getattr(stream, name)
        part.prepare()
        part.start()
        part.wait_ready()

    return end


def _kill(name: str) -> Callable[[Stream], None]:
    def inject(stream: Stream) -> None:
        stream.service(name).kill()

    return inject


def _restart(name: str) -> Callable[[Stream], None]:
    def end(stream: Stream) -> None:
        stream.service(name).start().ready()

    return end


def _send_invalid(stream: Stream) -> None:
    """Produce more invalid records than the limit of dead letters in a row."""
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


def _fill_outbox(stream: Stream) -> None:
    """Stop Kafka and feed more articles than the outbox may hold."""
    stream.kafka.stop()
    stream.feed(stream.outbox_limit + 60)


FAULTS: Mapping[str, Fault] = {
    "kafka": Fault("Kafka is stopped", _stop_part("kafka"), _start_part("kafka")),
    "postgres": Fault("PostgreSQL is stopped", _stop_part("postgres"), _start_part("postgres")),
    "extract": Fault("extract is killed and not restarted", _kill("extract"), _restart("extract")),
    "store": Fault("store is killed and not restarted", _kill("store"), _restart("store")),
    "ingest": Fault("ingest is killed and not restarted", _kill("ingest"), _restart("ingest")),
    "poison": Fault("200 invalid records", _send_invalid, _restart_extract),
    "hang": Fault("the worker of extract is frozen", _worker(signal.SIGSTOP), _worker(signal.SIGCONT)),
    "outbox": Fault("Kafka is stopped and a large job is submitted", _fill_outbox, _start_part("kafka")),
}

"""A Kafka and a PostgreSQL for one benchmark, started and ended with it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from quotewire.local.kafka import LocalKafka
from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire.local.settings import CommandSettings

_ADDRESSES = ("KAFKA__BOOTSTRAP_SERVERS", "POSTGRES__DSN")


@dataclass(frozen=True, slots=True)
class Parts:
    """Where they answer."""

    folder: Path
    kafka: str
    postgres: str

    def env(self, **more: str) -> dict[str, str]:
        """An environment for services and commands that use these parts; ``more`` without the common prefix."""
        return {
            **os.environ,
            "QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": self.kafka,
            "QUOTEWIRE_POSTGRES__DSN": self.postgres,
            "QUOTEWIRE_ARCHIVE__FOLDER": str(self.folder / "warc"),
            "QUOTEWIRE_LOG__FORMAT": "json",
            **{f"QUOTEWIRE_{name}": value for name, value in more.items()},
        }

    def run(self, *arguments: str | Path, **more: str) -> str:
        """Run the command against these parts; its output, or an end with what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "quotewire", *arguments], env=self.env(**more), capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"quotewire {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout


@contextmanager
def parts(*, postgres: bool = True) -> Iterator[Parts]:
    """Start the parts, create the topics, migrate the database; everything is gone at the end.

    Parts that the environment names are taken as they are.
    """
    kafka_there, postgres_there = (os.environ.get(f"QUOTEWIRE_{name}", "") for name in _ADDRESSES)
    if kafka_there and postgres_there:
        with tempfile.TemporaryDirectory(prefix="quotewire-bench-") as name:
            yield Parts(Path(name), kafka_there, postgres_there)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quotewire-bench-")))
        kafka = LocalKafka.below(folder, CommandSettings().local)
        server = LocalPostgres(folder / "pg", home=folder, log=folder / "pg.log", programs=find_postgres())
        wanted = [kafka, *([server] if postgres else [])]
        for part in wanted:
            part.prepare()
            part.start()
            stack.callback(part.stop)
        for part in wanted:
            part.wait_ready()
        if postgres:
            server.create_database(server.dsn.rpartition("/")[2])
        there = Parts(folder, kafka.address, server.dsn if postgres else "")
        there.run("topics", "apply")
        if postgres:
            there.run("migrate")
        yield there

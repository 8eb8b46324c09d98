"""Kafka and PostgreSQL for one benchmark, started and stopped with it."""

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
class BackingServices:
    """Their addresses, and a folder for files."""

    folder: Path
    kafka: str
    postgres: str

    def env(self, **more: str) -> dict[str, str]:
        """Return an environment for services and commands that use them; ``more`` without the common prefix."""
        return {
            **os.environ,
            "QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": self.kafka,
            "QUOTEWIRE_POSTGRES__DSN": self.postgres,
            "QUOTEWIRE_ARCHIVE__FOLDER": str(self.folder / "warc"),
            "QUOTEWIRE_LOG__FORMAT": "json",
            **{f"QUOTEWIRE_{name}": value for name, value in more.items()},
        }

    def run(self, *arguments: str | Path, **more: str) -> str:
        """Run the command with them and return its output; exit with its error message if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "quotewire", *arguments], env=self.env(**more), capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"quotewire {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout


@contextmanager
def backing_services(*, postgres: bool = True) -> Iterator[BackingServices]:
    """Start them, create the topics, migrate the database; everything is removed at the end.

    Those that the environment names are used as they are.
    """
    kafka_address, postgres_dsn = (os.environ.get(f"QUOTEWIRE_{name}", "") for name in _ADDRESSES)
    if kafka_address and postgres_dsn:
        with tempfile.TemporaryDirectory(prefix="quotewire-bench-") as name:
            yield BackingServices(Path(name), kafka_address, postgres_dsn)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quotewire-bench-")))
        kafka = LocalKafka.below(folder, CommandSettings().local)
        server = LocalPostgres(folder / "pg", home=folder, log=folder / "pg.log", programs=find_postgres())
        expected_names = [kafka, *([server] if postgres else [])]
        for part in expected_names:
            part.prepare()
            part.start()
            stack.callback(part.stop)
        for part in expected_names:
            part.wait_ready()
        if postgres:
            server.create_database(server.dsn.rpartition("/")[2])
        backing = BackingServices(folder, kafka.address, server.dsn if postgres else "")
        backing.run("topics", "apply")
        if postgres:
            backing.run("migrate")
        yield backing

"""The three services as processes, with the session's Kafka and the test's own topics and database."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kit import http
from kit.eventually import soon
from kit.ports import free_port
from quotewire.local.processes import spawn
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.admin import apply_topics

START_WITHIN = 90  # seconds: a service needs 3 to 5 alone, and several times that on a busy machine with two cores


@dataclass
class Service:
    """One replica of a service; it is restarted with the same port and settings."""

    name: str
    env: dict[str, str]
    port: int
    log: Path
    home: Path
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> Service:
        assert self.process is None or self.process.poll() is not None, f"{self.name} is already running"
        env = {**os.environ, **self.env, "QUOTEWIRE_HTTP__PORT": str(self.port)}
        self.process = spawn([sys.executable, "-m", f"quotewire_{self.name}"], self.log, self.home, env)
        self.starts += 1
        return self

    def ready(self, within: float = START_WITHIN) -> Service:
        """Wait until /ready returns 200."""
        soon(lambda: self._alive() and self.get("/ready")[0] == 200, within)
        return self

    def get(self, path: str) -> tuple[int, str]:
        """Request a path of the health server; return (0, "") if it does not respond."""
        return http.get(self.port, path)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to the process, not to its workers, which must notice by themselves; return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        return self.kill(signal.SIGTERM)

    def lines(self) -> list[dict[str, Any]]:
        """Return the log so far as JSON objects."""
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def _alive(self) -> bool:
        assert self.process is not None
        code = self.process.poll()
        assert code is None, f"{self.name} exited with {code}: {self.log.read_text('utf-8', 'replace')[-2000:]}"
        return True


@dataclass
class Services:
    """Makes services that share topics, database and folder."""

    folder: Path
    home: Path
    kafka: str
    prefix: str
    dsn: str
    made: list[Service] = field(default_factory=list)

    def env(self, **more: str) -> dict[str, str]:
        """Return the settings for this test's Kafka and database, and `more`, named as in the environment."""
        return {
            "QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": self.kafka,
            "QUOTEWIRE_KAFKA__TOPIC_PREFIX": self.prefix,
            "QUOTEWIRE_POSTGRES__DSN": self.dsn,
            "QUOTEWIRE_LOG__FORMAT": "json",
            "QUOTEWIRE_HEARTBEAT__EVERY_S": "0",  # tests count the records on the topics
            "QUOTEWIRE_ARCHIVE__FOLDER": str(self.folder / "warc"),
            **{f"QUOTEWIRE_{name}": value for name, value in more.items()},
        }

    def make(self, name: str, **more: str) -> Service:
        """Make a service, not yet started; settings are given as `ENGINE__BATCH_ARTICLES="4"`."""
        number = len(self.made)
        service = Service(name, self.env(**more), free_port(), self.folder / f"{name}-{number}.log", self.home)
        self.made.append(service)
        return service

    def end(self) -> None:
        """Kill the services that are still running."""
        for service in self.made:
            if service.process is not None and service.process.poll() is None:
                service.kill()


@pytest.fixture
def services(
    tmp_path: Path, session_folder: Path, kafka: str, topic_prefix: str, postgres_dsn: str
) -> Iterator[Services]:
    """Services with this test's own topics (created) and database (migrated)."""
    made = Services(tmp_path, session_folder, kafka, topic_prefix, postgres_dsn)
    asyncio.run(apply_topics(KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix)))
    yield made
    made.end()

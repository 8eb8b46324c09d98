"""The health check of the containers, against the services' own health server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.ports import free_port
from quotewire_runtime.config.settings import HttpSettings
from quotewire_runtime.observability.health import Check, HealthServer

PROBE = Path(__file__).parents[3] / "ops/container/probe.py"


def probe(port: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-I", "-S", str(PROBE), *arguments]  # as docker-compose.yml starts it
    environment = {**os.environ, "QUOTEWIRE_HTTP__PORT": str(port)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def port() -> Iterator[int]:
    """A service that lives and is not ready."""
    server = HealthServer(
        "store",
        live=lambda: {"loop": Check(True, "turns")},
        ready=lambda: {"postgres": Check(False, "PostgreSQL does not answer")},
    )
    port = free_port()
    server.start(HttpSettings(host="127.0.0.1", port=port))
    yield port
    server.stop()


def test_a_service_that_is_not_ready_fails_the_probe_and_says_why(port: int) -> None:
    done = probe(port)

    assert done.returncode == 1
    assert "PostgreSQL does not answer" in done.stdout


def test_another_path_can_be_asked(port: int) -> None:
    done = probe(port, "/live")

    assert done.returncode == 0
    assert '"live": true' in done.stdout


def test_a_service_that_does_not_answer_fails_the_probe_in_one_line() -> None:
    port = free_port()
    done = probe(port)

    assert done.returncode == 1
    assert done.stdout.startswith(f"no answer from port {port}: ")
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""

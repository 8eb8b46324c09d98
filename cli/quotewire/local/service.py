"""A service of ours as a part of a home: a Python module with `/ready` on a port of its own."""

import hashlib
import json
import os
import platform
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quotewire.local.part import Part
from quotewire.local.ports import LOOPBACK


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """Which module a service is, and settings of its own besides the addresses that all get."""

    name: str
    module: str
    env: Mapping[str, str]


class Service(Part):
    """One running service."""

    patience = 120.0  # the first start of extract compiles and loads the model: 3 to 6 s here, more on a slow disk
    grace = 30.0  # a service leaves by itself 25 s after SIGTERM at the latest

    def __init__(self, spec: ServiceSpec, *, home: Path, log: Path, port: int, env: Mapping[str, str]) -> None:
        super().__init__(spec.name, home, log)
        self.module = spec.module
        self.port = port
        self.doing = "starting"
        self._env = {
            **env,
            **spec.env,
            "QUOTEWIRE_HTTP__HOST": LOOPBACK,
            "QUOTEWIRE_HTTP__PORT": str(port),
            "QUOTEWIRE_LOG__FORMAT": "json",
            # The same name after a restart: Kafka gives a stage its partitions back at once, instead of after the
            # session timeout of 10 s. Another home, here or elsewhere, has another name: one name twice is an error.
            "QUOTEWIRE_ENGINE__INSTANCE_ID": f"{spec.name}-{_mark(home)}",
        }

    @property
    def metrics_url(self) -> str:
        """Where Prometheus finds its metrics."""
        return f"http://{LOOPBACK}:{self.port}/metrics"

    @property
    def health_url(self) -> str:
        """Where it says whether it is ready, and why not."""
        return f"http://{LOOPBACK}:{self.port}/ready"

    def command(self) -> Sequence[str | Path]:
        """The service as its own program, by the Python that runs this."""
        return [sys.executable, "-m", self.module]

    def environment(self) -> dict[str, str]:
        """This process's environment with the addresses of the home."""
        return {**os.environ, **self._env}

    def is_ready(self) -> bool:
        """Ask `/ready`; `doing` then says what it waits for."""
        try:
            with urllib.request.urlopen(self.health_url, timeout=0.3) as answer:  # noqa: S310 - our own loopback address
                ready = bool(answer.status == 200)
                self.doing = "ready"
                return ready
        except urllib.error.HTTPError as error:
            self.doing = _why(error.read())
        except OSError:
            self.doing = "starting" if self.exit_code() is None else "ended"
        return False


def _mark(home: Path) -> str:
    """A short name of this home on this machine, of letters that Kafka takes."""
    return hashlib.blake2s(f"{platform.node()}:{home}".encode(), digest_size=6).hexdigest()


def _why(body: bytes) -> str:
    """What a service waits for, from the body of its `/ready`."""
    try:
        return str(json.loads(body)["why"])
    except (ValueError, KeyError, TypeError):
        return "not ready"

"""The services (ingest, extract, store) as parts of a home: Python modules, each with `/ready` on its own port."""

import hashlib
import importlib
import importlib.util
import json
import os
import platform
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from quotewire.local.home import Home
from quotewire.local.part import Part
from quotewire.local.ports import LOOPBACK
from quotewire_runtime.config.settings import load

SETTINGS_MODULES = ("quotewire_ingest.settings", "quotewire_extract.settings", "quotewire_store.settings")
"""The modules with the settings of the services, each named `Settings`."""


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """Which module a service is, and its own settings besides the addresses that all services get."""

    name: str
    module: str
    env: Mapping[str, str]


def stream_services(home: Home) -> list[ServiceSpec]:
    """The three services of a stream; ingest archives below the home."""
    return [
        ServiceSpec("ingest", "quotewire_ingest", {"QUOTEWIRE_ARCHIVE__FOLDER": str(home.archive)}),
        ServiceSpec("extract", "quotewire_extract", {}),
        ServiceSpec("store", "quotewire_store", {}),
    ]


def check_service_settings() -> None:
    """Read the environment as each installed service will. Raises SettingsError before anything has started."""
    for module in SETTINGS_MODULES:
        if importlib.util.find_spec(module.partition(".")[0]) is not None:
            load(importlib.import_module(module).Settings)


class Service(Part):
    """One running service."""

    start_timeout_s = 120.0  # the first start of extract compiles and loads the model: 3 to 6 s, more on a slow disk
    stop_timeout_s = 30.0  # a service exits by itself 25 s after SIGTERM at the latest

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
            # The same id after a restart: Kafka gives a static member its partitions back at once, instead of after
            # the session timeout of 10 s. Every home has ids of its own, since two members with one id are an error.
            "QUOTEWIRE_ENGINE__INSTANCE_ID": f"{spec.name}-{_home_digest(home)}",
        }

    @property
    def metrics_url(self) -> str:
        """The address of its metrics for Prometheus."""
        return f"http://{LOOPBACK}:{self.port}/metrics"

    @property
    def health_url(self) -> str:
        """The address that says whether it is ready, and why not."""
        return f"http://{LOOPBACK}:{self.port}/ready"

    def command(self) -> Sequence[str | Path]:
        """The service as a program of its own, run by the Python that runs this."""
        return [sys.executable, "-m", self.module]

    def environment(self) -> dict[str, str]:
        """The environment of this process with the addresses of the home."""
        return {**os.environ, **self._env}

    def is_ready(self) -> bool:
        """Ask `/ready`; `doing` says afterwards what the service waits for."""
        try:
            with urllib.request.urlopen(self.health_url, timeout=0.3) as answer:  # noqa: S310 - our own loopback address
                ready = bool(answer.status == 200)
                self.doing = "ready"
                return ready
        except urllib.error.HTTPError as error:
            self.doing = _reason(error.read())
        except OSError:
            self.doing = "starting" if self.exit_code() is None else "ended"
        return False


def _home_digest(home: Path) -> str:
    """A short name of this home on this machine, in letters that Kafka accepts."""
    return hashlib.blake2s(f"{platform.node()}:{home}".encode(), digest_size=6).hexdigest()


def _reason(body: bytes) -> str:
    """What a service waits for, from the body of its `/ready`."""
    try:
        return str(json.loads(body)["why"])
    except (ValueError, KeyError, TypeError):
        return "not ready"

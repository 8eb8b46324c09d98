"""The services under a supervisor that restarts them at once, and Kafka and PostgreSQL."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from chaos.service_logs import Kill
from kit.services import Service, Services
from quotewire.local.kafka import LocalKafka
from quotewire.local.postgres import LocalPostgres

_POLL_INTERVAL_S = 0.1


@dataclass
class Stream:
    """What is disturbed: services, and Kafka and PostgreSQL if this program started them."""

    services: Services
    kafka: LocalKafka | None = None
    postgres: LocalPostgres | None = None
    replicas: list[Service] = field(default_factory=list)
    restarts: int = 0
    unexpected_exits: list[str] = field(default_factory=list)
    """Services that exited by themselves, with their exit codes."""
    kills: list[Kill] = field(default_factory=list)
    environment_of: Callable[[str], Mapping[str, str]] = lambda name: {}
    """Returns environment variables besides the settings, by the name of the service."""
    _signalled: set[int] = field(default_factory=set)
    _settings: dict[str, str] = field(default_factory=dict)

    def start(self, counts: dict[str, int], settings: dict[str, str]) -> None:
        """Start the given number of replicas of each service and wait until they are ready."""
        self._settings = settings
        for name, count in counts.items():
            for number in range(count):
                instance = {"ENGINE__INSTANCE_ID": f"{name}-{number}"} if name != "ingest" else {}
                self.replicas.append(self._new(name, instance).start())
        for service in self.replicas:
            service.ready()

    async def supervise(self) -> None:
        """Restart services that have exited, until cancelled."""
        while True:
            for service in list(self.replicas):
                process = service.process
                if process is not None and process.poll() is not None:
                    if process.pid not in self._signalled:
                        self.unexpected_exits.append(f"{service.name} ended with {process.returncode}")
                    self.restarts += 1
                    service.start()
            await asyncio.sleep(_POLL_INTERVAL_S)

    def replicas_of(self, name: str) -> list[Service]:
        """Return the replicas of a service."""
        return [service for service in self.replicas if service.name == name]

    def signal(self, service: Service, number: signal.Signals) -> None:
        """Send a signal to a replica; it is no error if it has just exited."""
        assert service.process is not None
        if number in (signal.SIGKILL, signal.SIGTERM):
            self._signalled.add(service.process.pid)
        if number == signal.SIGKILL:
            self.kills.append(Kill(service, time.time()))
        service.process.send_signal(number)

    def kill_worker(self, rng: random.Random) -> str:
        """Send SIGKILL to a random worker process of a service."""
        found = [
            (service, child)
            for service in self.replicas
            if service.process is not None and service.process.poll() is None
            for child in _children(service.process.pid)
        ]
        if not found:
            return "no worker was running"
        service, child = rng.choice(found)
        with suppress(psutil.NoSuchProcess):
            child.kill()
        return f"worker {child.pid} of {service.name}"

    def join(self, name: str, **settings: str) -> Service:
        """Start one more replica, without a static instance id."""
        service = self._new(name, settings).start()
        self.replicas.append(service)
        return service

    def leave(self, service: Service) -> None:
        """Stop a replica by SIGTERM; it is not restarted."""
        self.replicas.remove(service)
        if service.process is not None and service.process.poll() is None:
            service.stop()

    def _new(self, name: str, settings: Mapping[str, str]) -> Service:
        service = self.services.make(name, **{**self._settings, **settings})
        service.env |= self.environment_of(name)
        return service

    def stop(self) -> list[str]:
        """Send SIGTERM to all once they are ready, and describe those that did not exit with 0."""
        for service in self.replicas:
            service.ready()
        for service in self.replicas:
            if service.process is not None and service.process.poll() is None:
                service.process.send_signal(signal.SIGTERM)
        codes = [(service.name, service.process.wait(60)) for service in self.replicas if service.process is not None]
        return [f"{name} stopped with {code}" for name, code in codes if code != 0]


def tree(pid: int) -> Sequence[psutil.Process]:
    """Return a process and its descendants; nothing if it has exited."""
    with suppress(psutil.NoSuchProcess):
        return [psutil.Process(pid), *_children(pid)]
    return []


def _children(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children(recursive=True)
    return []

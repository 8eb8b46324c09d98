"""The services under a supervisor that starts at once what has ended, and the parts they stand on."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psutil

from chaos.told import Kill
from kit.services import Service, Services
from quotewire.local.kafka import LocalKafka
from quotewire.local.postgres import LocalPostgres

_LOOK_S = 0.1


@dataclass
class Stream:
    """What is broken: services, and Kafka and PostgreSQL where they are ours to break."""

    services: Services
    kafka: LocalKafka | None = None
    postgres: LocalPostgres | None = None
    replicas: list[Service] = field(default_factory=list)
    restarts: int = 0
    unasked: list[str] = field(default_factory=list)
    """Ends that nobody asked for: service and exit code."""
    kills: list[Kill] = field(default_factory=list)
    surroundings: Callable[[str], Mapping[str, str]] = lambda name: {}
    """Environment variables besides the settings, by the name of the service."""
    _ended_by_us: set[int] = field(default_factory=set)
    _settings: dict[str, str] = field(default_factory=dict)

    def start(self, counts: dict[str, int], settings: dict[str, str]) -> None:
        """Start so many replicas of each service and wait until they are ready."""
        self._settings = settings
        for name, count in counts.items():
            for number in range(count):
                instance = {"ENGINE__INSTANCE_ID": f"{name}-{number}"} if name != "ingest" else {}
                self.replicas.append(self._new(name, instance).start())
        for service in self.replicas:
            service.ready()

    async def supervise(self) -> None:
        """Start again what has ended, until cancelled."""
        while True:
            for service in list(self.replicas):
                process = service.process
                if process is not None and process.poll() is not None:
                    if process.pid not in self._ended_by_us:
                        self.unasked.append(f"{service.name} ended with {process.returncode}")
                    self.restarts += 1
                    service.start()
            await asyncio.sleep(_LOOK_S)

    def named(self, name: str) -> list[Service]:
        """The replicas of a service."""
        return [service for service in self.replicas if service.name == name]

    def signal(self, service: Service, number: signal.Signals) -> None:
        """Signal a replica; one that has just ended is no error."""
        assert service.process is not None
        if number in (signal.SIGKILL, signal.SIGTERM):
            self._ended_by_us.add(service.process.pid)
        if number == signal.SIGKILL:
            self.kills.append(Kill(service, time.time()))
        service.process.send_signal(number)

    def kill_worker(self, dice: random.Random) -> str:
        """SIGKILL one of the processes that a service of ours has started, of those that have any."""
        found = [
            (service, child)
            for service in self.replicas
            if service.process is not None and service.process.poll() is None
            for child in _children(service.process.pid)
        ]
        if not found:
            return "no worker was up"
        service, child = dice.choice(found)
        with _gone_is_fine():
            child.kill()
        return f"worker {child.pid} of {service.name}"

    def join(self, name: str, **settings: str) -> Service:
        """Start one more replica, which gets no static name."""
        service = self._new(name, settings).start()
        self.replicas.append(service)
        return service

    def leave(self, service: Service) -> None:
        """Take a replica out by SIGTERM; it is not started again."""
        self.replicas.remove(service)
        if service.process is not None and service.process.poll() is None:
            service.stop()

    def _new(self, name: str, settings: Mapping[str, str]) -> Service:
        service = self.services.make(name, **{**self._settings, **settings})
        service.env |= self.surroundings(name)
        return service

    def stop(self) -> list[str]:
        """SIGTERM for all, once they are up again; what did not end with 0."""
        for service in self.replicas:
            service.ready()
        for service in self.replicas:
            if service.process is not None and service.process.poll() is None:
                service.process.send_signal(signal.SIGTERM)
        codes = [(service.name, service.process.wait(60)) for service in self.replicas if service.process is not None]
        return [f"{name} stopped with {code}" for name, code in codes if code != 0]


def tree(pid: int) -> Sequence[psutil.Process]:
    """A process and all that it has started; empty where it has ended."""
    with _gone_is_fine():
        return [psutil.Process(pid), *_children(pid)]
    return []


def _children(pid: int) -> list[psutil.Process]:
    with _gone_is_fine():
        return psutil.Process(pid).children(recursive=True)
    return []


class _gone_is_fine:
    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, psutil.NoSuchProcess)

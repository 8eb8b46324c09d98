"""What is broken, when, and how: a list drawn from a seed, each entry due when so many articles have been stored."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chaos.poison import Poison, poison
from chaos.stream import Stream, tree
from kit.services import Service
from quotewire.local.part import Part
from quotewire_runtime.kafka_client import new_producer
from quotewire_runtime.settings import KafkaSettings
from quotewire_schemas.topics import Topics

SERVICES = ("ingest", "extract", "store")
KINDS: Mapping[str, str] = {
    "kill": "SIGKILL of a service",
    "term": "SIGTERM of a service",
    "freeze": "SIGSTOP of a service for --frozen seconds",
    "worker": "SIGKILL of a worker process",
    "join": "one more extract or store for some seconds",
    "poison": "records that no stage can process, one of each sort, on both topics",
    "kafka-stop": "Kafka stopped for --away seconds",
    "kafka-kill": "SIGKILL of Kafka",
    "kafka-freeze": "SIGSTOP of Kafka for --frozen seconds",
    "postgres-stop": "PostgreSQL stopped for --away seconds",
    "postgres-kill": "SIGKILL of PostgreSQL",
    "postgres-freeze": "SIGSTOP of PostgreSQL for --frozen seconds",
}
IMPATIENCE_S = 20.0
"""The next disturbance comes after so many seconds even if nothing was stored since the last one: no recovery takes
longer, and a stream that stands still for good should still be shaken."""


_SECONDS: Mapping[str, float] = {"kill": 8, "term": 6, "worker": 3, "join": 5, "poison": 2, "kafka": 8, "postgres": 5}
"""About how long the stream is busy with one, besides the time that a part is away or frozen."""


def lasting(counts: Mapping[str, int], away_s: float, frozen_s: float) -> float:
    """Seconds that the disturbances will take, about: articles should flow all the while."""
    seconds = 0.0
    for kind, count in counts.items():
        name, _, how = kind.rpartition("-")
        own = _SECONDS.get(name or kind, 0)
        seconds += count * (own + {"stop": away_s, "freeze": frozen_s}.get(how, 0))
    return seconds


@dataclass(frozen=True, slots=True)
class Due:
    """One disturbance: due when `share` of all versions are stored, and `delay` seconds later."""

    share: float
    kind: str
    target: str
    delay: float


def drawn(counts: Mapping[str, int], dice: random.Random) -> list[Due]:
    """Draw the disturbances; services get their turns evenly."""
    found = []
    for kind, count in counts.items():
        for number in range(count):
            names = ("extract", "store") if kind == "join" else SERVICES
            target = names[number % len(names)] if kind in ("kill", "term", "freeze", "join") else ""
            found.append(Due(dice.uniform(0.02, 0.9), kind, target, dice.uniform(0, 1.5)))
    return sorted(found, key=lambda due: due.share)


@dataclass
class Breaker:
    """Carries the disturbances out, one after the other."""

    stream: Stream
    due: Sequence[Due]
    dice: random.Random
    stored: Callable[[], int]
    """How many versions are stored so far."""
    total: int
    away_s: float
    frozen_s: float
    tell: Callable[[str], None]
    done: int = 0
    poisoned: list[Poison] = field(default_factory=list)
    _joined: list[Service] = field(default_factory=list)

    async def run(self) -> None:
        """Wait for each moment and break what is to be broken."""
        for due in self.due:
            await self._moment(due)
            self.tell(f"{self.done + 1:4} of {len(self.due)}, {self.stored():6} stored: {await self._break(due)}")
            self.done += 1
        for service in self._joined:
            await asyncio.to_thread(self.stream.leave, service)

    async def _moment(self, due: Due) -> None:
        waited = 0.0
        while self.stored() < due.share * self.total and waited < IMPATIENCE_S:
            await asyncio.sleep(0.05)
            waited += 0.05
        await asyncio.sleep(due.delay)

    async def _break(self, due: Due) -> str:
        kind = due.kind
        if kind in ("kill", "term", "freeze"):
            return await self._service(kind, self.dice.choice(self.stream.named(due.target)))
        if kind == "worker":
            return await asyncio.to_thread(self.stream.kill_worker, self.dice)
        if kind == "poison":
            return await self._poison()
        if kind == "join":
            return await self._join_or_leave(due.target)
        name, _, how = kind.partition("-")
        part: Part | None = getattr(self.stream, name)
        assert part is not None, f"{name} is not ours to break"
        return await self._part(part, how)

    async def _service(self, kind: str, service: Service) -> str:
        if kind == "freeze":
            self.stream.signal(service, signal.SIGSTOP)
            await asyncio.sleep(self.frozen_s)
            self.stream.signal(service, signal.SIGCONT)
            return f"{service.name} was frozen for {self.frozen_s:g} s"
        self.stream.signal(service, signal.SIGKILL if kind == "kill" else signal.SIGTERM)
        return f"{kind} {service.name}"

    async def _poison(self) -> str:
        services = self.stream.services
        settings = KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)
        batch = list(poison(self.done))
        producer = new_producer(settings)
        await producer.start()
        for one in batch:
            await producer.send_and_wait(Topics(services.prefix).named(one.topic), one.value, key=one.key)
        await producer.stop()
        self.poisoned += batch
        return f"{len(batch)} poisonous records"

    async def _join_or_leave(self, name: str) -> str:
        if len(self._joined) > 1 or (self._joined and self.dice.random() < 0.5):
            service = self._joined.pop(0)
            await asyncio.to_thread(self.stream.leave, service)
            return f"a replica of {service.name} left"
        self._joined.append(self.stream.join(name))
        return f"a replica of {name} joined"

    async def _part(self, part: Part, how: str) -> str:
        assert part.identity is not None
        if how == "freeze":
            for process in tree(part.identity.pid):
                process.suspend()
            await asyncio.sleep(self.frozen_s)
            for process in tree(part.identity.pid):
                process.resume()
            return f"{part.name} was frozen for {self.frozen_s:g} s"
        if how == "kill":
            part.identity.signal(signal.SIGKILL)
        await asyncio.to_thread(part.stop)
        if how == "stop":
            await asyncio.sleep(self.away_s)
        await asyncio.to_thread(part.prepare)
        await asyncio.to_thread(part.start)
        await asyncio.to_thread(part.wait_ready)
        return f"{part.name} was {'killed' if how == 'kill' else f'away for {self.away_s:g} s'}"

"""Inject the scheduled disturbances into a running stream, one after the other."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg
from aiokafka import AIOKafkaProducer

from chaos.clock import Clocks, random_jump
from chaos.disk import SmallDisk
from chaos.disturbances import OLD, ScheduledDisturbance
from chaos.fuzz import STAGES, MutatedRecord, mutated
from chaos.poison import FUZZ, KEY, MARK, Poison, heavy, hooks, poison
from chaos.service_logs import Location
from chaos.stream import Stream, tree
from kit.services import Service
from quotewire.local.part import Part
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_producer
from quotewire_schemas.topics import Topics

MAX_WAIT_S = 20.0
"""Seconds until the next disturbance even if nothing was stored since the last one: no recovery takes longer, and a
stream that has stopped for good should be disturbed too."""
MUTATED_RECORDS = 1000
"""Records of one `fuzz` per topic."""


@dataclass
class FaultInjector:
    """Runs the disturbances of a schedule, one after the other."""

    stream: Stream
    schedule: Sequence[ScheduledDisturbance]
    rng: random.Random
    stored: Callable[[], int]
    """Returns how many versions are stored so far."""
    total: int
    away_s: float
    frozen_s: float
    report: Callable[[str], None]
    clocks: Clocks | None = None
    disks: Mapping[str, SmallDisk] = field(default_factory=dict)
    done: int = 0
    poisoned: list[Poison] = field(default_factory=list)
    mutated: dict[Location, MutatedRecord] = field(default_factory=dict)
    """Mutated records by their location in Kafka."""
    _joined: list[Service] = field(default_factory=list)

    async def run(self) -> None:
        """Wait until each disturbance is due and run it."""
        for disturbance in self.schedule:
            await self._wait_until_due(disturbance)
            description = await self._inject(disturbance)
            self.report(f"{self.done + 1:4} of {len(self.schedule)}, {self.stored():6} stored: {description}")
            self.done += 1
        for service in self._joined:
            await asyncio.to_thread(self.stream.leave, service)

    async def _wait_until_due(self, disturbance: ScheduledDisturbance) -> None:
        waited = 0.0
        while self.stored() < disturbance.share * self.total and waited < MAX_WAIT_S:
            await asyncio.sleep(0.05)
            waited += 0.05
        await asyncio.sleep(disturbance.delay)

    async def _inject(self, disturbance: ScheduledDisturbance) -> str:
        kind = disturbance.kind
        if kind in ("kill", "term", "freeze"):
            return await self._service(kind, self.rng.choice(self.stream.replicas_of(disturbance.target)))
        if kind == "worker":
            return await asyncio.to_thread(self.stream.kill_worker, self.rng)
        if kind in RECORD_FACTORIES:
            return await self._poison(kind)
        if kind == "fuzz":
            return await self._fuzz()
        if kind in ("join", "old"):
            return await self._join_or_leave(disturbance.target or "extract", OLD if kind == "old" else {})
        if kind == "clock":
            return await self._clock(disturbance.target)
        name, _, how = kind.partition("-")
        if name == "disk":
            return await self._disk(how)
        part: Part | None = getattr(self.stream, name)
        assert part is not None, f"{name} was not started by this program"
        return await self._part(part, how)

    async def _service(self, kind: str, service: Service) -> str:
        if kind == "freeze":
            self.stream.signal(service, signal.SIGSTOP)
            await asyncio.sleep(self.frozen_s)
            self.stream.signal(service, signal.SIGCONT)
            return f"{service.name} was frozen for {self.frozen_s:g} s"
        self.stream.signal(service, signal.SIGKILL if kind == "kill" else signal.SIGTERM)
        return f"{kind} {service.name}"

    async def _poison(self, kind: str) -> str:
        batch = list(RECORD_FACTORIES[kind](self.done))
        async with _producing(self.stream) as producer:
            for one in batch:
                topic = Topics(self.stream.services.prefix).named(one.topic)
                await producer.send_and_wait(topic, one.value, key=one.key, headers=[(MARK, KEY.encode())])
        self.poisoned += batch
        return f"{len(batch)} {kind} records"

    async def _fuzz(self) -> str:
        count = 0
        async with _producing(self.stream) as producer:
            for plain in STAGES:
                topic = Topics(self.stream.services.prefix).named(plain)
                batch = await asyncio.to_thread(mutated, plain, MUTATED_RECORDS, self.rng, self.done)
                sent = [
                    await producer.send(topic, one.value, key=one.key, headers=[(MARK, FUZZ.encode())]) for one in batch
                ]
                for one, where in zip(batch, await asyncio.gather(*sent), strict=True):
                    self.mutated[where.topic, where.partition, where.offset] = one
                count += len(batch)
        return f"{count} mutated records"

    async def _join_or_leave(self, name: str, settings: Mapping[str, str]) -> str:
        if len(self._joined) > 1 or (self._joined and self.rng.random() < 0.5):
            service = self._joined.pop(0)
            await asyncio.to_thread(self.stream.leave, service)
            return f"a replica of {service.name} left"
        self._joined.append(self.stream.join(name, **settings))
        return f"a replica of {name}{' of the previous release' if settings else ''} joined"

    async def _clock(self, name: str) -> str:
        assert self.clocks is not None, "clocks were not set up"
        seconds = random_jump(self.rng)
        self.clocks.move(name, seconds)
        await asyncio.sleep(self.frozen_s)
        self.clocks.move(name, 0)
        return f"the clock of {name} was shifted by {seconds:+.0f} s for {self.frozen_s:g} s"

    async def _disk(self, name: str) -> str:
        requests = asyncio.create_task(self._request_wal_segments()) if name == "postgres" else None
        await self.disks[name].keep_full(self.away_s)
        if requests is not None:
            requests.cancel()
        description = f"the disk of {name} was full for {self.away_s:g} s"
        part = self.stream.postgres
        if name == "postgres" and part is not None and part.exit_code() is not None:
            await self._start(part)  # as its supervisor would
            description += ", and it exited"
        return description

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
        await self._start(part)
        return f"{part.name} was {'killed' if how == 'kill' else f'stopped for {self.away_s:g} s'}"

    async def _request_wal_segments(self) -> None:
        """Make PostgreSQL need new segments of its write-ahead log, as it does by itself under a higher load.

        It recycles old segments: without this a short outage only affects tables, and it survives those errors.
        """
        while True:
            with suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(
                    self.stream.services.dsn, autocommit=True
                ) as connection:
                    await connection.execute("SELECT pg_switch_wal()")
            await asyncio.sleep(1)

    async def _start(self, part: Part) -> None:
        await asyncio.to_thread(part.prepare)
        await asyncio.to_thread(part.start)
        await asyncio.to_thread(part.wait_ready)


RECORD_FACTORIES: Mapping[str, Callable[[int], Iterable[Poison]]] = {"poison": poison, "hook": hooks, "heavy": heavy}


class _producing:
    """A context with a producer."""

    def __init__(self, stream: Stream) -> None:
        services = stream.services
        settings = KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)
        self._producer = new_producer(settings)

    async def __aenter__(self) -> AIOKafkaProducer:
        await self._producer.start()
        return self._producer

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

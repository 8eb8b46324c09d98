"""Breaks a stream, one disturbance after the other."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg
from aiokafka import AIOKafkaProducer

from chaos.clock import Clocks, drawn_jump
from chaos.disk import SmallDisk
from chaos.disturbances import OLD, Due
from chaos.fuzz import STAGES, Fuzzed, fuzzed
from chaos.poison import FUZZ, KEY, MARK, Poison, heavy, hooks, poison
from chaos.stream import Stream, tree
from chaos.told import Place
from kit.services import Service
from quotewire.local.part import Part
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_producer
from quotewire_schemas.topics import Topics

IMPATIENCE_S = 20.0
"""The next disturbance comes after so many seconds even if nothing was stored since the last one: no recovery takes
longer, and a stream that stands still for good should still be shaken."""
MUTATED = 1000
"""Records of one `fuzz` on each topic."""


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
    clocks: Clocks | None = None
    disks: Mapping[str, SmallDisk] = field(default_factory=dict)
    done: int = 0
    poisoned: list[Poison] = field(default_factory=list)
    fuzzed: dict[Place, Fuzzed] = field(default_factory=dict)
    """Mutated records, by where Kafka put them."""
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
        if kind in SORTS:
            return await self._poison(kind)
        if kind == "fuzz":
            return await self._fuzz()
        if kind in ("join", "old"):
            return await self._join_or_leave(due.target or "extract", OLD if kind == "old" else {})
        if kind == "clock":
            return await self._clock(due.target)
        name, _, how = kind.partition("-")
        if name == "disk":
            return await self._disk(how)
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

    async def _poison(self, kind: str) -> str:
        batch = list(SORTS[kind](self.done))
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
                batch = await asyncio.to_thread(fuzzed, plain, MUTATED, self.dice, self.done)
                sent = [
                    await producer.send(topic, one.value, key=one.key, headers=[(MARK, FUZZ.encode())]) for one in batch
                ]
                for one, where in zip(batch, await asyncio.gather(*sent), strict=True):
                    self.fuzzed[where.topic, where.partition, where.offset] = one
                count += len(batch)
        return f"{count} mutated records"

    async def _join_or_leave(self, name: str, settings: Mapping[str, str]) -> str:
        if len(self._joined) > 1 or (self._joined and self.dice.random() < 0.5):
            service = self._joined.pop(0)
            await asyncio.to_thread(self.stream.leave, service)
            return f"a replica of {service.name} left"
        self._joined.append(self.stream.join(name, **settings))
        return f"a replica of {name}{' of the release before' if settings else ''} joined"

    async def _clock(self, name: str) -> str:
        assert self.clocks is not None, "clocks are not ours to set"
        seconds = drawn_jump(self.dice)
        self.clocks.move(name, seconds)
        await asyncio.sleep(self.frozen_s)
        self.clocks.move(name, 0)
        return f"the clock of {name} was {seconds:+.0f} s off for {self.frozen_s:g} s"

    async def _disk(self, name: str) -> str:
        wants = asyncio.create_task(self._want_segments()) if name == "postgres" else None
        await self.disks[name].full(self.away_s)
        if wants is not None:
            wants.cancel()
        words = f"{name} had no room for {self.away_s:g} s"
        part = self.stream.postgres
        if name == "postgres" and part is not None and part.exit_code() is not None:
            await self._start(part)  # as its supervisor would
            words += ", and ended of it"
        return words

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
        return f"{part.name} was {'killed' if how == 'kill' else f'away for {self.away_s:g} s'}"

    async def _want_segments(self) -> None:
        """Let PostgreSQL want a new segment for its write-ahead log, as it does by itself where more is written.

        It recycles old ones: without this a short outage meets full tables alone, whose errors it survives.
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


SORTS: Mapping[str, Callable[[int], Iterable[Poison]]] = {"poison": poison, "hook": hooks, "heavy": heavy}


class _producing:
    """A producer for the length of a block."""

    def __init__(self, stream: Stream) -> None:
        services = stream.services
        settings = KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)
        self._producer = new_producer(settings)

    async def __aenter__(self) -> AIOKafkaProducer:
        await self._producer.start()
        return self._producer

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

"""One run: feed, break, wait for rest, audit, tell."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import psycopg

from chaos import topics
from chaos.audit import audit, stored_ids
from chaos.breaker import Breaker
from chaos.clock import Clocks
from chaos.disk import SmallDisk
from chaos.disturbances import drawn, settings_for, surroundings_for
from chaos.feeder import Feeder
from chaos.material import versions
from chaos.memory import Peaks
from chaos.progress import Progress, all_is_read
from chaos.raw_bytes import missing_raw_bytes
from chaos.result import REST_S, Plan, Result
from chaos.stream import Stream
from chaos.told import read_logs, standstills, told_of
from chaos.traces import traces
from quotewire_runtime.config.settings import KafkaSettings

_LOOK_S = 0.2
QUEUED = "SELECT name, extract(epoch FROM queued_at)::float8 FROM ingest.inputs"


async def run(
    plan: Plan,
    stream: Stream,
    tell: Callable[[str], None],
    clocks: Clocks | None = None,
    disks: Mapping[str, SmallDisk] | None = None,
) -> Result:
    """Carry the plan out on a stream that is started here and stopped at the end."""
    began = time.monotonic()
    fed = versions(plan.articles, plan.seed)
    services = stream.services
    around = surroundings_for(plan.breaks)
    stream.surroundings = lambda name: {**around, **(clocks.environment(name) if clocks is not None else {})}
    await asyncio.to_thread(stream.start, dict(plan.replicas), {**settings_for(plan.breaks), **plan.settings})
    dice = random.Random(plan.seed)
    progress, peaks = Progress(services.dsn), Peaks(stream)
    feeder = Feeder(services.dsn, fed, plan.rate)
    breaker = Breaker(
        stream, drawn(plan.breaks, dice), dice, lambda: progress.stored, len(fed), plan.away_s, plan.frozen_s, tell,
        clocks, disks or {},
    )  # fmt: skip
    kafka = KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)
    background = [asyncio.create_task(one) for one in (stream.supervise(), progress.watch(), peaks.watch())]
    work = [asyncio.create_task(feeder.run()), asyncio.create_task(breaker.run())]
    tell(f"seed {plan.seed}: {len(fed)} versions of {plan.articles} articles, {len(breaker.due)} disturbances")

    async def at_rest() -> bool:
        return progress.stored >= len(fed) and await all_is_read(kafka, progress.dead)

    finished = await _rest(work, progress, feeder, at_rest)
    for task in (*work, *background):
        task.cancel()
    await asyncio.wait([*work, *background])
    stream.unasked += await asyncio.to_thread(stream.stop)
    lying = await topics.read(kafka)
    findings = await asyncio.to_thread(audit, fed, breaker.poisoned, lying, services.dsn)
    findings.lost += await asyncio.to_thread(missing_raw_bytes, services.folder / "warc", fed, lying.articles)
    told = await asyncio.to_thread(read_logs, services.made)
    with psycopg.connect(services.dsn) as connection:
        traced = traces(told, lying, stored_ids(connection), breaker.fuzzed)
        queued = {str(name): float(at) for name, at in connection.execute(QUEUED).fetchall()}
    stood = standstills(stream.kills, told, lying.came, queued)
    return Result(
        plan, len(fed), time.monotonic() - began, findings, lying, traced, stream.restarts, stream.unasked,
        progress.stall_s, told_of(stood, len(stream.kills)), peaks,
        len(breaker.fuzzed), finished,
    )  # fmt: skip


async def _rest(
    work: Sequence[asyncio.Task[None]], progress: Progress, feeder: Feeder, at_rest: Callable[[], Awaitable[bool]]
) -> bool:
    """Wait until everything is fed, broken and stored; False when nothing gets on for long after the last disturbance.

    Mutated records can make a backlog of minutes: the patience begins anew with every sign of progress.
    """
    rests_by, seen = math.inf, (0, 0)
    while time.monotonic() < rests_by:
        progress.note(feeder.fed)
        for task in work:
            if task.done():
                task.result()
        if all(task.done() for task in work):
            if await at_rest():
                return True
            if rests_by == math.inf or seen != (progress.stored, progress.dead):
                rests_by, seen = time.monotonic() + REST_S, (progress.stored, progress.dead)
        await asyncio.sleep(_LOOK_S)
    return False

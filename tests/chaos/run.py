"""One run: feed, disturb, wait until idle, audit, report."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import psycopg

from chaos import topic_contents
from chaos.article_versions import article_versions
from chaos.audit import audit, stored_ids
from chaos.clock import Clocks
from chaos.disk import SmallDisk
from chaos.disturbances import draw_schedule, environment_for, settings_for
from chaos.fault_injector import FaultInjector
from chaos.feeder import Feeder
from chaos.memory import PeakMemory
from chaos.progress import Progress, all_is_read
from chaos.raw_bytes import missing_raw_bytes
from chaos.result import REST_TIMEOUT_S, Plan, Result
from chaos.service_logs import describe_recovery, read_logs, recovery_times
from chaos.stream import Stream
from chaos.traces import traces
from quotewire_runtime.config.settings import KafkaSettings

_POLL_INTERVAL_S = 0.2
QUEUED = "SELECT name, extract(epoch FROM queued_at)::float8 FROM ingest.inputs"


async def run(
    plan: Plan,
    stream: Stream,
    report: Callable[[str], None],
    clocks: Clocks | None = None,
    disks: Mapping[str, SmallDisk] | None = None,
) -> Result:
    """Run the plan on a stream that is started here and stopped at the end."""
    began = time.monotonic()
    fed = article_versions(plan.articles, plan.seed)
    services = stream.services
    environment = environment_for(plan.breaks)
    stream.environment_of = lambda name: {**environment, **(clocks.environment(name) if clocks is not None else {})}
    await asyncio.to_thread(stream.start, dict(plan.replicas), {**settings_for(plan.breaks), **plan.settings})
    rng = random.Random(plan.seed)
    progress, peak_memory = Progress(services.dsn), PeakMemory(stream)
    feeder = Feeder(services.dsn, fed, plan.rate)
    injector = FaultInjector(
        stream, draw_schedule(plan.breaks, rng), rng, lambda: progress.stored, len(fed), plan.away_s, plan.frozen_s,
        report, clocks, disks or {},
    )  # fmt: skip
    kafka = KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix)
    background = [asyncio.create_task(one) for one in (stream.supervise(), progress.watch(), peak_memory.watch())]
    work = [asyncio.create_task(feeder.run()), asyncio.create_task(injector.run())]
    report(f"seed {plan.seed}: {len(fed)} versions of {plan.articles} articles, {len(injector.schedule)} disturbances")

    async def is_idle() -> bool:
        return progress.stored >= len(fed) and await all_is_read(kafka, progress.dead)

    finished = await _wait_until_idle(work, progress, feeder, is_idle)
    for task in (*work, *background):
        task.cancel()
    await asyncio.wait([*work, *background])
    stream.unexpected_exits += await asyncio.to_thread(stream.stop)
    contents = await topic_contents.read(kafka)
    findings = await asyncio.to_thread(audit, fed, injector.poisoned, contents, services.dsn)
    findings.lost += await asyncio.to_thread(missing_raw_bytes, services.folder / "warc", fed, contents.articles)
    log_lines = await asyncio.to_thread(read_logs, services.made)
    with psycopg.connect(services.dsn) as connection:
        traced = traces(log_lines, contents, stored_ids(connection), injector.mutated)
        queued = {str(name): float(at) for name, at in connection.execute(QUEUED).fetchall()}
    recovered = recovery_times(stream.kills, log_lines, contents.arrived_at, queued)
    return Result(
        plan, len(fed), time.monotonic() - began, findings, contents, traced, stream.restarts, stream.unexpected_exits,
        progress.stall_s, describe_recovery(recovered, len(stream.kills)), peak_memory,
        len(injector.mutated), finished,
    )  # fmt: skip


async def _wait_until_idle(
    work: Sequence[asyncio.Task[None]], progress: Progress, feeder: Feeder, is_idle: Callable[[], Awaitable[bool]]
) -> bool:
    """Wait until everything is fed, disturbed and stored; return False if progress stops after the last disturbance.

    Mutated records can make a backlog of minutes: the timeout starts again with every progress.
    """
    deadline, seen = math.inf, (0, 0)
    while time.monotonic() < deadline:
        progress.note(feeder.fed)
        for task in work:
            if task.done():
                task.result()
        if all(task.done() for task in work):
            if await is_idle():
                return True
            if deadline == math.inf or seen != (progress.stored, progress.dead):
                deadline, seen = time.monotonic() + REST_TIMEOUT_S, (progress.stored, progress.dead)
        await asyncio.sleep(_POLL_INTERVAL_S)
    return False

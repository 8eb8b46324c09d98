"""Run the process of a stage: serve health, wait for the dependencies, read until asked to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from quotewire_runtime.config.settings import StageSettings
from quotewire_runtime.errors import QuotewireError, UnavailableError
from quotewire_runtime.kafka.client import missing_topics
from quotewire_runtime.kafka.dead_letter import DEAD_LETTER_TOPICS
from quotewire_runtime.kafka.faust_app import Companion, KafkaStage, new_worker
from quotewire_runtime.kafka.lag import LagMonitor
from quotewire_runtime.kafka.offsets import OffsetClient
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.event_loop import EventLoopMonitor
from quotewire_runtime.observability.health import Check, HealthServer
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.results import Retry
from quotewire_runtime.stage.engine import Engine
from quotewire_runtime.stage.handler import Handler
from quotewire_runtime.stage.state import StageState, State
from quotewire_runtime.stage.watchdog import Watchdog
from quotewire_schemas.topics import Topics, dead_letter_topic

RETRY_INTERVAL_S = 2.0
"""Seconds between two checks for Kafka and its topics at start."""


def group_id(topics: Topics, stage: str) -> str:
    """Return the consumer group of a stage."""
    return topics.named(f"quotewire.{stage}")


class Runner:
    """Runs one stage once."""

    def __init__(self, settings: StageSettings, handler: Handler, source: Sequence[str]) -> None:
        """``source``: topics without the prefix."""
        self._settings = settings
        self._handler = handler
        self._stage = handler.stage
        self._topics = Topics(settings.kafka.topic_prefix)
        self._source = [self._topics.named(name) for name in source]
        self._needed_topics = [
            *self._source,
            *(
                self._topics.named(dead_letter_topic(name, self._stage))
                for name in source
                if name not in DEAD_LETTER_TOPICS
            ),
        ]
        logs.configure(settings.log, self._stage)
        metrics.initialise(self._stage)
        self._log = logs.get_logger("quotewire.stage")
        self._state = StageState(self._stage)
        self._loop_monitor = EventLoopMonitor(self._stage)
        self._partitions: int | None = None
        self._offsets = OffsetClient(settings.kafka)
        self._lag: LagMonitor | None = None
        self._monitoring: asyncio.Task[None] | None = None
        self._started = False

    def run(self) -> int:
        """Run until stopped; returns the exit code, or ends by ``SystemExit``."""
        health = HealthServer(self._stage, live=self._check_live, ready=self._check_ready)
        try:
            address = health.start(self._settings.http)
        except QuotewireError as error:
            return self._fail(error)
        self._log.info("stage_starting", version=metrics.package_version(), health=address, reads=self._source)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        self._monitoring = loop.create_task(self._loop_monitor.run())
        try:
            if not self._wait_until_prepared(loop):
                return 0
            with tempfile.TemporaryDirectory(prefix="quotewire-") as scratch:
                self._read(loop, scratch)
        except QuotewireError as error:
            return self._fail(error)
        except Exception:
            self._log.exception("stage_start_failed")
            return 1
        finally:
            if not loop.is_closed():
                loop.run_until_complete(self._stop_handler())
            health.stop()
        return 0

    def _read(self, loop: asyncio.AbstractEventLoop, scratch: str) -> None:
        """Read until asked to stop; ends by ``SystemExit``."""
        settings = self._settings.engine
        kafka = KafkaStage(
            group=group_id(self._topics, self._stage),
            source=self._source,
            kafka=self._settings.kafka,
            engine=settings,
            datadir=scratch,
        )
        engine = Engine(self._handler, client=kafka, settings=settings, topics=self._topics, state=self._state)
        kafka.attach(engine, on_assigned=self._on_assigned)
        lag = self._lag = LagMonitor(self._stage, kafka, self._offsets, engine.positions)
        worker = new_worker(kafka, Companion(lag.run, on_end=self._stop_handler), loop)
        Watchdog(
            self._state,
            stall_s=settings.stall_s,
            grace_s=settings.shutdown_grace_s,
            lag=lambda: lag.total,
            progress_at=lambda: max(engine.progress_at, self._handler.progress_at()),
            loop_ran_at=lambda: self._loop_monitor.ran_at,
            stopping=lambda: bool(worker.should_stop),
            abandon=lambda: _call_in_loop(loop, engine.abandon),
        ).start()
        try:
            worker.execute_from_commandline()
        finally:
            self._log.info("stage_stopped")

    def _wait_until_prepared(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Wait for Kafka, the topics and the handler; False if asked to stop meanwhile."""
        task = loop.create_task(self._prepare())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            self._log.info("stage_stopped", while_starting=True)
            return False
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
        return True

    async def _prepare(self) -> None:
        outage = OutageLog(self._log)
        while (problem := await self._find_kafka_problem()) is not None:
            self._report_outage(outage, problem)
            await asyncio.sleep(RETRY_INTERVAL_S)
        while True:
            try:
                await self._handler.start()
            except Retry as retry:
                self._report_outage(outage, retry.message)
                await asyncio.sleep(retry.after)
            else:
                break
        outage.recovered()
        self._started = True

    async def _find_kafka_problem(self) -> str | None:
        try:
            missing = await missing_topics(self._settings.kafka, self._needed_topics)
        except UnavailableError as error:
            return str(error)
        return f"no topic {', '.join(missing)}: run `quotewire topics apply`" if missing else None

    def _report_outage(self, outage: OutageLog, why: str) -> None:
        self._state.enter(State.STARTING, why)
        outage.report(why)

    async def _on_assigned(self, partitions: Collection[Any]) -> None:
        if self._partitions is not None:
            metrics.REBALANCES.labels(self._stage).inc()
        self._partitions = len(partitions)
        metrics.ASSIGNED.labels(self._stage).set(len(partitions))
        self._log.info("partitions_assigned", number=len(partitions), partitions=sorted(tp[1] for tp in partitions))
        if partitions:
            await self._handler.assigned()

    async def _stop_handler(self) -> None:
        if self._monitoring is not None:
            self._monitoring.cancel()
        await self._offsets.close()
        if self._started:
            self._started = False
            with contextlib.suppress(asyncio.CancelledError):
                await self._handler.stop()

    def _check_live(self) -> Mapping[str, Check]:
        return {"event_loop": self._loop_monitor.check()}

    def _check_ready(self) -> Mapping[str, Check]:
        checks = {"state": self._state.check(), "partitions": self._check_assignment()}
        if self._lag is not None:
            checks["kafka"] = self._lag.check()
        if self._started:
            checks |= self._handler.checks()
        return checks

    def _check_assignment(self) -> Check:
        """Return the check: a standby without partitions is ready; a replica that has not joined its group is not."""
        if self._partitions is None:
            return Check(False, "not yet a member of the consumer group")
        return Check(
            True, f"{self._partitions} assigned" if self._partitions else "standby: other replicas have all partitions"
        )

    def _fail(self, error: QuotewireError) -> int:
        print(f"quotewire: {error}", file=sys.stderr)  # noqa: T201 - one line for a person, beside the JSON log
        return error.exit_code


def _call_in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop was closed just now: nothing waits in it any more
        loop.call_soon_threadsafe(call)

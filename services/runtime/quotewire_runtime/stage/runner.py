"""The life of a stage's process: health first, then wait for the outside, then read until told to stop."""

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
from quotewire_runtime.kafka.offsets import Offsets
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.health import Check, HealthServer
from quotewire_runtime.observability.heartbeat import Heartbeat
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.results import Retry
from quotewire_runtime.stage.engine import Engine
from quotewire_runtime.stage.handler import Handler
from quotewire_runtime.stage.state import StageState, State
from quotewire_runtime.stage.watchdog import Watchdog
from quotewire_schemas.topics import Topics, dead_letter_topic

AGAIN_S = 2.0
"""Seconds between two looks for Kafka and its topics at start."""


def group_id(topics: Topics, stage: str) -> str:
    """Name the consumer group of a stage."""
    return topics.named(f"quotewire.{stage}")


class Runner:
    """Runs one stage once."""

    def __init__(self, settings: StageSettings, handler: Handler, source: Sequence[str]) -> None:
        """``source``: topics by their own names."""
        self._settings = settings
        self._handler = handler
        self._stage = handler.stage
        self._topics = Topics(settings.kafka.topic_prefix)
        self._source = [self._topics.named(name) for name in source]
        self._needed = [
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
        self._heartbeat = Heartbeat(self._stage)
        self._partitions: int | None = None
        self._offsets = Offsets(settings.kafka)
        self._lag: LagMonitor | None = None
        self._pulse: asyncio.Task[None] | None = None
        self._started = False

    def run(self) -> int:
        """Run until stopped; returns the exit code, or leaves by ``SystemExit``."""
        health = HealthServer(self._stage, live=self._live, ready=self._ready)
        try:
            address = health.start(self._settings.http)
        except QuotewireError as error:
            return self._fail(error)
        self._log.info("starting", version=metrics.package_version(), health=address, reads=self._source)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        self._pulse = loop.create_task(self._heartbeat.run())
        try:
            if not self._prepared(loop):
                return 0
            with tempfile.TemporaryDirectory(prefix="quotewire-") as scratch:
                self._read(loop, scratch)
        except QuotewireError as error:
            return self._fail(error)
        except Exception:
            self._log.exception("the stage could not start")
            return 1
        finally:
            if not loop.is_closed():
                loop.run_until_complete(self._stop_handler())
            health.stop()
        return 0

    def _read(self, loop: asyncio.AbstractEventLoop, scratch: str) -> None:
        """Read until told to stop; leaves by ``SystemExit``."""
        settings = self._settings.engine
        kafka = KafkaStage(
            group=group_id(self._topics, self._stage),
            source=self._source,
            kafka=self._settings.kafka,
            engine=settings,
            datadir=scratch,
        )
        engine = Engine(self._handler, client=kafka, settings=settings, topics=self._topics, state=self._state)
        kafka.attach(engine, on_assigned=self._assigned)
        lag = self._lag = LagMonitor(self._stage, kafka, self._offsets, engine.positions)
        worker = new_worker(kafka, Companion(lag.run, at_end=self._stop_handler), loop)
        Watchdog(
            self._state,
            stall_s=settings.stall_s,
            grace_s=settings.shutdown_grace_s,
            lag=lambda: lag.total,
            progress_at=lambda: max(engine.progress_at, self._handler.progress_at()),
            turned_at=lambda: self._heartbeat.turned_at,
            stopping=lambda: bool(worker.should_stop),
            hurry=lambda: _from_any_thread(loop, engine.give_up),
        ).start()
        try:
            worker.execute_from_commandline()
        finally:
            self._log.info("stopped")

    def _prepared(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Wait for Kafka, the topics and the handler; False when told to stop meanwhile."""
        task = loop.create_task(self._prepare())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            self._log.info("stopped while starting")
            return False
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
        return True

    async def _prepare(self) -> None:
        waiting = OutageLog(self._log)
        while (problem := await self._kafka_problem()) is not None:
            self._say(waiting, problem)
            await asyncio.sleep(AGAIN_S)
        while True:
            try:
                await self._handler.start()
            except Retry as retry:
                self._say(waiting, retry.message)
                await asyncio.sleep(retry.after)
            else:
                break
        waiting.recovered()
        self._started = True

    async def _kafka_problem(self) -> str | None:
        try:
            missing = await missing_topics(self._settings.kafka, self._needed)
        except UnavailableError as error:
            return str(error)
        return f"no topic {', '.join(missing)}: run `quotewire topics apply`" if missing else None

    def _say(self, waiting: OutageLog, why: str) -> None:
        self._state.enter(State.STARTING, why)
        waiting.report(why)

    def _assigned(self, partitions: Collection[Any]) -> None:
        if self._partitions is not None:
            metrics.REBALANCES.labels(self._stage).inc()
        self._partitions = len(partitions)
        metrics.ASSIGNED.labels(self._stage).set(len(partitions))
        self._log.info("partitions assigned", number=len(partitions), partitions=sorted(tp[1] for tp in partitions))

    async def _stop_handler(self) -> None:
        if self._pulse is not None:
            self._pulse.cancel()
        await self._offsets.close()
        if self._started:
            self._started = False
            with contextlib.suppress(asyncio.CancelledError):
                await self._handler.stop()

    def _live(self) -> Mapping[str, Check]:
        return {"event_loop": self._heartbeat.check()}

    def _ready(self) -> Mapping[str, Check]:
        checks = {"state": self._state.check(), "partitions": self._assignment()}
        if self._lag is not None:
            checks["kafka"] = self._lag.check()
        if self._started:
            checks |= self._handler.checks()
        return checks

    def _assignment(self) -> Check:
        """A replica without partitions is a standby and ready; one that has not joined its group yet is not."""
        if self._partitions is None:
            return Check(False, "not yet a member of the consumer group")
        return Check(True, f"{self._partitions} assigned" if self._partitions else "standby: others have them all")

    def _fail(self, error: QuotewireError) -> int:
        print(f"quotewire: {error}", file=sys.stderr)  # noqa: T201 - the one line for a person, beside the JSON log
        return error.exit_code


def _from_any_thread(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has just been closed: nothing waits there any more
        loop.call_soon_threadsafe(call)

"""Puts the ingest service together: the only place that knows all its parts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import uuid
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from quotewire_ingest.archive import retention
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.database import ingest_database
from quotewire_ingest.fetch.pool import FetcherPool
from quotewire_ingest.model import DocumentKind
from quotewire_ingest.outcome import STAGE
from quotewire_ingest.parse.pool import ParserPool
from quotewire_ingest.publish.heartbeat import beat
from quotewire_ingest.publish.records import OUTBOX, RELAY_LOCK, put
from quotewire_ingest.push.server import PushServer
from quotewire_ingest.push.server import forget as forget_pushes
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.inputs import ADDRESS, KEPT, LIFT, WITHDRAW
from quotewire_ingest.queue.splitter import Splitter
from quotewire_ingest.queue.worker import Worker
from quotewire_ingest.settings import OutboxSettings, Settings
from quotewire_ingest.source import Source
from quotewire_ingest.sources import seen_links
from quotewire_ingest.sources.config import load_sources
from quotewire_ingest.sources.feed_pool import FeedParserPool
from quotewire_ingest.sources.folders import FolderWatcher
from quotewire_ingest.sources.poller import Poller
from quotewire_runtime.errors import SettingsError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.event_loop import EventLoopMonitor
from quotewire_runtime.observability.health import Check, HealthServer
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.outbox.relay import PeriodicTask, Relay
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_schemas.topics import ARTICLE

# Seconds from the signal to the end: an answer being waited for is given up, a transaction is let finish.
_GRACE_S = 20.0
# What is handed over is worked in order by one worker; addresses wait for servers and have workers of their own.
_HANDED_OVER = (str(DocumentKind.TEXT), str(DocumentKind.HTML), str(DocumentKind.RECORD), WITHDRAW, LIFT)
_FORGET_EVERY_S = 3600.0
_CANCEL_AGAIN_S = 4.0


class Ingest:
    """The service. :meth:`run` returns when it was told to stop."""

    def __init__(self, settings: Settings) -> None:
        """Raise ``SettingsError`` where settings contradict each other or name what is not there."""
        self._settings = settings
        self._wish: list[Source] = load_sources(settings.sources.file) if settings.sources.file else []
        if any(source.feeds for source in self._wish) and not settings.fetch.contact:
            raise SettingsError(
                "QUOTEWIRE_FETCH__CONTACT: set an address or e-mail under which publishers reach you, to poll sources"
            )
        self._archive = _archive(settings)
        self._heartbeat = EventLoopMonitor(STAGE)
        self._databases: list[Database] = []
        self._room = outbox_backpressure(self._database(), settings.outbox)
        self._relay = _relay(self._database(), settings)
        self._workers: list[Worker] = []
        self._push: PushServer | None = None
        if settings.push.port is not None:
            self._push = PushServer(self._database(), settings.push, self._wish, self._room)
        self._log = logs.get_logger("ingest")

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set; a part that falls over ends the service with its exception."""
        settings = self._settings
        async with (
            FetcherPool(settings.fetch, self._wish) as fetchers,
            ParserPool(settings.read) as readers,
            FeedParserPool(settings.read) as feeds,
        ):
            if fetchers.unverified or not settings.fetch.verify_tls:
                whose = sorted(fetchers.unverified) if settings.fetch.verify_tls else "every source"
                self._log.warning("certificates are not verified", sources=whose)
            tasks = [asyncio.create_task(part) for part in self._parts(fetchers, readers, feeds)]
            stopping = asyncio.create_task(stop.wait())
            try:
                done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
                for task in done - {stopping}:
                    task.result()
            finally:
                await end_all([*tasks, stopping])
                for database in self._databases:
                    with contextlib.suppress(Exception):
                        await database.close()
                if self._archive is not None:
                    self._archive.close()

    def _parts(
        self, fetchers: FetcherPool, readers: ParserPool, feeds: FeedParserPool
    ) -> list[Coroutine[Any, Any, None]]:
        """Everything that runs side by side until the service stops, not yet begun."""
        settings, wait = self._settings, OutageLog(self._log)
        kinds = [
            (_HANDED_OVER, settings.work.batch),
            (KEPT, settings.work.batch),
            *[((ADDRESS,), 1)] * settings.work.fetchers,
        ]
        self._workers = [
            Worker(
                self._database(held=True), kind, batch, settings.work, readers, feeds, fetchers, self._archive,
                self._room, wait,
            )
            for kind, batch in kinds
        ]  # fmt: skip
        cutter = Splitter(self._database(held=True), settings.work.lease_s, settings.fetch.max_bytes, self._room, wait)
        parts = [self._heartbeat.run(), self._room.run(), self._relay.run(), self._forget(), cutter.run()]
        parts += [worker.run() for worker in self._workers]
        if any(source.folders for source in self._wish):
            parts.append(FolderWatcher(self._database(), settings.sources, self._wish).run())
        if self._push is not None:
            parts.append(self._push.run())
        if self._wish:
            poller = Poller(
                self._database(held=True), settings.sources, settings.work.host_pause_s, fetchers, feeds, self._wish,
                self._room,
            )  # fmt: skip
            parts.append(poller.run())
        return parts

    def live(self) -> Mapping[str, Check]:
        """Parts of liveness."""
        return {"event_loop": self._heartbeat.check()}

    def ready(self) -> Mapping[str, Check]:
        """Parts of readiness: the queue can be worked, and what is committed reaches Kafka."""
        problems = [worker.problem for worker in self._workers] or ["starting"]
        queue = next((problem for problem in problems if problem), None)
        push = {} if self._push is None else {"push": _listening(self._push.address)}
        return {
            **push,
            "inputs": Check(queue is None, queue or "inputs are worked"),
            "outbox": Check(not self._room.full, self._room.problem or "there is room in the outbox"),
            "relay": Check(self._relay.problem is None, self._relay.problem or "the outbox reaches Kafka"),
        }

    def _database(self, held: bool = False) -> Database:
        database = ingest_database(self._settings.postgres.conninfo(), uuid.uuid4().hex if held else None)
        self._databases.append(database)
        return database

    async def _forget(self) -> None:
        database = self._database()
        while True:
            with contextlib.suppress(DatabaseUnavailable):
                async with database.transaction() as connection:
                    await inputs.forget(connection, self._settings.work.keep_outcomes_days)
                    await forget_pushes(connection)
                    await seen_links.forget(connection)
                if self._archive is not None:
                    await retention.enforce(database, self._archive, self._wish, self._settings.archive.keep_days)
                await database.close()
            await asyncio.sleep(_FORGET_EVERY_S)


def outbox_backpressure(database: Database, settings: OutboxSettings) -> Backpressure:
    """Build what stops the intake while the outbox is full."""
    return Backpressure(
        database, OUTBOX, stage=STAGE, max_records=settings.most_records, max_bytes=settings.most_mib * 2**20
    )


def _relay(database: Database, settings: Settings) -> Relay:
    heartbeat = PeriodicTask(settings.heartbeat.every_s, _put_heartbeat) if settings.heartbeat.every_s else None
    return Relay(settings.kafka, database, OUTBOX, stage=STAGE, topics=[ARTICLE], lock=RELAY_LOCK, periodic=heartbeat)


async def _put_heartbeat(connection: Connection) -> None:
    await put(connection, beat(datetime.now(UTC)))


def serve(settings: Settings) -> None:
    """Run the service until told to stop. Raises ``SettingsError``."""
    logs.configure(settings.log, STAGE)
    metrics.initialise(STAGE)
    metrics.HEARTBEAT_INTERVAL.labels(STAGE).set(settings.heartbeat.every_s)
    ingest = Ingest(settings)
    health = HealthServer(STAGE, live=ingest.live, ready=ingest.ready)
    address = health.start(settings.http)
    logs.get_logger("ingest").info("starting", version=metrics.package_version(), health=address)
    try:
        asyncio.run(_until_signalled(ingest))
    finally:
        health.stop()
    logs.get_logger("ingest").info("stopped")


async def _until_signalled(ingest: Ingest) -> None:
    stop = asyncio.Event()

    def told() -> None:
        logs.get_logger("ingest").info("stopping")
        leave_after(_GRACE_S)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told)
    await ingest.run(stop)


async def end_all(tasks: Sequence[asyncio.Task[Any]], again_s: float = _CANCEL_AGAIN_S) -> None:
    """Cancel tasks until all have ended, once more every ``again_s`` seconds; what they raise is dropped.

    Once is not enough: before Python 3.12 ``asyncio.wait_for`` swallows a cancellation that comes in the moment in
    which what it waits for ends.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=again_s)
    await asyncio.gather(*tasks, return_exceptions=True)


def leave_after(seconds: float) -> None:
    """End the process if it has not stopped by itself by then; what was not committed comes again."""
    timer = threading.Timer(seconds, os._exit, args=(70,))
    timer.daemon = True
    timer.start()


def _listening(address: str | None) -> Check:
    return Check(address is not None, f"pushes are taken at {address}" if address else "the port is not open yet")


def _archive(settings: Settings) -> Archive | None:
    folder = settings.archive.folder
    if folder is None:
        return None
    try:
        return Archive(folder, settings.archive.segment_mib * 2**20)
    except OSError as error:
        raise SettingsError(f"QUOTEWIRE_ARCHIVE__FOLDER: {folder}: {error.strerror}") from error

"""Put the ingest service together: the only module that knows all its parts."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.database import ingest_database
from quotewire_ingest.decision import STAGE
from quotewire_ingest.fetch import public_suffixes
from quotewire_ingest.fetch.fetchers import FetcherPool
from quotewire_ingest.housekeeping import Housekeeping
from quotewire_ingest.parse.page_pool import ParserPool
from quotewire_ingest.publish.heartbeat import heartbeat_article
from quotewire_ingest.publish.maintenance import Maintenance
from quotewire_ingest.publish.records import OUTBOX, RELAY_LOCK, put
from quotewire_ingest.push.payload_pool import PayloadPool
from quotewire_ingest.push.server import PushServer
from quotewire_ingest.queue.kinds import STORED, SUBMITTED, InputKind
from quotewire_ingest.queue.lease_renewal import LeaseRenewal
from quotewire_ingest.queue.loader import Loader
from quotewire_ingest.queue.splitter import Splitter
from quotewire_ingest.queue.worker import Worker
from quotewire_ingest.settings import OutboxSettings, Settings
from quotewire_ingest.source import Source
from quotewire_ingest.sources.config import load_sources
from quotewire_ingest.sources.expand import FeedExpander
from quotewire_ingest.sources.feed_pool import FeedParserPool
from quotewire_ingest.sources.folders import FolderWatcher
from quotewire_ingest.sources.poller import Poller
from quotewire_runtime.errors import SettingsError
from quotewire_runtime.observability import logs
from quotewire_runtime.observability.event_loop import EventLoopMonitor
from quotewire_runtime.observability.health import Check
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.outbox.relay import PeriodicTask, Relay
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_schemas.topics import ARTICLE

_CANCEL_INTERVAL_S = 4.0


class Ingest:
    """The service. :meth:`run` returns when it is asked to stop."""

    def __init__(self, settings: Settings) -> None:
        """Raise ``SettingsError`` where settings contradict each other or name what is not there."""
        self._settings = settings
        self._sources: list[Source] = load_sources(settings.sources.file) if settings.sources.file else []
        if any(source.feeds for source in self._sources) and not settings.fetch.contact:
            raise SettingsError(
                "QUOTEWIRE_FETCH__CONTACT: set an address or e-mail under which publishers reach you, to poll sources"
            )
        public_suffixes.load()
        self._archive = _archive(settings)
        self._heartbeat = EventLoopMonitor(STAGE)
        self._databases: list[Database] = []
        self._backpressure = outbox_backpressure(self._database(), settings.outbox)
        self._relay = _relay(self._database(), settings)
        self._workers: list[Worker] = []
        self._push: PushServer | None = None
        if settings.push.port is not None:
            self._push = PushServer(
                self._database(), settings.push, self._sources, self._backpressure, PayloadPool(settings.read)
            )
        self._log = logs.get_logger("ingest")

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set; a part that fails ends the service with its exception."""
        settings = self._settings
        async with (
            FetcherPool(settings.fetch, self._sources) as fetchers,
            ParserPool(settings.read) as parsers,
            FeedParserPool(settings.read) as feed_parsers,
        ):
            if fetchers.unverified or not settings.fetch.verify_tls:
                whose = sorted(fetchers.unverified) if settings.fetch.verify_tls else "every source"
                self._log.warning("certificates_not_verified", sources=whose)
            tasks = [asyncio.create_task(part) for part in self._parts(fetchers, parsers, feed_parsers)]
            stopping = asyncio.create_task(stop.wait())
            try:
                done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
                for task in done - {stopping}:
                    task.result()
            finally:
                await cancel_all([*tasks, stopping])
                for database in self._databases:
                    with contextlib.suppress(Exception):
                        await database.close()
                if self._archive is not None:
                    self._archive.close()

    def _parts(
        self, fetchers: FetcherPool, parsers: ParserPool, feed_parsers: FeedParserPool
    ) -> list[Coroutine[Any, Any, None]]:
        """Build everything that runs side by side until the service stops."""
        settings, outage = self._settings, OutageLog(self._log)
        # Submitted inputs share one worker and keep their order, stored ones share another; URLs have workers of their
        # own, because each blocks on a remote host.
        groups = [
            (SUBMITTED, settings.work.batch),
            (STORED, settings.work.batch),
            *[((InputKind.URL,), 1)] * settings.work.fetchers,
        ]
        loader = Loader(fetchers, settings.archive.folder)
        self._workers = [
            Worker(
                self._database(held=True), kinds, batch, settings.work, loader, parsers, FeedExpander(feed_parsers),
                self._archive, self._backpressure, outage,
            )
            for kinds, batch in groups
        ]  # fmt: skip
        splitter = Splitter(
            self._database(held=True), settings.work.lease_s, settings.fetch.max_bytes, self._backpressure, outage
        )
        housekeeping = Housekeeping(self._database(), self._archive, self._sources, settings)
        maintenance = Maintenance(self._database(), self._archive)
        parts = [
            self._heartbeat.run(), self._backpressure.run(), self._relay.run(), housekeeping.run(), splitter.run(),
            maintenance.run(),
        ]  # fmt: skip
        parts += [worker.run() for worker in self._workers]
        if any(source.folders for source in self._sources):
            parts.append(FolderWatcher(self._database(), settings.sources, self._sources).run())
        if self._push is not None:
            parts.append(self._push.run())
        held = [worker.held for worker in self._workers]
        if self._sources:
            poller = Poller(
                self._database(held=True), settings.sources, settings.work, fetchers, feed_parsers, self._sources,
                self._backpressure,
            )  # fmt: skip
            parts.append(poller.run())
            held.append(poller.held)
        parts.append(LeaseRenewal(self._database(), held, settings.work.lease_s, outage).run())
        return parts

    @property
    def loop_ran_at(self) -> float:
        """Monotonic time at which the event loop last ran; may be read from any thread."""
        return self._heartbeat.ran_at

    def live(self) -> Mapping[str, Check]:
        """Return the parts of liveness."""
        return {"event_loop": self._heartbeat.check()}

    def ready(self) -> Mapping[str, Check]:
        """Return the parts of readiness: inputs are worked, and what is committed reaches Kafka."""
        problems = [worker.problem for worker in self._workers] or ["starting"]
        queue = next((problem for problem in problems if problem), None)
        push = {} if self._push is None else {"push": _push_check(self._push.address)}
        return {
            **push,
            "inputs": Check(queue is None, queue or "inputs are worked"),
            "outbox": Check(not self._backpressure.full, self._backpressure.problem or "the outbox has capacity"),
            "relay": Check(self._relay.problem is None, self._relay.problem or "the outbox reaches Kafka"),
        }

    def _database(self, held: bool = False) -> Database:
        database = ingest_database(self._settings.postgres.conninfo(), uuid.uuid4().hex if held else None)
        self._databases.append(database)
        return database


def outbox_backpressure(database: Database, settings: OutboxSettings) -> Backpressure:
    """Build the backpressure that stops the intake while the outbox is full."""
    return Backpressure(
        database, OUTBOX, stage=STAGE, max_records=settings.most_records, max_bytes=settings.most_mib * 2**20
    )


def _relay(database: Database, settings: Settings) -> Relay:
    heartbeat = PeriodicTask(settings.heartbeat.every_s, _put_heartbeat) if settings.heartbeat.every_s else None
    return Relay(settings.kafka, database, OUTBOX, stage=STAGE, topics=[ARTICLE], lock=RELAY_LOCK, periodic=heartbeat)


async def _put_heartbeat(connection: Connection) -> None:
    await put(connection, heartbeat_article(datetime.now(UTC)))


async def cancel_all(tasks: Sequence[asyncio.Task[Any]], interval_s: float = _CANCEL_INTERVAL_S) -> None:
    """Cancel tasks until all have ended, again every ``interval_s`` seconds; their exceptions are dropped.

    Once is not enough: before Python 3.12 ``asyncio.wait_for`` swallows a cancellation that comes at the moment at
    which the awaited task ends.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=interval_s)
    await asyncio.gather(*tasks, return_exceptions=True)


def _push_check(address: str | None) -> Check:
    return Check(address is not None, f"pushes are accepted at {address}" if address else "the port is not open yet")


def _archive(settings: Settings) -> Archive | None:
    folder = settings.archive.folder
    if folder is None:
        return None
    try:
        return Archive(folder, settings.archive.segment_mib * 2**20)
    except OSError as error:
        raise SettingsError(f"QUOTEWIRE_ARCHIVE__FOLDER: {folder}: {error.strerror}") from error

"""The worker: leases inputs, reads them, and commits revision, outbox and outcome in one transaction."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from quotewire_ingest.archive.reparse import raw_document, reread
from quotewire_ingest.archive.warc import read_place
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.fetch.pool import FetcherPool
from quotewire_ingest.fetch.ssrf import check_url
from quotewire_ingest.hints import Hints
from quotewire_ingest.identity import article_id_of_url
from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.outcome import STAGE, Decision
from quotewire_ingest.parse.pool import ParserPool, parse_or_reject
from quotewire_ingest.publish import revisions
from quotewire_ingest.queue import host_leases, inputs
from quotewire_ingest.queue.host_leases import HostLease
from quotewire_ingest.queue.inputs import ADDRESS, KEPT, LIFT, REREAD, WARC_RECORD, WITHDRAW, LeasedInput
from quotewire_ingest.rejection import Rejected, RejectedInput, RejectionReason
from quotewire_ingest.settings import WorkSettings
from quotewire_ingest.sources.expand import follow
from quotewire_ingest.sources.feed_pool import FeedDocument, FeedParserPool
from quotewire_ingest.sources.feeds import Feed, looks_like_feed
from quotewire_ingest.urls import is_url, registrable_domain
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable, ValuesRejected
from quotewire_runtime.postgres.retry import retry_until_available

# Seconds between two looks at the queue where no notification comes.
_LOOK_EVERY_S = 1.0
# The same for addresses: the end of a host's pause notifies nobody.
_LOOK_FOR_HOSTS_S = 0.25
# Seconds between two counts of what waits: a count reads all of it.
_COUNT_EVERY_S = 10.0
# Asked again after these seconds, times the attempts so far.
_ASK_AGAIN_S = 30.0
_WORTH_ANOTHER = (
    RejectionReason.UNREACHABLE,
    RejectionReason.TIMEOUT,
    RejectionReason.TRUNCATED,
    RejectionReason.STATUS,
)

T = TypeVar("T")

Result = ParsedArticle | RejectedInput | Feed | None
Read = tuple[LeasedInput, Document | None, Result]


class Worker:
    """Works the queue until cancelled; waits for PostgreSQL, room in the outbox and on the disk as long as it takes."""

    def __init__(
        self,
        database: Database,
        kinds: Sequence[str],
        batch: int,
        settings: WorkSettings,
        readers: ParserPool,
        feeds: FeedParserPool,
        fetchers: FetcherPool,
        archive: Archive | None,
        room: Backpressure,
        wait: OutageLog,
    ) -> None:
        """Take part in the queue as the holder of ``database``; ``wait`` is shared: what is away is told once."""
        self._database, self._kinds, self._batch, self._settings = database, kinds, batch, settings
        self._readers, self._fetchers, self._archive = readers, fetchers, archive
        self._room, self._feeds = room, feeds
        self._holder = database.holder or ""
        self._log = logs.get_logger("ingest")
        self._wait = wait
        self._recovered_at = self._counted_at = -math.inf
        self._last_host = ""
        self._turn: HostLease | None = None
        self.problem: str | None = "starting"
        """Why nothing can be worked now, or None."""

    async def run(self) -> None:
        """Lease, read, commit, for ever."""
        while True:
            await self._room.wait_for_capacity()
            leased = await self._retry(self._lease)
            if not leased:
                await self._retry(self._notified)
                continue
            began = time.monotonic()
            try:
                read = await asyncio.gather(*(self._read(item) for item in leased))
                await self._retry(lambda: self._commit(read, began))  # noqa: B023  # called before the next turn
            except asyncio.CancelledError:
                with contextlib.suppress(DatabaseUnavailable):  # they come free with our session anyway
                    async with self._database.transaction() as connection:
                        await inputs.give_back(connection, [item.input_id for item in leased])
                raise

    async def _retry(self, attempt: Callable[[], Awaitable[T]]) -> T:
        return await retry_until_available(attempt, outage=self._wait, report=self._set_problem)

    def _set_problem(self, problem: str | None) -> None:
        self.problem = problem

    async def _lease(self) -> list[LeasedInput]:
        async with self._database.transaction() as connection:
            if time.monotonic() - self._recovered_at > _LOOK_EVERY_S:
                await inputs.recover(connection, self._holder)
                self._recovered_at = time.monotonic()
            if self._kinds != (ADDRESS,) and time.monotonic() - self._counted_at > _COUNT_EVERY_S:
                metrics.INPUTS_WAITING.labels(STAGE).set(await inputs.waiting(connection))
                self._counted_at = time.monotonic()
            lease_s = self._settings.lease_s
            if self._kinds != (ADDRESS,):
                return await inputs.lease(connection, self._holder, self._kinds, self._batch, lease_s)
            taken = await host_leases.take(connection, self._holder, lease_s, after=self._last_host)
            self._turn = taken[1] if taken else None
            self._last_host = self._turn.host if self._turn else ""
            return [taken[0]] if taken else []

    async def _notified(self) -> None:
        pause = _LOOK_FOR_HOSTS_S if self._kinds == (ADDRESS,) else _LOOK_EVERY_S
        async with self._database.connection() as connection:
            await connection.execute(f"LISTEN {inputs.CHANNEL}")
            async for _ in connection.notifies(timeout=pause, stop_after=1):
                break

    async def _read(self, item: LeasedInput) -> Read:
        if item.kind in (WITHDRAW, LIFT):
            return item, None, None
        if item.kind in KEPT:
            return await self._read_kept(item)
        if item.kind != ADDRESS:
            document = item.document()
            return item, document, await parse_or_reject(document, self._readers)
        try:
            document = await self._fetch(item)
        except Rejected as refused:
            return item, None, RejectedInput(item.name, refused.reason, refused.message)
        if looks_like_feed(document.body):
            return item, document, await self._feed(document)
        return item, document, await parse_or_reject(document, self._readers)

    async def _read_kept(self, item: LeasedInput) -> Read:
        """Read a record where it lies: in a WARC file that was handed over, or in our archive."""
        most = self._fetchers.max_bytes
        try:
            if item.kind == WARC_RECORD:
                place = item.stated
                path = Path(place["file"])
                document = await asyncio.to_thread(
                    read_place, path, place["start"], place["length"], item.source_id, most
                )
            elif self._archive is None:
                raise Rejected(
                    RejectionReason.MISSING, "no raw bytes are kept here: QUOTEWIRE_ARCHIVE__FOLDER is not set"
                )
            else:
                document = await asyncio.to_thread(raw_document, item, self._archive.folder, most)
        except Rejected as refused:
            return item, None, RejectedInput(item.name, refused.reason, refused.message)
        except OSError as error:
            words = f"the file cannot be read where ingest runs: {(error.strerror or type(error).__name__).lower()}"
            return item, None, RejectedInput(item.name, RejectionReason.UNREADABLE_FILE, words)
        return item, document, await parse_or_reject(document, self._readers)

    async def _feed(self, document: Document) -> Feed | RejectedInput:
        """A feed that was named as an input: what it names is queued in the same job."""
        try:
            return await self._feeds.parse(FeedDocument(document.body, document.url or "", document.fetched_at))
        except Rejected as refused:
            return RejectedInput(document.name, refused.reason, refused.message)

    async def _fetch(self, item: LeasedInput) -> Document:
        """Ask for an address in its host's turn, and end the turn."""
        began = time.monotonic()
        fetcher = self._fetchers.for_source(item.source_id)
        try:
            answer = await fetcher.fetch_page(item.name)
        except Rejected as refused:
            metrics.FETCHES.labels(STAGE, str(refused.reason)).inc()
            raise
        finally:
            await self._end_turn(fetcher.cached_crawl_delay(item.name), time.monotonic() - began)
        metrics.FETCHES.labels(STAGE, "ok").inc()
        final = check_url(answer.url, allow_private=True).hostname or ""
        return Document(
            item.name,
            answer.body,
            DocumentKind.HTML,
            item.source_id or registrable_domain(final),
            None,
            answer.fetched_at,
            url=answer.url,
            charset=answer.charset,
            robots_header=answer.headers.get("x-robots-tag"),
            http_headers=tuple(answer.headers.items()),
            hints=Hints.from_json(item.stated),
        )

    async def _end_turn(self, crawl_delay_s: float | None, took_s: float) -> None:
        turn, self._turn = self._turn, None
        if turn is None:
            return
        pause = host_leases.pause_after(self._settings.host_pause_s, crawl_delay_s, took_s)
        with contextlib.suppress(DatabaseUnavailable):  # the turn then ends by itself
            async with self._database.transaction() as connection:
                await host_leases.end(connection, turn, pause)

    async def _commit(self, read: Sequence[Read], began: float) -> None:
        """Commit all of a batch at once; where the database rejects a value of one, each by itself."""
        try:
            try:
                await self._commit_together(read, began)
            except ValuesRejected:
                for one in read:
                    await self._commit_alone(one, began)
        except OSError as error:
            raise UnavailableError(f"the archive cannot be written: {error.strerror or error}") from error

    async def _commit_alone(self, one: Read, began: float) -> None:
        try:
            await self._commit_together([one], began)
        except ValuesRejected as error:
            message = f"the database refuses it: {str(error)[:200]}"
            failed = RejectedInput(one[0].name, RejectionReason.INVALID, message)
            await self._commit_together([(one[0], None, failed)], began)

    async def _commit_together(self, read: Sequence[Read], began: float) -> None:
        told: list[tuple[LeasedInput, Decision]] = []
        async with self._database.transaction() as connection:
            for item, document, result in read:
                if self._again(item, result):
                    await inputs.postpone(connection, item.input_id, _ASK_AGAIN_S * item.attempts)
                    continue
                decision = await self._decide(connection, item, document, result)
                if await inputs.finish(connection, item.input_id, decision):
                    told.append((item, decision))
            if self._archive is not None:
                await asyncio.to_thread(self._archive.flush)
        duration = (time.monotonic() - began) / max(1, len(read))
        for item, decision in told:
            self._tell(item, decision, duration)

    def _again(self, item: LeasedInput, result: Result) -> bool:
        if item.kind != ADDRESS or not isinstance(result, RejectedInput) or item.attempts >= self._settings.attempts:
            return False
        return result.reason in _WORTH_ANOTHER and not result.message.startswith("the server answers 4")

    async def _decide(
        self, connection: Connection, item: LeasedInput, document: Document | None, result: Result
    ) -> Decision:
        try:
            if isinstance(result, RejectedInput):
                return Decision(Outcome.REJECTED, None, None, result.reason, result.message)
            if isinstance(result, Feed):
                return await follow(connection, item, result)
            if result is not None and item.kind == REREAD:
                return await reread(connection, item, result)
            if result is not None and document is not None:
                return await revisions.publish(connection, result, document, self._archive, item.origin)
            article_id = article_id_of_url(item.name) if is_url(item.name) else item.name
            if item.kind == LIFT:
                return await revisions.lift(connection, article_id)
            return await revisions.withdraw(connection, article_id, str(item.stated.get("why", "")), self._archive)
        except Rejected as refused:
            return Decision(Outcome.REJECTED, None, None, refused.reason, refused.message)
        except ValueError as error:  # an address that is none
            return Decision(Outcome.REJECTED, None, None, RejectionReason.BAD_ADDRESS, str(error))

    def _tell(self, item: LeasedInput, decision: Decision, seconds: float) -> None:
        """The one count and the one canonical line of an input."""
        metrics.ARTICLES.labels(STAGE, decision.outcome).inc()
        metrics.DURATION.labels(STAGE).observe(seconds)
        metrics.LAST_PROCESSED.labels(STAGE).set(time.time())
        facts = {"reason": decision.reason and str(decision.reason), "message": decision.message}
        self._log.info(
            "article", outcome=str(decision.outcome), article_id=decision.article_id, revision=decision.revision,
            duration_ms=round(seconds * 1000, 1), input=item.name, source_id=item.source_id,
            **{name: value for name, value in facts.items() if value},
        )  # fmt: skip

"""Serve the port to which articles are pushed: `POST /v1/articles`, and `GET /v1/jobs/JOB` for their outcomes.

A response of 202 is given after the commit, never before: what it promises survives any crash. The articles are parsed
as they came; the URLs in them are never fetched.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from quotewire_ingest.crash import CrashSite, crashes_rejected
from quotewire_ingest.decision import STAGE
from quotewire_ingest.model import Document
from quotewire_ingest.push import idempotency
from quotewire_ingest.push.payload import PushRejected
from quotewire_ingest.push.payload_pool import Payload, PayloadPool
from quotewire_ingest.push.slots import NoSlot, Slots
from quotewire_ingest.push.tokens import Tokens
from quotewire_ingest.queue import inputs
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import PushSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources.feed_table import save_yield
from quotewire_runtime.errors import SettingsError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.postgres.connection import Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable
from quotewire_runtime.workers.pool import WorkersBroken

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
# Seconds after which a rejected push may come again: a broker that restarts is back by then.
_RETRY_AFTER_S = 30
# Bodies in memory at a time: each grows up to the limit for as long as its sender takes, and stays for as long as
# PostgreSQL takes. Requests that wait for one of these places have only sent their head; more are turned away.
_MAX_BODIES, _MAX_WAITING, _MAX_WAIT_S = 8, 64, 10.0


class PushServer:
    """Accepts pushes until cancelled."""

    def __init__(
        self, database: Database, settings: PushSettings, sources: Sequence[Source], backpressure: Backpressure,
        parsers: PayloadPool,
    ) -> None:  # fmt: skip
        """Raise ``SettingsError`` where tokens are missing or wrong."""
        self._database, self._settings, self._backpressure = database, settings, backpressure
        self._parsers = parsers
        self._tokens = Tokens(sources, settings.tokens)
        if not len(self._tokens):
            raise SettingsError(
                "QUOTEWIRE_PUSH__PORT: nobody may push: give a source push_sha256 in sources.yaml,"
                " or its token in QUOTEWIRE_PUSH__TOKENS"
            )
        self._outlets = {source.id: source.outlet for source in sources}
        self._slots = Slots(_MAX_BODIES, _MAX_WAITING, _MAX_WAIT_S)
        self._transaction = asyncio.Lock()  # requests come side by side, and the database is for one task at a time
        self._log = logs.get_logger("push")
        self.address: str | None = None
        """Where it listens, or None while it does not."""

    async def run(self) -> None:
        """Listen until cancelled. Raises ``SettingsError`` where the port cannot be opened."""
        app = web.Application(client_max_size=self._settings.max_mib * 2**20)
        app.add_routes([web.post("/v1/articles", self._post_articles), web.get("/v1/jobs/{job}", self._get_job)])
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=30, shutdown_timeout=5)
        await runner.setup()
        await self._parsers.start()
        try:
            site = web.TCPSite(runner, self._settings.host, self._settings.port)
            try:
                await site.start()
            except OSError as error:
                raise SettingsError(f"QUOTEWIRE_PUSH__PORT: {self._settings.port}: {error.strerror}") from error
            host, port = runner.addresses[0][:2]
            self.address = f"http://{host}:{port}"
            self._log.info("push_listening", address=self.address)
            await asyncio.Event().wait()
        finally:
            self.address = None
            await runner.cleanup()
            await self._parsers.stop()

    async def _post_articles(self, request: web.Request) -> web.Response:
        try:
            with crashes_rejected(CrashSite.PUSH, request.path):
                return await self._accept(request)
        except Rejected as rejected:
            return _counted(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": rejected.message})

    async def _accept(self, request: web.Request) -> web.Response:
        source_id: str | None = None
        try:
            source_id = self._source_of(request)
            if self._backpressure.full:
                raise _unavailable(self._backpressure.problem or "the outbox is full")
            key = _idempotency_key(request)
            self._check_length(request)
            try:
                async with self._slots.slot():
                    job, articles, repeated = await self._receive_and_enqueue(request, source_id, key)
            except NoSlot as error:
                raise _unavailable("too many requests at a time") from error
        except PushRejected as rejected:
            self._log.info("push_rejected", source_id=source_id, status=int(rejected.status), why=rejected.message)
            return _counted(rejected.status, rejected.body())
        facts = {"job": str(job), "articles": articles, "repeated": repeated}
        self._log.info("push_accepted", source_id=source_id, status=int(HTTPStatus.ACCEPTED), **facts)
        return _counted(HTTPStatus.ACCEPTED, {"source_id": source_id, **facts})

    async def _get_job(self, request: web.Request) -> web.Response:
        try:
            source_id = self._source_of(request)
            job = uuid.UUID(request.match_info["job"])
            async with self._transaction, self._database.transaction() as connection:
                total, outcomes = await inputs.count_outcomes(connection, job)
                finished = await inputs.finished_with_message(connection, job)
                own = await inputs.count_in_job_of_source(connection, job, source_id)
        except PushRejected as rejected:
            return _json(rejected.status, rejected.body())
        except ValueError:
            return _json(HTTPStatus.NOT_FOUND, {"error": HTTPStatus.NOT_FOUND.phrase})
        except DatabaseUnavailable:
            return _json(HTTPStatus.SERVICE_UNAVAILABLE, {"error": HTTPStatus.SERVICE_UNAVAILABLE.phrase})
        if not own:
            return _json(HTTPStatus.NOT_FOUND, {"error": "no such job"})
        problems = [
            {"input": one.name, "outcome": one.outcome, "message": one.message}
            for one in finished
            if one.name.startswith(f"push:{source_id}")
        ]
        return _json(HTTPStatus.OK, {"job": str(job), "articles": total, "outcomes": outcomes, "problems": problems})

    def _source_of(self, request: web.Request) -> str:
        source_id = self._tokens.source_of(request.headers.get("Authorization", ""))
        if source_id is None:
            raise PushRejected(HTTPStatus.UNAUTHORIZED, "no valid bearer token", "Authorization")
        return source_id

    async def _receive_and_enqueue(
        self, request: web.Request, source_id: str, key: str | None
    ) -> tuple[uuid.UUID, int, bool]:
        """Receive a request and put its articles into the queue; return the job, their number, whether it is known."""
        body = await self._receive(request)
        now = datetime.now(UTC)
        payload = Payload(body, request.content_type, source_id, self._outlets.get(source_id), now)
        documents = await self._parse(payload)
        job, repeated = await self._enqueue(source_id, key, body, documents, now)
        return job, len(documents), repeated

    def _check_length(self, request: web.Request) -> None:
        if (request.content_length or 0) > self._settings.max_mib * 2**20:
            raise self._too_large()

    def _too_large(self) -> PushRejected:
        return PushRejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {self._settings.max_mib} MiB")

    async def _receive(self, request: web.Request) -> bytes:
        """Receive the body of a request. Raises ``PushRejected``: 400, 408, 413."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            raise self._too_large() from error
        except TimeoutError as error:
            raise PushRejected(HTTPStatus.REQUEST_TIMEOUT, "the body did not come in time") from error
        except web.HTTPException as error:
            raise PushRejected(HTTPStatus.BAD_REQUEST, f"the body cannot be read: {error.reason}") from error
        except (web.RequestPayloadError, HttpProcessingError, ConnectionError) as error:
            raise PushRejected(HTTPStatus.BAD_REQUEST, "the body ends too early, or is no valid HTTP") from error

    async def _parse(self, payload: Payload) -> list[Document]:
        """Parse the articles of a push. Raises ``PushRejected``, and ``Rejected`` (``crash``)."""
        try:
            found = await self._parsers.parse(payload)
        except Rejected as rejected:
            if rejected.reason is RejectionReason.CRASH:
                raise
            raise PushRejected(HTTPStatus.BAD_REQUEST, rejected.message) from rejected
        except WorkersBroken as error:
            raise _unavailable(str(error)) from error
        if isinstance(found, PushRejected):
            raise found
        return found

    async def _enqueue(
        self, source_id: str, key: str | None, body: bytes, documents: Sequence[Document], now: datetime
    ) -> tuple[uuid.UUID, bool]:
        """Put the articles into the queue; return the job, and whether an earlier request was the same."""
        job = uuid.uuid4()
        try:
            async with self._transaction, self._database.transaction() as connection:
                if key is not None:
                    earlier = await idempotency.claim(connection, source_id, key, body, job, len(documents))
                    if earlier is not None:
                        return earlier, True
                await inputs.enqueue(connection, job, documents)
                await save_yield(connection, f"push:{source_id}", len(documents), now)
        except idempotency.KeyReused as error:
            message = "this key came with another body before"
            raise PushRejected(HTTPStatus.UNPROCESSABLE_ENTITY, message, "Idempotency-Key") from error
        except DatabaseUnavailable as error:
            self._log.warning("push_database_unavailable", source_id=source_id, why=str(error))
            raise _unavailable("the database is unavailable") from error
        return job, False


def _idempotency_key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise PushRejected(HTTPStatus.BAD_REQUEST, "1 to 200 visible ASCII characters", "Idempotency-Key")
    return key


def _unavailable(why: str) -> PushRejected:
    return PushRejected(HTTPStatus.SERVICE_UNAVAILABLE, f"come again later: {why}")


def _counted(status: HTTPStatus, body: Mapping[str, object]) -> web.Response:
    metrics.PUSHES.labels(STAGE, str(int(status))).inc()
    return _json(status, body)


def _json(status: HTTPStatus, body: Mapping[str, object]) -> web.Response:
    headers: dict[str, str] = {}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": str(_RETRY_AFTER_S)}
    elif status is HTTPStatus.UNAUTHORIZED:
        headers = {"WWW-Authenticate": "Bearer"}
    return web.json_response(body, status=status, headers=headers)

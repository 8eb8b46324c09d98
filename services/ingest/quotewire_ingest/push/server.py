"""The port to which articles are pushed: `POST /v1/articles`, and `GET /v1/jobs/JOB` for what became of them.

An answer of 202 is given after the commit, never before: what it promises survives any crash. What is handed over is
read, and no address in it is ever asked for.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from aiohttp import web

from quotewire_ingest.model import Document
from quotewire_ingest.outcome import STAGE
from quotewire_ingest.push.payload import PushRejected, articles_of
from quotewire_ingest.push.tokens import Tokens
from quotewire_ingest.queue import inputs
from quotewire_ingest.settings import PushSettings
from quotewire_ingest.source import Source
from quotewire_ingest.sources.state import note_yield
from quotewire_runtime.errors import SettingsError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.outbox.backpressure import Backpressure
from quotewire_runtime.postgres.connection import Connection, Database
from quotewire_runtime.postgres.errors import DatabaseUnavailable

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
# Days for which a key is remembered: whoever repeats a request later means another one.
_KEYS_KEPT = "7 days"
RETRY_AFTER_S = 30
"""Seconds after which a rejected client may try again: a broker that restarts is back by then."""
# Pushes in work at a time, each with its body in memory.
_AT_ONCE = 8


class PushServer:
    """Takes pushes until cancelled."""

    def __init__(self, database: Database, settings: PushSettings, wish: Sequence[Source], room: Backpressure) -> None:
        """Raise ``SettingsError`` where tokens are missing or wrong."""
        self._database, self._settings, self._room = database, settings, room
        self._tokens = Tokens(wish, settings.tokens)
        if not len(self._tokens):
            raise SettingsError(
                "QUOTEWIRE_PUSH__PORT: nobody may push: give a source push_sha256 in sources.yaml,"
                " or its token in QUOTEWIRE_PUSH__TOKENS"
            )
        self._outlets = {source.id: source.outlet for source in wish}
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._one_transaction = asyncio.Lock()
        self._log = logs.get_logger("push")
        self.address: str | None = None
        """Where it listens, or None while it does not."""

    async def run(self) -> None:
        """Listen until cancelled. Raises ``SettingsError`` where the port cannot be had."""
        app = web.Application(client_max_size=self._settings.max_mib * 2**20)
        app.add_routes([web.post("/v1/articles", self._push), web.get("/v1/jobs/{job}", self._job)])
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=30, shutdown_timeout=5)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._settings.host, self._settings.port)
            try:
                await site.start()
            except OSError as error:
                raise SettingsError(f"QUOTEWIRE_PUSH__PORT: {self._settings.port}: {error.strerror}") from error
            host, port = runner.addresses[0][:2]
            self.address = f"http://{host}:{port}"
            self._log.info("listening", address=self.address)
            await asyncio.Event().wait()
        finally:
            self.address = None
            await runner.cleanup()

    async def _push(self, request: web.Request) -> web.Response:
        source_id: str | None = None
        facts: dict[str, object] = {}
        try:
            source_id = self._source_of(request)
            if self._room.full:
                raise _turned_away(self._room.problem or "the outbox is full")
            key = _key_of(request)
            body = await self._body(request)
            now = datetime.now(UTC)
            documents = await asyncio.to_thread(
                articles_of, body, request.content_type, source_id, self._outlets.get(source_id), now
            )
            job, repeated = await self._commit(source_id, key, body, documents, now)
        except PushRejected as refused:
            return self._answer(refused.status, refused.body(), source_id, why=refused.message)
        facts = {"job": str(job), "articles": len(documents), "repeated": repeated}
        return self._answer(HTTPStatus.ACCEPTED, {"source_id": source_id, **facts}, source_id, **facts)

    async def _job(self, request: web.Request) -> web.Response:
        try:
            source_id = self._source_of(request)
            job = uuid.UUID(request.match_info["job"])
            async with self._one_transaction, self._database.transaction() as connection:
                total, outcomes = await inputs.standing(connection, job)
                told = [
                    one for one in await inputs.remarkable(connection, job) if one.name.startswith(f"push:{source_id}")
                ]
                cursor = await connection.execute(
                    "SELECT count(*) FROM ingest.inputs WHERE job = %s AND source_id = %s", (job, source_id)
                )
                own = (await cursor.fetchone() or (0,))[0]
        except PushRejected as refused:
            return web.json_response(refused.body(), status=refused.status, headers=_headers_for(refused.status))
        except (ValueError, DatabaseUnavailable) as error:
            status = HTTPStatus.NOT_FOUND if isinstance(error, ValueError) else HTTPStatus.SERVICE_UNAVAILABLE
            return web.json_response({"error": status.phrase}, status=status, headers=_headers_for(status))
        if not own:
            return web.json_response({"error": "no such job"}, status=HTTPStatus.NOT_FOUND)
        problems = [{"input": one.name, "outcome": one.outcome, "message": one.message} for one in told]
        return web.json_response({"job": str(job), "articles": total, "outcomes": outcomes, "problems": problems})

    def _source_of(self, request: web.Request) -> str:
        source_id = self._tokens.source_of(request.headers.get("Authorization", ""))
        if source_id is None:
            raise PushRejected(HTTPStatus.UNAUTHORIZED, "no valid bearer token", "Authorization")
        return source_id

    async def _body(self, request: web.Request) -> bytes:
        most = self._settings.max_mib * 2**20
        too_large = PushRejected(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {self._settings.max_mib} MiB"
        )
        if (request.content_length or 0) > most:
            raise too_large
        try:
            async with self._free, asyncio.timeout(self._settings.timeout_s):
                return await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            raise too_large from error
        except TimeoutError as error:
            raise PushRejected(HTTPStatus.REQUEST_TIMEOUT, "the body did not come in time") from error
        except web.HTTPException as error:
            raise PushRejected(HTTPStatus.BAD_REQUEST, f"the body cannot be read: {error.reason}") from error

    async def _commit(
        self, source_id: str, key: str | None, body: bytes, documents: Sequence[Document], now: datetime
    ) -> tuple[uuid.UUID, bool]:
        """Put the articles into the queue; the job, and whether the same request had done so before."""
        job = uuid.uuid4()
        try:
            async with self._one_transaction, self._database.transaction() as connection:
                if key is not None:
                    known = await _remembered(connection, source_id, key, body, job, len(documents))
                    if known is not None:
                        return known, True
                await inputs.enqueue(connection, job, documents)
                await note_yield(connection, f"push:{source_id}", len(documents), now)
        except DatabaseUnavailable as error:
            self._log.warning("turned away", source_id=source_id, why=str(error))
            raise _turned_away("the database is away") from error
        return job, False

    def _answer(
        self, status: HTTPStatus, body: Mapping[str, object], source_id: str | None, **facts: object
    ) -> web.Response:
        metrics.PUSHES.labels(STAGE, str(int(status))).inc()
        self._log.info("push", source_id=source_id, status=int(status), **facts)
        return web.json_response(body, status=status, headers=_headers_for(status))


async def forget(connection: Connection) -> None:
    """Forget old idempotency keys."""
    await connection.execute("DELETE FROM ingest.pushes WHERE received_at < now() - %s::interval", (_KEYS_KEPT,))


async def _remembered(
    connection: Connection, source_id: str, key: str, body: bytes, job: uuid.UUID, articles: int
) -> uuid.UUID | None:
    """The job of an earlier request with this key; of two at the same time, the second waits for the first.

    Raises ``PushRejected`` (422) where the earlier one held something else.
    """
    digest = hashlib.sha256(body).hexdigest()
    cursor = await connection.execute(
        "INSERT INTO ingest.pushes (source_id, key, sha256, job, articles) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (source_id, key, digest, job, articles),
    )
    if cursor.rowcount:
        return None
    cursor = await connection.execute(
        "SELECT sha256, job FROM ingest.pushes WHERE source_id = %s AND key = %s", (source_id, key)
    )
    earlier, known = await cursor.fetchone() or (digest, job)
    if earlier != digest:
        raise PushRejected(HTTPStatus.UNPROCESSABLE_ENTITY, "this key came with another body before", "Idempotency-Key")
    return uuid.UUID(str(known))


def _key_of(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise PushRejected(HTTPStatus.BAD_REQUEST, "1 to 200 visible ASCII characters", "Idempotency-Key")
    return key


def _turned_away(why: str) -> PushRejected:
    return PushRejected(HTTPStatus.SERVICE_UNAVAILABLE, f"come again later: {why}")


def _headers_for(status: HTTPStatus) -> dict[str, str]:
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(RETRY_AFTER_S)}
    return {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}

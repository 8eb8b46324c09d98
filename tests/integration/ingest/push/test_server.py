"""Articles that are pushed: accepted after the commit, rejected with the field, never fetched."""

import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
import pytest
from aiohttp import web
from pydantic import SecretStr

from kit.eventually import eventually
from kit.ingest_without_kafka import Stream
from kit.ports import free_port
from kit.site import running_site
from quotewire_ingest.bootstrap import Ingest, outbox_backpressure
from quotewire_ingest.database import ingest_database
from quotewire_ingest.push import server as server_module
from quotewire_ingest.push.payload_pool import PayloadPool
from quotewire_ingest.push.server import PushServer
from quotewire_ingest.settings import OutboxSettings, ParserSettings, PushSettings, Settings
from quotewire_ingest.source import Source
from quotewire_runtime.errors import SettingsError

pytestmark = pytest.mark.integration

TOKEN = "a-token-of-the-harbour-post"
OTHER = "a-token-of-the-pier-gazette"
HASHED = "a-token-of-which-only-the-hash-is-known"
SOURCES = [
    Source(id="harbour-post", outlet="Harbour Post", push=True),
    Source(id="ferry-times", push_sha256=[hashlib.sha256(HASHED.encode()).hexdigest()]),
]
SETTINGS = PushSettings(
    port=0, max_mib=1, tokens={"harbour-post": SecretStr(TOKEN), "pier-gazette": SecretStr(OTHER)}, timeout_s=2
)
ARTICLE = {"id": "7", "title": "Ferry late", "text": "The ferry was late again, the harbour master Ilvane Morrec said."}
LINES = {"Content-Type": "application/x-ndjson"}


@asynccontextmanager
async def listening(dsn: str, outbox: OutboxSettings | None = None) -> AsyncIterator[httpx.AsyncClient]:
    databases = [ingest_database(dsn), ingest_database(dsn)]
    backpressure = outbox_backpressure(databases[0], outbox or OutboxSettings())
    server = PushServer(databases[1], SETTINGS, SOURCES, backpressure, PayloadPool(ParserSettings(deadline_s=5)))
    running = [asyncio.create_task(server.run()), asyncio.create_task(backpressure.run())]
    await eventually(lambda: server.address is not None)
    async with httpx.AsyncClient(
        base_url=server.address or "", headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False, timeout=30
    ) as client:
        yield client
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for database in databases:
        await database.close()


@pytest.fixture
async def client(postgres_dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    async with listening(postgres_dsn) as client:
        yield client


def queued(dsn: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT source_id, name, convert_from(body, 'UTF8') FROM ingest.inputs").fetchall()


async def test_an_article_is_in_the_queue_when_the_response_comes(client: httpx.AsyncClient, postgres_dsn: str) -> None:
    answer = await client.post("/v1/articles", json=ARTICLE)
    assert answer.status_code == 202
    [(source_id, name, body)] = queued(postgres_dsn)
    assert (source_id, name, json.loads(body)) == ("harbour-post", "push:harbour-post", ARTICLE)
    assert answer.json() == {
        "source_id": "harbour-post", "job": answer.json()["job"], "articles": 1, "repeated": False,
    }  # fmt: skip


async def test_lines_are_accepted_or_rejected_together(client: httpx.AsyncClient, postgres_dsn: str) -> None:
    lines = "\n".join(json.dumps({**ARTICLE, "id": str(number)}) for number in range(3))
    assert (await client.post("/v1/articles", content=lines, headers=LINES)).json()["articles"] == 3
    bad = lines + '\n\n{"text": "x", "published_at": "soon"}\n'
    answer = await client.post("/v1/articles", content=bad, headers=LINES)
    assert (answer.status_code, answer.json()["field"], answer.json()["line"]) == (400, "published_at", 5)
    assert len(queued(postgres_dsn)) == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "Ferry late"}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "a \ud800 b"}, "text"),
        ({"text": "x" * 300_000}, "text"),
        ({"text": "words", "url": "ftp://h.example/a"}, "url"),
        ({"text": "words", "authors": 7}, "authors"),
        ([1], None),
        ("{", None),
    ],
    ids=["none", "blank", "surrogate", "long", "url", "authors", "list", "broken"],
)
async def test_the_response_names_what_is_wrong(client: httpx.AsyncClient, body: object, field: str | None) -> None:
    content = body if isinstance(body, str) else json.dumps(body)
    answer = await client.post("/v1/articles", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json().get("field") == field
    assert len(answer.json()["error"]) > 3


@pytest.mark.parametrize("given", ["", "Bearer", f"Basic {TOKEN}", "Bearer nobody-knows-this-token", TOKEN])
async def test_without_a_token_nothing_is_accepted(client: httpx.AsyncClient, given: str, postgres_dsn: str) -> None:
    answer = await client.post("/v1/articles", json=ARTICLE, headers={"Authorization": given})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert queued(postgres_dsn) == []


async def test_a_token_counts_for_its_source_only(client: httpx.AsyncClient, postgres_dsn: str) -> None:
    answer = await client.post("/v1/articles", json={**ARTICLE, "source_id": "pier-gazette"})
    assert (answer.status_code, answer.json()["field"]) == (403, "source_id")
    theirs = {**ARTICLE, "type": "article", "article_id": "0" * 32, "source_id": "harbour-post"}
    assert (await client.post("/v1/articles", json=theirs)).status_code == 202
    for token, source_id in ((OTHER, "pier-gazette"), (HASHED, "ferry-times")):
        answer = await client.post("/v1/articles", json=ARTICLE, headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["source_id"] == source_id
    assert [row[0] for row in queued(postgres_dsn)] == ["harbour-post", "pier-gazette", "ferry-times"]
    assert "article_id" not in queued(postgres_dsn)[0][2]


async def test_too_large_a_body_is_rejected_however_it_is_sent(client: httpx.AsyncClient, postgres_dsn: str) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    bomb = gzip.compress(b" " * 50_000_000)
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    large = json.dumps({**ARTICLE, "text": "x" * 2**21})
    assert (
        await client.post("/v1/articles", content=large, headers={"Content-Type": "application/json"})
    ).status_code == 413
    assert (await client.post("/v1/articles", content=dripping(), headers=LINES)).status_code == 413
    assert (await client.post("/v1/articles", content=bomb, headers=packed)).status_code in (400, 413)
    many = "\n".join(json.dumps({"text": "a"}) for _ in range(1001))
    assert (await client.post("/v1/articles", content=many, headers=LINES)).status_code == 413
    assert (await client.post("/v1/articles", content=b"x", headers={"Content-Type": "text/plain"})).status_code == 415
    assert queued(postgres_dsn) == []


async def test_a_body_that_never_ends_times_out(client: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
    head = f"POST /v1/articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 100\r\n"
    writer.write(f"{head}Content-Type: application/json\r\n\r\n{{".encode())
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 30)
    writer.close()


async def test_the_same_key_with_the_same_body_is_queued_once(client: httpx.AsyncClient, postgres_dsn: str) -> None:
    key = {"Idempotency-Key": "run-17"}
    answers = await asyncio.gather(*(client.post("/v1/articles", json=ARTICLE, headers=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["job"] for answer in answers}) == 1
    assert sorted(answer.json()["repeated"] for answer in answers) == [False, True, True, True, True]
    assert len(queued(postgres_dsn)) == 1
    other = await client.post("/v1/articles", json={**ARTICLE, "text": "Other words."}, headers=key)
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
    theirs = await client.post("/v1/articles", json=ARTICLE, headers={**key, "Authorization": f"Bearer {OTHER}"})
    assert theirs.json()["repeated"] is False
    wrong = await client.post("/v1/articles", json=ARTICLE, headers={"Idempotency-Key": "a b"})
    assert wrong.status_code == 400


async def test_with_a_full_outbox_the_response_says_when_to_retry(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute("INSERT INTO ingest.outbox (topic, key, value, headers) VALUES ('t', 'k', 'v', '[]')")
    async with listening(postgres_dsn, OutboxSettings(most_records=1)) as client:

        async def full() -> bool:
            return (await client.post("/v1/articles", json=ARTICLE)).status_code == 503

        await eventually(full, within=30)
        answer = await client.post("/v1/articles", json=ARTICLE)
        assert (answer.status_code, int(answer.headers["retry-after"])) == (503, 30)
        assert "outbox is full" in answer.json()["error"]


async def test_without_a_database_the_response_says_when_to_retry() -> None:
    async with listening(f"postgresql://quotewire@127.0.0.1:{free_port()}/quotewire") as client:
        answer = await client.post("/v1/articles", json=ARTICLE)
    assert (answer.status_code, int(answer.headers["retry-after"])) == (503, 30)


async def test_wrong_tokens_end_the_start() -> None:
    database = ingest_database("postgresql://nobody")
    backpressure = outbox_backpressure(database, OutboxSettings())
    for settings, sources, message in (
        (PushSettings(port=0), [], "nobody may push"),
        (PushSettings(port=0, tokens={"a": SecretStr("short")}), [], "fewer than 16"),
        (SETTINGS, [Source(id="other", push=True)], "other awaits pushes"),
        (PushSettings(port=0, tokens={"a": SecretStr(TOKEN), "b": SecretStr(TOKEN)}), [], "one token"),
    ):
        with pytest.raises(SettingsError, match=message):
            PushServer(database, settings, sources, backpressure, PayloadPool(ParserSettings()))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    push = SETTINGS.model_copy(update={"port": free_port(), "tokens": {"harbour-post": SecretStr(TOKEN)}})
    return settings.model_copy(update={"push": push})


async def test_a_pushed_article_is_published_and_its_url_never_fetched(
    stream: Stream, settings: Settings, service: Ingest
) -> None:
    await eventually(lambda: service.ready()["push"].ok, within=60)
    async with running_site() as site, httpx.AsyncClient(trust_env=False) as client:
        pushed = {**ARTICLE, "url": f"{site.url}/a"}
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        base = f"http://127.0.0.1:{settings.push.port}"
        job = (await client.post(f"{base}/v1/articles", json=pushed)).json()["job"]

        async def done() -> bool:
            return bool((await client.get(f"{base}/v1/jobs/{job}")).json().get("outcomes") == {"published": 1})

        await eventually(done, within=60)
        assert (await client.get(f"{base}/v1/jobs/{'0' * 32}")).status_code == 404
        [article] = stream.records()
        assert (article.source_id, article.url, article.text) == ("harbour-post", pushed["url"], ARTICLE["text"])
        assert site.asked == []


async def test_while_postgresql_is_slow_few_bodies_wait_in_memory(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_MAX_WAIT_S", 0.3)
    receive, bodies, most = PushServer._receive, 0, 0

    async def counted(self: PushServer, request: web.Request) -> bytes:
        nonlocal bodies, most
        bodies += 1
        most = max(most, bodies)
        return await receive(self, request)

    monkeypatch.setattr(PushServer, "_receive", counted)
    async with listening(postgres_dsn) as client, await psycopg.AsyncConnection.connect(postgres_dsn) as other:
        await other.execute("LOCK TABLE ingest.inputs")
        pushes = [asyncio.create_task(client.post("/v1/articles", json=ARTICLE)) for _ in range(90)]
        await eventually(lambda: sum(push.done() for push in pushes) == 82)
        assert most == 8
        await other.rollback()
        answers = [await push for push in pushes]
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(202), statuses.count(503)) == (8, 82)
    assert {answer.headers["retry-after"] for answer in answers if answer.status_code == 503} == {"30"}
    assert len(queued(postgres_dsn)) == 8

"""Every way in at once, through all three services: each item leaves exactly one trace in PostgreSQL."""

from __future__ import annotations

import json
import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import httpx
import psycopg
import pytest

from kit.eventually import eventually
from kit.harbour_post import article
from kit.services import Services
from kit.site import Answer, Site, running_site
from kit.warcs import page, write_warc
from quotewire.local.ports import free_port
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_producer
from quotewire_schemas.topics import Topics

pytestmark = pytest.mark.integration

TOKEN = "a-token-of-the-ferry-times"

# The last part of each input's name, and what became of it: stored only where the store has the revision that ingest
# gave out, on its way until then. Files that were cut into their articles are inputs too, and not asked for here.
TRACES = """
SELECT regexp_replace(i.name, '^.*/', ''), CASE
    WHEN i.outcome = 'published' AND a.text IS NOT NULL AND a.revision = i.revision THEN 'stored'
    WHEN i.outcome = 'published' OR i.outcome IS NULL THEN 'on its way'
    WHEN i.outcome = 'rejected' THEN i.reason
    ELSE i.outcome END
FROM ingest.inputs i LEFT JOIN news.articles a USING (article_id) WHERE i.kind <> 'file'
"""


def line(name: str, text: str | None = None) -> str:
    """A line of JSON Lines."""
    told = text if text is not None else f"Ferry {name} sails at dawn, the harbour master Ilvane Morrec said on Monday."
    return json.dumps({"id": name, "title": f"Ferry {name}", "text": told}) + "\n"


def site_with_feed(site: Site) -> None:
    """Two articles, one that is gone and one that is a picture."""
    for name in ("dawn", "noon"):
        site.page(f"/{name}", article(name))
    site.page("/picture", b"\x89PNG\r\n\x1a\n" + bytes(100), Content_Type="image/png")
    links = "".join(f"<item><link>{site.url}/{name}</link></item>" for name in ("dawn", "noon", "gone", "picture"))
    feed = f"<rss version='2.0'><channel>{links}</channel></rss>".encode()
    site.answers["/feed"] = Answer(feed, headers={"Content-Type": "application/rss+xml"})


def write_folder(inbox: Path) -> None:
    """A text, a page, a file without words, and lines of which one is none."""
    inbox.mkdir()
    (inbox / "late.txt").write_text(
        "The ferry was late again, the harbour master Ilvane Morrec said on Monday.", "utf-8"
    )
    (inbox / "saved.html").write_text(article("saved"), "utf-8")
    (inbox / "blank.txt").write_text(" \n", "utf-8")
    (inbox / "watched.jsonl").write_text(line("watched") + "{\n", "utf-8")


def ingest_settings(folder: Path, site: Site, push_port: int) -> dict[str, str]:
    wish = folder / "sources.yaml"
    wish.write_text(
        f"sources:\n- {{id: harbour-post, feeds: ['{site.url}/feed']}}\n- {{id: ferry-times, push: true}}\n"
        f"- {{id: inbox, folders: ['{folder / 'inbox'}']}}\n",
        "utf-8",
    )
    return {
        "SOURCES__FILE": str(wish), "SOURCES__FOLDER_LOOK_S": "0.2", "SOURCES__FOLDER_SETTLE_S": "0",
        "FETCH__ALLOW_PRIVATE": "true", "FETCH__CONTACT": "mailto:desk@harbour-post.example",
        "WORK__HOST_PAUSE_S": "0", "WORK__ATTEMPTS": "1", "PUSH__PORT": str(push_port),
        "PUSH__TOKENS": json.dumps({"ferry-times": TOKEN}),
    }  # fmt: skip


async def push(port: int) -> None:
    """Two articles, and the second again: other words for it would be a revision, these are none."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/x-ndjson"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as client:
        answer = await client.post("/v1/articles", content=line("early") + line("pushed") + line("pushed"))
        assert (answer.status_code, answer.json()["articles"]) == (202, 3)
        refused = await client.post("/v1/articles", content=line("nothing", text=""))
        assert (refused.status_code, refused.json()["field"]) == (400, "text")  # never taken in: no trace


async def feed(services: Services, *paths: Path) -> str:
    """Hand files over as an operator does; what the command told."""
    command = await create_subprocess_exec(
        sys.executable, "-m", "quotewire", "ingest", *map(str, paths), env={**os.environ, **services.env()},
        stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE,
    )  # fmt: skip
    return (await command.communicate())[1].decode()


async def strange_record(services: Services) -> None:
    """Something on the topic that no ingest wrote."""
    producer = new_producer(KafkaSettings(bootstrap_servers=services.kafka, topic_prefix=services.prefix))
    await producer.start()
    await producer.send_and_wait(Topics(services.prefix).article, b"{", key=b"stranger")
    await producer.stop()


EXPECTED = {
    "push:ferry-times:1": ["stored"],
    "push:ferry-times:2": ["stored"],
    "push:ferry-times:3": ["unchanged"],
    "dawn": ["stored"],
    "noon": ["stored"],
    "gone": ["status"],
    "picture": ["not_a_page"],
    "late.txt": ["stored"],
    "saved.html": ["stored"],
    "blank.txt": ["blank"],
    "watched.jsonl:1": ["stored"],
    "watched.jsonl:2": ["not_json"],
    "fed.jsonl:1": ["stored"],
    "fed.jsonl:2": ["invalid"],
}
PAGES_OF_CRAWL = 3


@pytest.mark.timeout(300)
async def test_each_item_of_every_kind_leaves_one_trace(services: Services) -> None:
    folder = services.folder
    write_folder(folder / "inbox")
    fed = folder / "fed.jsonl"
    fed.write_text(line("fed") + '{"title": "no text"}\n', "utf-8")
    crawl = write_warc(folder / "crawl.warc.gz", [page(number) for number in range(PAGES_OF_CRAWL)])
    port = free_port()
    async with running_site() as site:
        site_with_feed(site)
        services.make("ingest", **ingest_settings(folder, site, port)).start()
        services.make("extract").start()
        services.make("store").start()
        for service in services.made:
            await eventually(lambda: service.get("/ready")[0] == 200, within=90)  # noqa: B023  # called before the next
        await strange_record(services)
        await push(port)
        told = await feed(services, crawl, fed)
        assert "fed.jsonl:2" in told

        with psycopg.connect(services.dsn, autocommit=True) as database:
            await eventually(lambda: as_expected(database), within=120)
            await eventually(lambda: database.execute("SELECT count(*) FROM news.dead_letters").fetchone() == (1,), 60)
            counted = "SELECT count(*), count(DISTINCT article_id), max(revision) FROM news.articles"
            stored = sum(trace == ["stored"] for trace in EXPECTED.values()) + PAGES_OF_CRAWL
            assert database.execute(counted).fetchone() == (stored, stored, 1)
            letters = "SELECT stage, reason, key, convert_from(value, 'UTF8') FROM news.dead_letters"
            assert database.execute(letters).fetchall() == [("extract", "not_json", "stranger", "{")]
            cut = "SELECT count(*), count(DISTINCT name), min(outcome), max(outcome) FROM ingest.inputs"
            assert database.execute(f"{cut} WHERE kind = 'file'").fetchone() == (
                5,
                5,
                "unchanged",
                "unchanged",
            )  # the crawl, and four watched
            await eventually(lambda: database.execute("SELECT count(*) FROM ingest.outbox").fetchone() == (0,))
        assert site.asked.count("/dawn") == 1


def traces(database: psycopg.Connection[tuple[str, str]]) -> dict[str, list[str]]:
    """Each input by the last part of its name, with all that became of it; places in the crawl under one name."""
    found: dict[str, list[str]] = {}
    for name, trace in database.execute(TRACES).fetchall():
        found.setdefault(name.partition("@")[0], []).append(trace)
    return {name: sorted(each) for name, each in found.items()}


def as_expected(database: psycopg.Connection[tuple[str, str]]) -> bool:
    assert traces(database) == {**EXPECTED, "crawl.warc.gz": ["stored"] * PAGES_OF_CRAWL}
    return True

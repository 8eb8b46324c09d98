"""One article through all three services: changed, changed back, taken back, and read again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kit.eventually import soon
from kit.services import Services
from kit.topic import records_on
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_schemas.topics import QUOTE

URL = "https://harbour-post.example/ferry"
A = (
    '"The ferry sails at dawn," harbour master Ilvane Morrec said on Monday. "We will not wait for anybody."\n'
    "Dago Pellin, the mayor of Veldmark, said that the town would pay for a second boat."
)
B = '"The ferry sails at noon," harbour master Ilvane Morrec said on Tuesday.\nThe town of Veldmark is invented.'

pytestmark = pytest.mark.integration


class Stream:
    """The three services running, fed and asked as an operator would."""

    def __init__(self, services: Services) -> None:
        self.services = services
        for service in [services.make(name).start() for name in ("ingest", "extract", "store")]:
            service.ready()

    def command(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "quotewire", *arguments],
            env={**os.environ, **self.services.env()},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def feed(self, text: str) -> subprocess.CompletedProcess[str]:
        path = self.services.folder / "article.jsonl"
        path.write_text(json.dumps({"url": URL, "title": "Ferry", "text": text, "language": "en"}) + "\n", "utf-8")
        return self.command("ingest", path)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.services.dsn) as connection:
            return connection.execute(query.encode()).fetchall()

    def stored(self, revision: int) -> tuple[Any, ...]:
        """Wait for a revision in the store; its row as (revision, change, text)."""
        row: tuple[Any, ...] = soon(
            lambda: next(
                iter(self.ask(f"SELECT revision, change, text FROM news.articles WHERE revision = {revision}"))
            ),
            within=60,
        )
        return row

    def contents(self) -> list[str]:
        return [row[0] for row in self.ask("SELECT content FROM news.quotations ORDER BY position")]

    async def quote_records(self) -> list[dict[str, Any]]:
        """Everything on the quotations' topic so far, of the one article, in order."""
        settings = KafkaSettings(bootstrap_servers=self.services.kafka, topic_prefix=self.services.prefix)
        return [json.loads(record.value) for record in await records_on(settings, QUOTE)]


@pytest.fixture
def stream(services: Services) -> Stream:
    return Stream(services)


@pytest.mark.timeout(300)
async def test_a_changed_and_changed_back_article_is_three_revisions_and_never_a_ghost(stream: Stream) -> None:
    assert stream.feed(A).returncode == 0
    assert stream.stored(1) == (1, "created", A)
    first = stream.contents()
    assert len(first) >= 2

    assert stream.feed(A).returncode == 0  # the same again publishes nothing: revision 2 below is B
    assert stream.feed(B).returncode == 0
    assert stream.stored(2) == (2, "revised", B)
    assert stream.contents() != first
    assert all("dawn" not in content for content in stream.contents())
    fewer = len(stream.contents())
    assert fewer < len(first)

    assert stream.feed(A).returncode == 0
    assert stream.stored(3) == (3, "revised", A)
    assert stream.contents() == first

    records = await stream.quote_records()
    voided = [record["revision"] for record in records if record["type"] == "quotes.voided"]
    assert voided == [2, 3]
    assert [record["revision"] for record in records] == sorted(record["revision"] for record in records)
    assert sum(record["type"] == "quote" for record in records) == len(first) + fewer + len(first)
    for number, record in enumerate(records):
        if record["type"] == "quotes.voided":  # the notice precedes the new quotations
            assert all(later["revision"] >= record["revision"] for later in records[number:])
            assert all(earlier["revision"] < record["revision"] for earlier in records[:number])


@pytest.mark.timeout(300)
async def test_a_withdrawn_article_is_gone_everywhere_and_stays_out_until_lifted(stream: Stream) -> None:
    assert stream.feed(A).returncode == 0
    stream.stored(1)
    taken = stream.command("withdraw", URL, "--why", "asked for by the publisher")
    assert taken.returncode == 0, taken.stderr
    assert stream.stored(2)[1:] == ("withdrawn", None)
    for table in ("quotations", "entities", "speakers", "revisions"):
        assert stream.ask(f"SELECT count(*) FROM news.{table}") == [(0,)], table
    archive = stream.services.folder / "warc"
    assert all(b"dawn" not in path.read_bytes() for path in archive.rglob("*") if path.is_file())

    again = stream.feed(A)
    assert (again.returncode, "withdrawn" in again.stderr) == (2, True), again.stderr
    assert stream.command("withdraw", URL, "--lift").returncode == 0
    assert stream.feed(A).returncode == 0
    assert stream.stored(3)[2] == A
    assert len(stream.contents()) >= 2

"""The past: read again by a better reader, and destroyed when its time is over."""

import gzip
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from kit.warcs import page
from quotewire_ingest.archive import retention
from quotewire_ingest.archive.select import Selection, select_archived
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.database import ingest_database
from quotewire_ingest.hints import Hints
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.command import reparse_articles
from quotewire_ingest.queue.kinds import ReparseInput, WithdrawInput
from quotewire_ingest.source import Source
from quotewire_schemas.article import Change, Origin, Precision

from .conftest import Stream

pytestmark = pytest.mark.integration

URL = "https://www.harbour-post.example/ferry"
DAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


def fetched(number: int = 1, source_id: str = "harbour-post") -> Document:
    hints = Hints("Ferry late again", ("Runa Veld",), DAY, Precision.SECOND, "Harbour Post")
    return Document(
        f"{URL}/{number}",
        page(number),
        DocumentKind.HTML,
        source_id,
        None,
        DAY,
        url=f"{URL}/{number}",
        charset="utf-8",
        http_headers=(("content-type", "text/html; charset=utf-8"),),
        hints=hints,
    )


def text() -> Document:
    body = b"The ferry was late again, the harbour master Ilvane Morrec said."
    return Document("ferry.txt", body, DocumentKind.TEXT, "pier-gazette", "ferry.txt", DAY)


def selected(stream: Stream, selection: Selection | None = None) -> list[ReparseInput]:
    with psycopg.connect(stream.dsn) as connection:
        return [ReparseInput(one) for one in select_archived(connection, selection or Selection())]


async def test_a_better_reader_is_applied_to_the_raw_bytes(stream: Stream, service: Ingest) -> None:
    await stream.feed(fetched(1), fetched(2), text())
    assert selected(stream) == []
    # The reader of an earlier release made less of the first page, and the same of the others.
    stream.query(
        "UPDATE ingest.articles SET reader_version = '0.0.1', record_hash = CASE WHEN url LIKE '%%/1' THEN 'other'"
        " ELSE record_hash END RETURNING 1"
    )
    assert len(selected(stream)) == 3
    assert len(selected(stream, Selection(source_id="pier-gazette"))) == 1
    assert len(selected(stream, Selection(limit=2))) == 2
    assert selected(stream, Selection(since=datetime(2100, 1, 1, tzinfo=UTC))) == []
    tally = await stream.feed(*selected(stream))
    assert tally.outcomes == {"published": 1, "unchanged": 2}
    assert selected(stream) == []
    records = [article for article in stream.records() if article.url == f"{URL}/1"]
    first, again = records
    assert (again.revision, again.change, again.origin) == (2, Change.REREAD, Origin.REPLAY)
    assert again.raw_ref == first.raw_ref
    assert again.fetched_at == first.fetched_at.replace(microsecond=0), "WARC files know seconds"
    kept = {"revision", "change", "origin", "ingested_at", "fetched_at"}
    assert again.model_dump(exclude=kept) == first.model_dump(exclude=kept)
    assert again.authors == ["Runa Veld"]


async def test_what_was_withdrawn_or_revised_meanwhile_is_left(stream: Stream, service: Ingest) -> None:
    await stream.feed(fetched(1), text())
    stream.query("UPDATE ingest.articles SET reader_version = '0.0.1' RETURNING 1")
    page_order, text_order = sorted(selected(stream), key=lambda order: str(order.source_id))
    corrected = Document(
        "ferry.txt", b"The ferry was in time, Ilvane Morrec said.", DocumentKind.TEXT, "pier-gazette", "ferry.txt", DAY
    )
    await stream.feed(WithdrawInput(page_order.name), corrected)
    tally = await stream.feed(page_order, text_order)
    assert tally.outcomes == {"rejected": 1, "unchanged": 1}
    assert stream.query("SELECT max(revision) FROM ingest.articles") == [(2,)]


async def test_the_verb_says_what_it_would_do(
    stream: Stream, service: Ingest, capsys: pytest.CaptureFixture[str]
) -> None:
    await stream.feed(text())
    assert reparse_articles(stream.dsn, Selection()) == 0
    assert "was read by another release than" in capsys.readouterr().err
    assert reparse_articles(stream.dsn, Selection(every=True), dry_run=True) == 0
    assert capsys.readouterr().err == "1 articles would be read again\n"


async def test_raw_bytes_go_when_their_time_is_over_and_not_before_they_are_published(
    stream: Stream, service: Ingest
) -> None:
    await stream.feed(fetched(1), fetched(2, "short-lived"), text())
    stream.query("DELETE FROM ingest.outbox RETURNING 1")  # as the relay does once Kafka has confirmed
    stream.query("UPDATE ingest.raw SET kept_at = now() - interval '10 days' RETURNING 1")
    [(waiting,)] = stream.query("SELECT article_id FROM ingest.articles WHERE source_id = 'pier-gazette'")
    stream.query(
        "INSERT INTO ingest.outbox (topic, key, value, headers) VALUES ('held', %s, '', '[]') RETURNING 1", waiting
    )
    archive, database = Archive(stream.folder / "warc", 2**20), ingest_database(stream.dsn)
    [segment] = (stream.folder / "warc").iterdir()
    sources = [
        Source(id="short-lived", push=True, keep_raw_days=5),
        Source(id="pier-gazette", push=True, keep_raw_days=5),
    ]

    assert await retention.enforce(database, archive, sources, None) == (1, 0)
    left = stream.query("SELECT source_id FROM ingest.raw JOIN ingest.articles USING (article_id) ORDER BY 1")
    assert left == [("harbour-post",), ("pier-gazette",)]
    raw = gzip.decompress(segment.read_bytes()).decode()
    assert "This is number 1." in raw
    assert "This is number 2." not in raw

    assert await retention.enforce(database, archive, sources, 30) == (0, 0)
    assert await retention.enforce(database, archive, sources, 9) == (1, 0)
    assert segment.exists(), "the service still writes to it"
    await database.close()
    archive.close()


async def test_a_segment_in_which_nothing_is_kept_goes(postgres_dsn: str, tmp_path: Path) -> None:
    archive, database = Archive(tmp_path, 2**20), ingest_database(postgres_dsn)
    kept = archive.append(fetched())
    segment = tmp_path / kept.ref.file
    long_ago = time.time() - 86400
    os.utime(segment, (long_ago, long_ago))
    other = Archive(tmp_path, 2**20)
    assert await retention.enforce(database, other, [], 9) == (0, 0)
    archive.close()
    os.utime(segment, (long_ago, long_ago))
    assert await retention.enforce(database, other, [], 9) == (0, 1)
    assert not segment.exists()
    await database.close()

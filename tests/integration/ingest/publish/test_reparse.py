"""Archived articles that are parsed again by a better parser."""

from datetime import UTC, datetime

import psycopg
import pytest

from kit.documents import DAY, URL, fetched_page, submitted_text
from kit.ingest_without_kafka import Stream
from quotewire_ingest.archive.select import Selection, select_archived
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.kinds import ReparseInput, WithdrawInput
from quotewire_ingest.queue.submit_command import reparse_articles
from quotewire_schemas.article import Change, Origin

pytestmark = pytest.mark.integration


def selected(stream: Stream, selection: Selection | None = None) -> list[ReparseInput]:
    with psycopg.connect(stream.dsn) as connection:
        return [ReparseInput(one) for one in select_archived(connection, selection or Selection())]


async def test_a_better_parser_is_applied_to_the_raw_bytes(stream: Stream, service: Ingest) -> None:
    await stream.submit(fetched_page(1), fetched_page(2), submitted_text())
    assert selected(stream) == []
    # The parser of an earlier release made less of the first page, and the same of the others.
    stream.query(
        "UPDATE ingest.articles SET reader_version = '0.0.1', record_hash = CASE WHEN url LIKE '%%/1' THEN 'other'"
        " ELSE record_hash END RETURNING 1"
    )
    assert len(selected(stream)) == 3
    assert len(selected(stream, Selection(source_id="pier-gazette"))) == 1
    assert len(selected(stream, Selection(limit=2))) == 2
    assert selected(stream, Selection(since=datetime(2100, 1, 1, tzinfo=UTC))) == []
    counts = await stream.submit(*selected(stream))
    assert counts.outcomes == {"published": 1, "unchanged": 2}
    assert selected(stream) == []
    records = [article for article in stream.records() if article.url == f"{URL}/1"]
    first, again = records
    assert (again.revision, again.change, again.origin) == (2, Change.REREAD, Origin.REPLAY)
    assert again.raw_ref == first.raw_ref
    assert again.fetched_at == first.fetched_at.replace(microsecond=0), "WARC files know seconds"
    kept = {"revision", "change", "origin", "ingested_at", "fetched_at"}
    assert again.model_dump(exclude=kept) == first.model_dump(exclude=kept)
    assert again.authors == ["Runa Veld"]


async def test_articles_withdrawn_or_revised_meanwhile_are_left(stream: Stream, service: Ingest) -> None:
    await stream.submit(fetched_page(1), submitted_text())
    stream.query("UPDATE ingest.articles SET reader_version = '0.0.1' RETURNING 1")
    page_input, text_input = sorted(selected(stream), key=lambda order: str(order.source_id))
    corrected = Document(
        "ferry.txt", b"The ferry was in time, Ilvane Morrec said.", DocumentKind.TEXT, "pier-gazette", "ferry.txt", DAY
    )
    await stream.submit(WithdrawInput(page_input.name), corrected)
    counts = await stream.submit(page_input, text_input)
    assert counts.outcomes == {"rejected": 1, "unchanged": 1}
    assert stream.query("SELECT max(revision) FROM ingest.articles") == [(2,)]


async def test_the_verb_reports_what_it_would_do(
    stream: Stream, service: Ingest, capsys: pytest.CaptureFixture[str]
) -> None:
    await stream.submit(submitted_text())
    assert reparse_articles(stream.dsn, Selection()) == 0
    assert "was parsed by another release than" in capsys.readouterr().err
    assert reparse_articles(stream.dsn, Selection(every=True), dry_run=True) == 0
    assert capsys.readouterr().err == "1 articles would be parsed again\n"

"""The same again is published once, a change is a revision, what was withdrawn stays out."""

import gzip
from datetime import UTC, datetime

import pytest

from kit.ingest_without_kafka import Stream
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.kinds import LiftInput, WithdrawInput
from quotewire_schemas.article import Change

pytestmark = pytest.mark.integration

A = "The ferry sails at dawn, the harbour master Ilvane Morrec said on Monday."
B = "The ferry sails at noon, the harbour master Ilvane Morrec said on Tuesday."


def text(words: str, name: str = "ferry.txt") -> Document:
    return Document(name, words.encode(), DocumentKind.TEXT, "harbour-post", name, datetime(2026, 3, 2, tzinfo=UTC))


async def test_a_then_b_then_a_in_one_batch_keep_their_order(stream: Stream, service: Ingest) -> None:
    await stream.submit(text(A), text(B), text(A))
    assert [article.text for article in stream.records()] == [A, B, A]


async def test_the_same_again_publishes_nothing(stream: Stream, service: Ingest) -> None:
    assert (await stream.submit(text(A))).outcomes == {"published": 1}
    assert (await stream.submit(text(A), text(A))).outcomes == {"unchanged": 2}
    assert len(stream.records()) == 1


async def test_withdrawn_then_the_same_page_again_then_lifted(stream: Stream, service: Ingest) -> None:
    await stream.submit(text(A))
    [(article_id,)] = stream.query("SELECT article_id FROM ingest.articles")
    assert (await stream.submit(WithdrawInput(article_id, why="asked for"))).outcomes == {"withdrawn": 1}
    assert (await stream.submit(text(A))).outcomes == {"rejected": 1}
    assert stream.query("SELECT reason FROM ingest.inputs WHERE outcome = 'rejected'") == [("do_not_ingest",)]
    await stream.submit(LiftInput(article_id))
    assert (await stream.submit(text(A))).outcomes == {"published": 1}
    records = stream.records()
    assert [(article.revision, article.change, article.text) for article in records] == [
        (1, Change.CREATED, A),
        (2, Change.WITHDRAWN, ""),
        (3, Change.REVISED, A),
    ]
    assert records[1].title is None


async def test_withdrawing_destroys_the_raw_bytes_and_no_others(stream: Stream, service: Ingest) -> None:
    await stream.submit(text(A), text(B, "other.txt"))
    [(kept_id,)] = stream.query("SELECT article_id FROM ingest.raw ORDER BY start DESC LIMIT 1")
    [(article_id,)] = stream.query("SELECT article_id FROM ingest.raw ORDER BY start LIMIT 1")
    [segment] = (stream.folder / "warc").glob("*.warc.gz")
    assert A in gzip.decompress(segment.read_bytes()).decode()
    await stream.submit(WithdrawInput(article_id))
    raw = gzip.decompress(segment.read_bytes()).decode()
    assert A not in raw
    assert B in raw
    assert stream.query("SELECT article_id FROM ingest.raw") == [(kept_id,)]


async def test_an_article_never_seen_can_be_kept_out(stream: Stream, service: Ingest) -> None:
    url = "https://harbour-post.example/never"
    await stream.submit(WithdrawInput(url))
    page = Document("p.html", b"<html><p>" + A.encode() * 5, DocumentKind.HTML, "s", None, datetime.now(UTC), url=url)
    assert (await stream.submit(page)).outcomes == {"rejected": 1}
    assert stream.records() == []

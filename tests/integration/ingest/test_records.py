"""Revisions as they arrive on Kafka."""

from datetime import UTC, datetime

import pytest

from kit.eventually import eventually
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.model import Document, DocumentKind
from quotewire_schemas.article import Change

from .conftest import Stream

pytestmark = pytest.mark.integration

A = "The ferry sails at dawn, the harbour master Ilvane Morrec said on Monday."
B = "The ferry sails at noon, the harbour master Ilvane Morrec said on Tuesday."


def text(words: str, name: str = "ferry.txt") -> Document:
    return Document(name, words.encode(), DocumentKind.TEXT, "harbour-post", name, datetime(2026, 3, 2, tzinfo=UTC))


async def test_a_then_b_then_a_are_three_revisions(stream: Stream, service: Ingest) -> None:
    for words in (A, B, A):
        await stream.submit(text(words))
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)])
    records = await stream.records()
    assert [(article.revision, article.change, article.text) for article, _, _ in records] == [
        (1, Change.CREATED, A),
        (2, Change.REVISED, B),
        (3, Change.REVISED, A),
    ]
    assert len({article.article_id for article, _, _ in records}) == 1


async def test_the_headers_describe_the_record(stream: Stream, service: Ingest) -> None:
    await stream.submit(text(A))
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)])
    [(article, headers, key)] = await stream.records()
    assert key.decode() == article.article_id
    assert headers["ce_id"] == f"{article.article_id}:1"
    assert headers["ce_type"] == "quotewire.article.v1"
    assert headers["content-type"] == "application/json"

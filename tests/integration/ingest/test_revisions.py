"""What comes in twice goes out once, what changes goes out again, what is taken back stays out."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kit.eventually import eventually
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.kinds import LiftInput, WithdrawInput
from quotewire_schemas.article import Change

from .conftest import Stream

pytestmark = pytest.mark.integration

A = "The ferry sails at dawn, the harbour master Ilvane Morrec said on Monday."
B = "The ferry sails at noon, the harbour master Ilvane Morrec said on Tuesday."


def text(words: str, name: str = "ferry.txt") -> Document:
    return Document(name, words.encode(), DocumentKind.TEXT, "harbour-post", name, datetime(2026, 3, 2, tzinfo=UTC))


async def test_a_then_b_then_a_are_three_revisions(stream: Stream, service: Ingest) -> None:
    for words in (A, B, A):
        await stream.feed(text(words))
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)])
    records = await stream.records()
    assert [(article.revision, article.change, article.text) for article, _, _ in records] == [
        (1, Change.CREATED, A),
        (2, Change.REVISED, B),
        (3, Change.REVISED, A),
    ]
    assert len({article.article_id for article, _, _ in records}) == 1


async def test_a_then_b_then_a_in_one_batch_keep_their_order(stream: Stream, service: Ingest) -> None:
    await stream.feed(text(A), text(B), text(A))
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)])
    assert [article.text for article, _, _ in await stream.records()] == [A, B, A]


async def test_the_same_again_publishes_nothing(stream: Stream, service: Ingest) -> None:
    assert (await stream.feed(text(A))).outcomes == {"published": 1}
    assert (await stream.feed(text(A), text(A))).outcomes == {"unchanged": 2}
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)])
    assert len(await stream.records()) == 1


async def test_the_record_says_on_the_wire_what_it_is(stream: Stream, service: Ingest) -> None:
    await stream.feed(text(A))
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)])
    [(article, headers, key)] = await stream.records()
    assert key.decode() == article.article_id
    assert headers["ce_id"] == f"{article.article_id}:1"
    assert headers["ce_type"] == "quotewire.article.v1"
    assert headers["content-type"] == "application/json"


async def test_withdrawn_then_the_same_page_again_then_lifted(stream: Stream, service: Ingest) -> None:
    await stream.feed(text(A))
    [(article_id,)] = stream.query("SELECT article_id FROM ingest.articles")
    assert (await stream.feed(WithdrawInput(article_id, why="asked for"))).outcomes == {"withdrawn": 1}
    assert (await stream.feed(text(A))).outcomes == {"rejected": 1}
    assert stream.query("SELECT reason FROM ingest.inputs WHERE outcome = 'rejected'") == [("do_not_ingest",)]
    await stream.feed(LiftInput(article_id))
    assert (await stream.feed(text(A))).outcomes == {"published": 1}
    await eventually(lambda: stream.query("SELECT count(*) FROM ingest.outbox") == [(0,)])
    records = [article for article, _, _ in await stream.records()]
    assert [(article.revision, article.change, article.text) for article in records] == [
        (1, Change.CREATED, A),
        (2, Change.WITHDRAWN, ""),
        (3, Change.REVISED, A),
    ]
    assert records[1].title is None


async def test_withdrawing_destroys_the_raw_bytes_and_no_others(stream: Stream, service: Ingest) -> None:
    await stream.feed(text(A), text(B, "other.txt"))
    [(kept_id,)] = stream.query("SELECT article_id FROM ingest.raw ORDER BY start DESC LIMIT 1")
    [(article_id,)] = stream.query("SELECT article_id FROM ingest.raw ORDER BY start LIMIT 1")
    [segment] = (stream.folder / "warc").iterdir()
    assert A in gzip.decompress(segment.read_bytes()).decode()
    await stream.feed(WithdrawInput(article_id))
    raw = gzip.decompress(segment.read_bytes()).decode()
    assert A not in raw
    assert B in raw
    assert stream.query("SELECT article_id FROM ingest.raw") == [(kept_id,)]


async def test_what_was_never_seen_can_be_kept_out(stream: Stream, service: Ingest) -> None:
    url = "https://harbour-post.example/never"
    await stream.feed(WithdrawInput(url))
    page = Document("p.html", b"<html><p>" + A.encode() * 5, DocumentKind.HTML, "s", None, datetime.now(UTC), url=url)
    assert (await stream.feed(page)).outcomes == {"rejected": 1}
    assert await stream.records() == []


async def test_every_bad_input_ends_in_one_outcome_with_a_reason(
    stream: Stream, service: Ingest, tmp_path: Path
) -> None:
    bad = {
        "empty.txt": b"",
        "blank.txt": b" \n\t\n",
        "binary.txt": bytes(range(256)) * 40,
        "latin.txt": "Ästhetik größer über Übermut. ".encode("latin-1") * 10,
        "nul.txt": b"A minister\0 said no.\n",
        "huge.txt": b"Nobody said a word. " * 15_000,
        "broken.jsonl": b'{"title": "x", "text": \n',
        "surrogate.jsonl": b'{"id": "1", "text": "a \\ud800 b"}\n',
        "image.html": b"\x89PNG\r\n\x1a\n" + bytes(100),
    }
    folder = tmp_path / "in"
    folder.mkdir()
    for name, body in bad.items():
        (folder / name).write_bytes(body)
    (folder / "folder.txt").mkdir()
    (folder / "good.txt").write_text(A)
    tally = await stream.feed_paths(folder, folder / "missing.txt", folder / "folder.txt")
    assert tally.outcomes == {"rejected": 11, "published": 1}
    reasons = dict(stream.query("SELECT regexp_replace(name, '.*/', ''), reason FROM ingest.inputs"))
    assert reasons == {
        "empty.txt": "empty",
        "blank.txt": "blank",
        "binary.txt": "binary",
        "latin.txt": "not_utf8",
        "nul.txt": "nul",
        "huge.txt": "too_large",
        "broken.jsonl:1": "not_json",
        "surrogate.jsonl:1": "surrogate",
        "image.html": "not_a_page",
        "missing.txt": "missing",
        "folder.txt": "nothing_to_read",
        "good.txt": None,
    }

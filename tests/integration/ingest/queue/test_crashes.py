"""Errors of the program itself: they end one input, with the reason `crash`, and nothing else."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from kit.eventually import eventually
from kit.ingest_without_kafka import Stream
from quotewire_ingest.archive.read import ArchivedDocument
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.publish import records
from quotewire_ingest.queue import slices, splitter

pytestmark = pytest.mark.integration

GOOD = "The ferry sails at dawn, the harbour master Ilvane Morrec said on Monday."
QUEUE = (
    "INSERT INTO ingest.inputs (job, kind, name, source_id, body, stated, attempts, leased_by)"
    " VALUES (%s, %s, %s, 's', %s, %s, %s, %s) RETURNING name"
)


def reasons(stream: Stream) -> dict[str, str | None]:
    return dict(
        stream.query("SELECT regexp_replace(name, '.*/', ''), reason FROM ingest.inputs WHERE outcome IS NOT NULL")
    )


def queue(
    stream: Stream, kind: str, name: str, body: bytes | None = None, stated: Any = None, attempts: int = 0
) -> None:
    """Put a row into the queue as a process that ended has left it."""
    lost = "ended" if attempts else None
    stream.query(QUEUE, uuid.uuid4(), kind, name, body, stated and json.dumps(stated), attempts, lost)


async def test_an_article_that_cannot_be_published_does_not_end_the_others(
    stream: Stream, service: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = records.put

    async def put_unless_odd(connection: Any, article: Any) -> None:
        if "odd" in article.text:
            raise RuntimeError("nobody expected this article")
        await put(connection, article)

    monkeypatch.setattr(records, "put", put_unless_odd)
    for name, text in (("a.txt", GOOD), ("b.txt", f"An odd one. {GOOD}"), ("c.txt", f"A third one. {GOOD}")):
        (tmp_path / name).write_text(text)
    counts = await stream.submit_paths(tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt")
    assert counts.outcomes == {"published": 2, "rejected": 1}
    assert reasons(stream) == {"a.txt": None, "b.txt": "crash", "c.txt": None}


async def test_a_file_that_cannot_be_split_does_not_end_the_others(
    stream: Stream, service: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def next_slice(file: Any, max_page_bytes: int) -> slices.Slice:
        if file.name.endswith("odd.jsonl"):
            raise RuntimeError("nobody expected this file")
        return slices.next_slice(file, max_page_bytes)

    monkeypatch.setattr(splitter, "next_slice", next_slice)
    for name in ("odd.jsonl", "good.jsonl"):
        (tmp_path / name).write_text(json.dumps({"text": GOOD}))
        queue(stream, "file", str(tmp_path / name))
    await eventually(
        lambda: reasons(stream) == {"odd.jsonl": "crash", "good.jsonl": None, "good.jsonl:1": None}, within=60
    )


async def test_rows_that_cannot_be_read_and_inputs_that_ended_their_process_are_given_up(
    stream: Stream, service: Ingest
) -> None:
    queue(stream, "warc_record", "row-of-another-release")
    queue(stream, "file", "/file-of-another-release", stated={"progress": {"pages": 1}})
    queue(stream, "text", "ended-five.txt", GOOD.encode(), attempts=5)
    queue(stream, "text", "ended-four.txt", GOOD.encode(), attempts=4)
    queue(stream, "address", "http://[x/", attempts=0)
    queue(stream, "text", "good.txt", b"Another. " + GOOD.encode())
    stream.query("UPDATE ingest.inputs SET host = '-' WHERE kind = 'address' RETURNING name")
    await eventually(lambda: len(reasons(stream)) == 6, within=60)
    assert reasons(stream) == {
        "row-of-another-release": "crash",
        "file-of-another-release": "crash",
        "ended-five.txt": "crash",
        "ended-four.txt": None,
        "": "bad_address",
        "good.txt": None,
    }


async def test_an_archived_document_that_cannot_be_read_is_given_up(stream: Stream, service: Ingest) -> None:
    archived = ArchivedDocument("a" * 32, "s", None, "../\x01nowhere.warc.gz", 5, 9, "ab", None)
    stated = {"file": archived.file, "start": -1, "length": 9, "sha256": "ab", "stated": {}}
    queue(stream, "reread", archived.article_id, stated=stated)
    await eventually(lambda: len(reasons(stream)) == 1, within=60)
    assert set(reasons(stream)) == {archived.article_id}

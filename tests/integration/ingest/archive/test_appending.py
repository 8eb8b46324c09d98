"""Only what is published is archived."""

import json
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from kit.documents import fetched_page, submitted_text, texts
from kit.ingest_without_kafka import Stream
from kit.warcs import archived_text
from quotewire_ingest.archive.appending import appending
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.model import DocumentKind

pytestmark = pytest.mark.integration


async def append(archive: Archive, number: int, error: type[Exception] | None = None) -> None:
    """Append a page in a transaction, which fails with an error."""
    async with appending(archive) as transaction:
        assert transaction is not None
        transaction.append(fetched_page(number))
        if error is not None:
            raise error


async def test_what_a_failed_transaction_appended_is_destroyed(tmp_path: Path) -> None:
    archive = Archive(tmp_path, 2**20)
    with pytest.raises(ZeroDivisionError):
        await append(archive, 1, ZeroDivisionError)
    await append(archive, 2)
    archive.close()
    text = archived_text(tmp_path)
    assert ["This is number 1." in text, "This is number 2." in text] == [False, True]


async def test_an_input_that_the_database_refuses_leaves_no_copy_of_the_others(stream: Stream, service: Ingest) -> None:
    """A batch whose transaction is rolled back is committed again input by input."""
    with psycopg.connect(stream.dsn) as connection:
        connection.execute("ALTER TABLE ingest.raw ADD CHECK (length < 5000) NOT VALID")
    long = "".join(f"Ferry number {number} sails at {number * 7919}, Ilvane Morrec said.\n" for number in range(2000))
    await stream.submit(*texts(5), replace(submitted_text(), body=long.encode()))
    assert stream.query("SELECT outcome, count(*) FROM ingest.inputs GROUP BY 1 ORDER BY 1") == [
        ("published", 5),
        ("rejected", 1),
    ]
    text = archived_text(stream.folder / "warc")
    assert [text.count(f"Ferry number {number} sails at dawn") for number in range(5)] == [1] * 5
    assert "sails at 7919" not in text


async def test_what_is_too_large_for_the_topic_is_not_archived(stream: Stream, service: Ingest) -> None:
    captions = [f"Ferry number {number} at the pier of Port Avelin" for number in range(50_000)]
    body = json.dumps({"id": "17", "text": "The ferry was late again.", "captions": captions}).encode()
    article = replace(submitted_text(), body=body, kind=DocumentKind.RECORD)
    assert (await stream.submit(article)).outcomes == {"rejected": 1}
    assert stream.query("SELECT reason FROM ingest.inputs") == [("too_large",)]
    assert archived_text(stream.folder / "warc") == ""
    assert stream.query("SELECT * FROM ingest.raw") == []

"""Raw bytes are destroyed when their time is over, and not before."""

import gzip
import os
import time
from pathlib import Path

import pytest

from kit.documents import fetched_page, submitted_text
from kit.ingest_without_kafka import Stream
from quotewire_ingest.archive import retention
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.database import ingest_database
from quotewire_ingest.source import Source

pytestmark = pytest.mark.integration


async def test_raw_bytes_are_destroyed_after_their_retention_and_not_before_they_are_published(
    stream: Stream, service: Ingest
) -> None:
    await stream.submit(fetched_page(1), fetched_page(2, "short-lived"), submitted_text())
    stream.query("DELETE FROM ingest.outbox RETURNING 1")  # as the relay does once Kafka has confirmed
    stream.query("UPDATE ingest.raw SET kept_at = now() - interval '10 days' RETURNING 1")
    [(waiting,)] = stream.query("SELECT article_id FROM ingest.articles WHERE source_id = 'pier-gazette'")
    stream.query(
        "INSERT INTO ingest.outbox (topic, key, value, headers) VALUES ('held', %s, '', '[]') RETURNING 1", waiting
    )
    archive, database = Archive(stream.folder / "warc", 2**20), ingest_database(stream.dsn)
    [segment] = (stream.folder / "warc").glob("*.warc.gz")
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


async def test_a_segment_that_no_row_names_is_deleted(postgres_dsn: str, tmp_path: Path) -> None:
    archive, database = Archive(tmp_path, 2**20), ingest_database(postgres_dsn)
    kept = archive.append(fetched_page())
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

"""The same again is dropped, nearly the same is news: agencies' texts differ by a word, and corrections by less."""

from datetime import UTC, datetime

import pytest

from kit.harbour_post import article
from kit.ingest_without_kafka import Stream
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.model import Document, DocumentKind

pytestmark = pytest.mark.integration

DAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


def page(host: str, body: str) -> Document:
    url = f"https://{host}.example/ferry"
    return Document(url, body.encode(), DocumentKind.HTML, host, None, DAY, url=url, charset="utf-8")


def record(source_id: str, words: str) -> Document:
    return Document("1.txt", words.encode(), DocumentKind.TEXT, source_id, "1.txt", DAY)


async def test_near_duplicates_are_published_and_the_same_again_is_not(stream: Stream, service: Ingest) -> None:
    words = "The ferry sails at dawn, the harbour master Ilvane Morrec said on Monday."
    body = article("agency")
    all_of_them = [
        page("harbour-post", body),
        page("pier-gazette", body),
        page("ferry-times", body.replace("late again", "early again")),
        record("harbour-post", words),
        record("pier-gazette", words),
        record("ferry-times", words.replace("dawn", "noon")),
    ]
    assert (await stream.submit(*all_of_them)).outcomes == {"published": 6}
    assert (await stream.submit(*all_of_them, *all_of_them)).outcomes == {"unchanged": 12}
    records = stream.records()
    assert len({one.article_id for one in records}) == len(records) == 6
    assert {one.revision for one in records} == {1}
    assert sum("early again" in one.text or "noon" in one.text for one in records) == 2
    # At an address of its own a changed word is news, under an address that is known a revision.
    corrected = page("harbour-post", body.replace("Monday", "Tuesday"))
    assert (await stream.submit(corrected, corrected)).outcomes == {"published": 1, "unchanged": 1}
    assert [one.revision for one in stream.records() if one.url == corrected.url] == [1, 2]

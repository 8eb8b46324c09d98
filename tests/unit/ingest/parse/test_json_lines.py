"""A line of JSON becomes an article as its program states it, or is rejected with a reason."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from quotewire_ingest.identity import article_id_of_external, article_id_of_url
from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.json_lines import parse_json_line
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_schemas.article import Precision

TEXT = "The ferry to Oststrand was late again on Monday, the harbour master Ilvane Morrec said."
URL = "https://harbour-post.example/news/ferry-late"
FETCHED_AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def parse(line: bytes) -> ParsedArticle:
    return parse_json_line(Document("news.jsonl:1", line, DocumentKind.RECORD, "harbour-post", None, FETCHED_AT))


def parse_fields(**fields: Any) -> ParsedArticle:
    return parse(json.dumps({"text": TEXT, **fields}).encode())


def test_fields_are_taken_as_given() -> None:
    parsed = parse_fields(
        url=f"{URL}?utm_source=x", title="Ferry\nlate", authors="Runa Veld", outlet="Harbour Post",
        published_at="2026-03-02T10:00:00Z", captions=["The empty berth.", " "], unknown=1,
    )  # fmt: skip
    assert (parsed.article_id, parsed.canonical_url) == (article_id_of_url(URL), URL)
    assert (parsed.title, parsed.authors, parsed.captions) == ("Ferry late", ["Runa Veld"], ["The empty berth."])
    assert (parsed.published_at, parsed.published_precision) == (datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND)
    given = ("url", "title", "authors", "outlet", "published_at", "captions", "text")
    assert parsed.provenance == dict.fromkeys(given, "given") | {"language": "inferred"}


def test_without_a_url_the_programs_id_counts_and_without_that_the_content() -> None:
    assert parse_fields(id=7).article_id == article_id_of_external("harbour-post", "7")
    assert parse_fields(title="a").article_id == parse_fields(title="a").article_id != parse_fields().article_id


def test_our_own_records_keep_their_id() -> None:
    assert parse_fields(type="article", article_id="f" * 32, url=URL).article_id == "f" * 32


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"\xff", RejectionReason.NOT_UTF8),
        (b"{", RejectionReason.NOT_JSON),
        (b"[]", RejectionReason.NOT_JSON),
        (b'{"title": "Ferry late"}', RejectionReason.INVALID),
        (b'{"text": "a", "published_at": "soon"}', RejectionReason.INVALID),
        (b'{"text": " "}', RejectionReason.BLANK),
        (b'{"text": "a", "url": "ftp://harbour-post.example/a"}', RejectionReason.BAD_ADDRESS),
    ],
)
def test_lines_that_are_rejected(line: bytes, reason: RejectionReason) -> None:
    with pytest.raises(Rejected) as rejected:
        parse(line)
    assert rejected.value.reason is reason


@pytest.mark.parametrize("url", ["http://[x/", "no address", "https://h.example/" + "a" * 9000, "ftp://h.example/a"])
@pytest.mark.parametrize("own", [{}, {"type": "article", "article_id": "0f" * 16}])
def test_a_url_that_is_none_is_rejected_in_a_record_of_ours_too(url: str, own: dict[str, str]) -> None:
    with pytest.raises(Rejected) as rejected:
        parse_fields(url=url, **own)
    assert rejected.value.reason is RejectionReason.BAD_ADDRESS
    assert rejected.value.message.startswith("url: ")


def test_a_source_id_of_any_length_is_rejected() -> None:
    with pytest.raises(Rejected, match="source_id: String should have at most 200 characters"):
        parse_fields(source_id="s" * 9000)

"""Four MiB of anything are parsed, or rejected for what they are, within the ordinary deadline of a worker."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.page_pool import ParserPool, parse_or_reject
from quotewire_ingest.push.payload import PushRejected
from quotewire_ingest.push.payload_pool import Payload, PayloadPool
from quotewire_ingest.rejection import RejectedInput, RejectionReason
from quotewire_ingest.settings import ParserSettings

NOW = datetime(2026, 3, 4, tzinfo=UTC)
SIZE = 4 * 2**20
FILLS = {
    "blanks": " ", "blank lines": " \n", "tabs": "\t", "quotation marks": "“", "straight marks": '"', "dashes": "— ",
    "full stops": ". ", "names": "Ilvane Morrec ", "lines of names": "Ilvane Morrec\n", "bylines": "By Runa Veld and ",
    "one token": "x", "digits": "7", "dates": "2 March 2026 ", "accents": "e\u0301\u0301\u0301", "ampersands": "&amp;",
    "sentences": "The ferry was late again on Monday. ", "quotations": "“We wait,” said Ilvane Morrec. ",
}  # fmt: skip
SLOW_TO_PARSE = ("blank lines", "quotation marks", "names", "lines of names", "one token", "quotations")
"""What pages are filled with here: an extractor takes seconds for four MiB."""
KILLED = (RejectionReason.TIMEOUT, RejectionReason.CRASH, RejectionReason.MEMORY)


def filled(fill: str) -> str:
    text = fill * (SIZE // len(fill.encode()) - 40)
    return f"Ferry late.\n{text}\nThe ferry was late, the harbour master Ilvane Morrec said.\n"


def document(kind: DocumentKind, text: str) -> Document:
    body = {
        DocumentKind.TEXT: text,
        DocumentKind.HTML: f"<html><body><article><h1>Ferry late</h1><p>{text}</p></article></body></html>",
        DocumentKind.RECORD: json.dumps({"text": text, "title": text[:1000]}, ensure_ascii=False),
    }[kind]
    return Document("a", body.encode(), kind, "s", "a", NOW)


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    async with ParserPool(ParserSettings()) as pool:
        yield pool


@pytest.mark.parametrize("kind", list(DocumentKind))
async def test_four_mib_of_anything_are_parsed_or_rejected_in_time(pool: ParserPool, kind: DocumentKind) -> None:
    for name in SLOW_TO_PARSE if kind is DocumentKind.HTML else FILLS:
        found = await parse_or_reject(document(kind, filled(FILLS[name])), pool)

        assert isinstance(found, ParsedArticle) or found.reason not in KILLED, (name, found)


async def test_four_mib_of_anything_are_pushed_or_rejected_in_time() -> None:
    async with PayloadPool(ParserSettings()) as pool:
        for name, fill in FILLS.items():
            body = document(DocumentKind.RECORD, filled(fill)).body

            found = await pool.parse(Payload(body, "application/json", "s", None, NOW))

            assert isinstance(found, list | PushRejected), name


async def test_a_text_beyond_the_limit_is_rejected_before_it_is_parsed(pool: ParserPool) -> None:
    found = await parse_or_reject(document(DocumentKind.TEXT, "x " * SIZE), pool)

    assert isinstance(found, RejectedInput)
    assert found.reason is RejectionReason.TOO_LARGE


async def test_a_record_with_more_captions_than_a_message_holds_is_rejected(pool: ParserPool) -> None:
    line = json.dumps(
        {"text": "The ferry was late, Ilvane Morrec said.", "captions": ["The empty berth of the ferry."] * 110_000}
    )

    found = await parse_or_reject(Document("a", line.encode(), DocumentKind.RECORD, "s", "a", NOW), pool)

    assert isinstance(found, RejectedInput)
    assert found.reason is RejectionReason.TOO_LARGE

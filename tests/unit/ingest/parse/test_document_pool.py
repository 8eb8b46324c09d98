"""Documents that make the parser raise, in the process that parses them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from kit.text_parser import Text
from quotewire_ingest.parse.document_pool import DocumentPool
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import ParserSettings

TESTS = Path(__file__).parents[3]


@pytest.fixture
async def pool(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DocumentPool[Text, str]]:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))  # the worker imports kit.text_parser
    async with DocumentPool[Text, str]("text", "kit.text_parser:load_shouter", ParserSettings(), processes=1) as pool:
        yield pool


async def test_what_the_parser_raises_ends_one_document_and_is_logged_with_its_stack(
    pool: DocumentPool[Text, str],
) -> None:
    with capture_logs() as lines, pytest.raises(Rejected) as rejected:
        await pool.parse(Text("a.txt", "7"))

    assert rejected.value.reason is RejectionReason.CRASH
    [line] = [line for line in lines if line["event"] == "input_crashed"]
    assert (line["input"], line["why"]) == ("a.txt", "IndexError: list index out of range")
    assert '["loud"][int(text.body)]' in line["exception"]
    assert await pool.parse(Text("b.txt", "quiet")) == "QUIET"


async def test_a_document_that_takes_all_memory_is_no_crash(pool: DocumentPool[Text, str]) -> None:
    with pytest.raises(Rejected) as rejected:
        await pool.parse(Text("a.txt", "out of memory"))

    assert rejected.value.reason is RejectionReason.MEMORY

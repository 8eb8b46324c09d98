"""Documents that make the parser raise, in the process that parses them."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs

from quotewire_ingest.parse.document_pool import DocumentPool, for_each_document
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import ParserSettings


@dataclass(frozen=True, slots=True)
class Text:
    name: str
    body: str


def load_shouter() -> Callable[[list[Text]], Iterator[Any]]:
    """Parse texts in a worker: one that is a number of a list is asked for what is not there."""

    def parse(text: Text) -> str:
        if text.body == "out of memory":
            raise MemoryError
        return ["loud"][int(text.body)] if text.body.isdigit() else text.body.upper()

    return for_each_document(parse)


@pytest.fixture
async def pool() -> AsyncIterator[DocumentPool[Text, str]]:
    async with DocumentPool[Text, str]("text", f"{__name__}:load_shouter", ParserSettings(), processes=1) as pool:
        yield pool


async def test_what_the_parser_raises_ends_one_document_and_is_logged_with_its_stack(
    pool: DocumentPool[Text, str],
) -> None:
    with capture_logs() as lines, pytest.raises(Rejected) as rejected:
        await pool.parse(Text("a.txt", "7"))

    assert rejected.value.reason is RejectionReason.CRASH
    [line] = lines
    assert (line["event"], line["input"], line["why"]) == (
        "input_crashed", "a.txt", "IndexError: list index out of range",
    )  # fmt: skip
    assert '["loud"][int(text.body)]' in line["exception"]
    assert await pool.parse(Text("b.txt", "quiet")) == "QUIET"


async def test_a_document_that_takes_all_memory_is_no_crash(pool: DocumentPool[Text, str]) -> None:
    with pytest.raises(Rejected) as rejected:
        await pool.parse(Text("a.txt", "out of memory"))

    assert rejected.value.reason is RejectionReason.MEMORY

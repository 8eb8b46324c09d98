"""The longest texts at extract's workers, under the ordinary deadline: an article or a rejection, never a hang."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from kit.builders import article
from quotewire_extract.bootstrap import build
from quotewire_extract.service.handler import ExtractHandler
from quotewire_extract.settings import Settings
from quotewire_runtime.records import Record
from quotewire_runtime.results import Done, Reject
from quotewire_schemas import encode
from quotewire_schemas.article import MAX_TEXT_BYTES
from quotewire_schemas.dead_letter import Reason

KINDS = {"blanks": " ", "marks": "“", "names": "Ana Ruiz ", "one token": "a"}
MUCH = 4 * 2**20


@pytest.fixture
async def extract() -> AsyncIterator[ExtractHandler]:
    """The handler of the service with one worker, and the settings that it has by default."""
    handler = build(Settings())
    await handler.start()
    yield handler
    await handler.stop()


def record(kind: str, size: int) -> Record:
    """Make a record whose text has so many bytes; the model would reject one that is too long."""
    unit = KINDS[kind]
    text = (unit * (size // len(unit.encode()) + 1)).encode()[:size].decode(errors="ignore")
    data = json.loads(encode(article(kind))) | {"text": text}
    return Record("article", 0, 0, kind.encode(), json.dumps(data, ensure_ascii=False).encode(), (), 0)


async def answers(extract: ExtractHandler, size: int) -> dict[str, Done | Reject]:
    """Return the answer for each kind; one that hangs gets none and fails the test by its timeout."""
    results = [(await extract.handle([record(kind, size)]))[0] for kind in KINDS]
    return dict(zip(KINDS, results, strict=True))


async def test_four_mib_of_text_are_a_dead_letter_that_says_why(extract: ExtractHandler) -> None:
    for answer in (await answers(extract, MUCH)).values():
        assert isinstance(answer, Reject)
        assert answer.reason == Reason.INVALID
        assert "longer than 256 KiB" in answer.message


@pytest.mark.timeout(400)
async def test_the_longest_text_is_annotated_or_rejected_within_the_deadline(extract: ExtractHandler) -> None:
    found = await answers(extract, MAX_TEXT_BYTES)
    for kind in ("blanks", "one token"):  # nothing in them for the model to read
        assert isinstance(found[kind], Done), kind
    for answer in found.values():  # a slow or busy machine may need longer than the deadline for 90,000 words
        assert isinstance(answer, Done) or answer.reason == Reason.TIMEOUT

"""The revision that the bytes of a dead letter state."""

from __future__ import annotations

import pytest

from kit.builders import article, enriched
from quotewire_schemas import encode
from quotewire_store.dead_letters import revision_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (encode(article(revision=3)), 3),
        (encode(enriched(article(revision=4))), 4),
        (b'{"revision": 5, "text"', None),
        (b'{"revision": "6"}', None),
        (b'{"revision": 0}', None),
        (b'{"revision": true}', None),
        (b'{"revision": 1e3}', None),
        (b'{"revision": 99999999999999999999}', None),
        (b'{"article": ["revision", 7]}', None),
        (b"[7]", None),
        (b"[" * 100_000, None),
        (b"\xff\x00", None),
        (b"", None),
        (None, None),
    ],
)
def test_only_a_whole_number_is_a_revision(value: bytes | None, expected: int | None) -> None:
    assert revision_of(value) == expected

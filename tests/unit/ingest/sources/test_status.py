"""The state of a source and its reason."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quotewire_ingest.sources.config import load_sources
from quotewire_ingest.sources.status import FeedReport, feed_state
from quotewire_runtime.errors import SettingsError

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def feed(**more: Any) -> FeedReport:
    minutes = timedelta(minutes=5)
    stands: dict[str, Any] = {
        "url": "https://h.example/feed", "source_id": "harbour-post", "outlet": None, "kind": "feed", "root": None,
        "parent": None, "wanted": True, "failures": 0, "trouble": None, "disabled_at": None, "per_day": 8.0,
        "entries": 20, "polls": 9, "yielded": 40, "last_poll": NOW - minutes, "last_success": NOW - minutes,
        "last_yield": NOW - minutes, "last_error": None, "next_poll": NOW + minutes, "added_at": NOW - 999 * minutes,
    }  # fmt: skip
    return FeedReport(**{**stands, **more})


@pytest.mark.parametrize(
    ("more", "state", "words"),
    [
        ({}, "well", None),
        ({"last_yield": NOW - timedelta(days=3)}, "silent", "24 were to be expected"),
        ({"last_yield": NOW - timedelta(hours=11)}, "well", None),
        ({"failures": 1, "last_error": "the server answers 404 Not Found"}, "failing", "404 Not Found; polled again"),
        ({"failures": 3, "last_error": "x"}, "failing", "x, 3 times in a row; polled again 2026-03-04 12:05 UTC"),
        ({"failures": 12, "last_error": "x", "disabled_at": NOW}, "given up", "after 12 failures in a row"),
        ({"last_poll": None, "last_yield": None}, "not asked", "was never polled yet"),
        ({"next_poll": NOW - timedelta(hours=1)}, "not polled", "is an ingest service running"),
        ({"last_yield": None, "entries": 0, "per_day": None}, "well", "names no article"),
        ({"last_yield": None, "per_day": None}, "well", "was known before"),
        ({"wanted": False}, "left out", "does not name it"),
        ({"kind": "push", "last_poll": None, "next_poll": NOW - timedelta(days=9)}, "not asked", "nothing has come"),
    ],
)
def test_every_state_has_its_reason(more: dict[str, Any], state: str, words: str | None) -> None:
    found, why = feed_state(feed(**more), NOW)
    assert found == state
    assert why is None if words is None else words in (why or "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sources: [{id: a}]", r"sources\.0: name some feeds, folders, or push"),
        ("", "it must begin with `sources:`, a list"),
        ("sources:\n  - id: [a", "not YAML: line 2, column 11: expected"),
        ("sources: [{id: a, feds: []}]", r"sources\.0\.feds: no such field; there are id, outlet, feeds, "),
        ("sources: [{id: a, folders: [inbox]}]", "write the whole path"),
        ("sources: [{id: a, push_sha256: [xyz]}]", "push_sha256"),
        ("sources: [{id: a, feeds: ['https://h.example/f']}, {id: b, feeds: ['https://h.example/f']}]", "both name"),
        ("sources: [{id: a, push: true}, {id: a, push: true}]", "two sources are named a"),
    ],
)
def test_an_error_in_sources_yaml_is_located(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        load_sources(tmp_path / "sources.yaml")

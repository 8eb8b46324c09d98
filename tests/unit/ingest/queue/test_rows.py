"""Inputs as rows: what former releases wrote is read, and what this one writes they could read."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from quotewire_ingest.archive.read import ArchivedDocument
from quotewire_ingest.hints import Hints
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue import kinds
from quotewire_ingest.queue.rows import from_row, to_row
from quotewire_ingest.rejection import RejectedInput, RejectionReason
from quotewire_schemas.article import Origin, Precision

JOB = uuid.UUID(int=1)
DAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
ARTICLE = "f" * 32
HINTS = Hints("Ferry late", ("Runa Veld",), DAY, Precision.SECOND, "Harbour Post")
HINTS_JSON = {
    "title": "Ferry late", "authors": ["Runa Veld"], "outlet": "Harbour Post", "by": "feed",
    "published_at": "2026-03-02T10:00:00+00:00", "published_precision": "second",
}  # fmt: skip
WARC = {"file": "/x/a.warc", "start": 5, "length": 9}
ARCHIVED = {"file": "f.warc.gz", "start": 5, "length": 9, "sha256": "ab", "kind": "html", "stated": {}, "url": None}

# What the release before the typed inputs wrote: kind, name, url, source_id, external_id, body, stated, host.
ROWS: list[tuple[kinds.Input, tuple[Any, ...]]] = [
    (
        Document("a.txt", b"x", DocumentKind.TEXT, "s", "e", DAY, url="https://h.example/a", hints=HINTS),
        ("text", "a.txt", "https://h.example/a", "s", "e", b"x", HINTS_JSON, None),
    ),
    (
        Document("a.jsonl:1", b"{}", DocumentKind.RECORD, "s", None, DAY),
        ("record", "a.jsonl:1", None, "s", None, b"{}", None, None),
    ),
    (
        kinds.UrlInput("https://www.h.example/a", "s", HINTS),
        ("address", "https://www.h.example/a", None, "s", None, None, HINTS_JSON, "h.example"),
    ),
    (kinds.UrlInput("nope"), ("address", "nope", None, None, None, None, None, "-")),
    (
        kinds.UrlInput("https://h.example/map.xml", "s", depth=1),
        ("address", "https://h.example/map.xml", None, "s", None, None, {"depth": 1}, "h.example"),
    ),
    (kinds.FileInput("/x/a.warc", "s", "in/a"), ("file", "/x/a.warc", None, "s", "in/a", None, None, None)),
    (
        kinds.FileInput("/x/a.warc", progress=kinds.SplitProgress(7, 6, 5, 4)),
        (
            "file", "/x/a.warc", None, None, None, None,
            {"progress": {"position": 7, "queued": 6, "passed": 5, "line": 4}}, None,
        ),
    ),
    (kinds.WarcRecordInput("/x/a.warc", 5, 9, "s"), ("warc_record", "/x/a.warc@5", None, "s", None, None, WARC, None)),
    (
        kinds.ReparseInput(ArchivedDocument(ARTICLE, "s", None, "f.warc.gz", 5, 9, "ab", DocumentKind.HTML)),
        ("reread", ARTICLE, None, "s", None, None, ARCHIVED, None),
    ),
    (
        kinds.ReparseInput(ArchivedDocument(ARTICLE, "s", "https://h.example/a", "f.warc.gz", 5, 9, "ab", None, HINTS)),
        (
            "reread", ARTICLE, None, "s", None, None,
            {**ARCHIVED, "kind": None, "stated": HINTS_JSON, "url": "https://h.example/a"}, None,
        ),
    ),
    (kinds.WithdrawInput(ARTICLE, "asked"), ("withdraw", ARTICLE, None, None, None, None, {"why": "asked"}, None)),
    (kinds.WithdrawInput(ARTICLE), ("withdraw", ARTICLE, None, None, None, None, None, None)),
    (kinds.LiftInput(ARTICLE), ("lift", ARTICLE, None, None, None, None, None, None)),
]  # fmt: skip


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value.obj if isinstance(value, Jsonb) else value for value in row)


@pytest.mark.parametrize(("item", "cells"), ROWS)
def test_a_row_is_that_of_former_releases(item: kinds.Input, cells: tuple[Any, ...]) -> None:
    *common, host = cells
    assert plain(to_row(JOB, item, Origin.LIVE)) == (JOB, *common, "live", None, None, None, None, host)


@pytest.mark.parametrize(("item", "cells"), ROWS)
def test_an_input_comes_back_from_its_row(item: kinds.Input, cells: tuple[Any, ...]) -> None:
    leased = from_row((17, JOB, *cells[:-1], "backfill", 2, DAY))
    assert (leased.input_id, leased.job, leased.origin, leased.attempts) == (17, JOB, Origin.BACKFILL, 2)
    assert leased.item == item


def test_what_is_rejected_has_its_outcome() -> None:
    row = to_row(JOB, RejectedInput("a\0b", RejectionReason.MISSING, "no such \udc80 file"), Origin.LIVE)
    assert row[:3] == (JOB, "text", "ab")
    assert row[9:12] == ("rejected", "missing", "no such ? file")


def test_what_postgresql_cannot_store_is_replaced() -> None:
    item = Document("a\0.txt", b"x", DocumentKind.TEXT, "s", "e\udc80", DAY, hints=Hints("Ferry\0 late", ("\ud800",)))
    row = plain(to_row(JOB, item, Origin.LIVE))
    assert (row[2], row[5]) == ("a.txt", "e?")
    assert (row[7]["title"], row[7]["authors"]) == ("Ferry late", ["?"])


@pytest.mark.parametrize(
    "cells",
    [
        ("warc_record", "/x/a.warc@5", None, "s", None, None, {}),
        ("kind_of_a_later_release", "x", None, "s", None, None, None),
        ("html", "a.html", None, "s", None, b"x", {"published_at": "yesterday"}),
        ("file", "/x", None, None, None, None, {"progress": {"lines": 3}}),
    ],
)
def test_a_row_that_cannot_be_read_is_an_input_with_its_problem(cells: tuple[Any, ...]) -> None:
    leased = from_row((17, JOB, *cells, "backfill", 2, DAY))
    assert isinstance(leased.item, kinds.UnreadableInput)
    assert (leased.input_id, leased.attempts, leased.item.name) == (17, 2, cells[1])

"""The inputs that the queue holds: one class per kind, and an input that is leased.

A text, a page or a record that was submitted by value is a ``Document``; the others name what is to be done.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from quotewire_ingest.archive.read import ArchivedDocument
from quotewire_ingest.fetch.public_suffixes import site_of
from quotewire_ingest.hints import NO_HINTS, Hints
from quotewire_ingest.model import Document
from quotewire_ingest.urls import host_name
from quotewire_runtime.postgres.text import to_storable
from quotewire_schemas.article import Origin


class InputKind(StrEnum):
    """The values of the column ``kind``."""

    TEXT = "text"
    HTML = "html"
    RECORD = "record"
    URL = "address"
    FILE = "file"
    WARC_RECORD = "warc_record"
    REPARSE = "reread"
    WITHDRAW = "withdraw"
    LIFT = "lift"


SUBMITTED = (InputKind.TEXT, InputKind.HTML, InputKind.RECORD, InputKind.WITHDRAW, InputKind.LIFT)
"""Kinds that somebody submitted and may be waiting for."""
STORED = (InputKind.WARC_RECORD, InputKind.REPARSE)
"""Kinds whose bytes are read from files. They come by the million, and what was submitted does not wait behind them."""
NO_HOST = "-"
"""The host of a URL that has none: it needs no host lease, and is rejected."""


@dataclass(frozen=True, slots=True)
class UrlInput:
    """A URL to fetch: of a page, a feed or a sitemap. ``depth``: how many sitemap indexes led to it."""

    kind: ClassVar[InputKind] = InputKind.URL
    name: str
    source_id: str | None = None
    hints: Hints = NO_HINTS
    depth: int = 0

    @property
    def host(self) -> str:
        """The host whose lease is needed to fetch it."""
        return host_of(self.name) or NO_HOST


@dataclass(frozen=True, slots=True)
class SplitProgress:
    """How far a file was split: ``position`` in bytes, inputs queued, records skipped, number of the last line."""

    position: int = 0
    queued: int = 0
    passed: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class FileInput:
    """A file to split into inputs; ``name`` is its absolute path."""

    kind: ClassVar[InputKind] = InputKind.FILE
    name: str
    source_id: str | None = None
    external_id: str | None = None
    progress: SplitProgress = SplitProgress()


@dataclass(frozen=True, slots=True)
class WarcRecordInput:
    """A record of a WARC file, read from the file: ``start`` and ``length`` in bytes."""

    kind: ClassVar[InputKind] = InputKind.WARC_RECORD
    file: str
    start: int
    length: int
    source_id: str | None = None

    @property
    def name(self) -> str:
        """How messages name it."""
        return f"{self.file}@{self.start}"


@dataclass(frozen=True, slots=True)
class ReparseInput:
    """An archived article to parse again."""

    kind: ClassVar[InputKind] = InputKind.REPARSE
    archived: ArchivedDocument

    @property
    def name(self) -> str:
        """The article's id."""
        return self.archived.article_id

    @property
    def source_id(self) -> str:
        """The article's source."""
        return self.archived.source_id


@dataclass(frozen=True, slots=True)
class WithdrawInput:
    """An article to withdraw, by its id or its URL."""

    kind: ClassVar[InputKind] = InputKind.WITHDRAW
    source_id: ClassVar[None] = None
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class LiftInput:
    """An article, by its id or its URL, that may come in again after it was withdrawn."""

    kind: ClassVar[InputKind] = InputKind.LIFT
    source_id: ClassVar[None] = None
    name: str


@dataclass(frozen=True, slots=True)
class UnreadableInput:
    """A row of the queue that this release cannot read; ``problem`` says why. It is only leased to be rejected."""

    name: str
    source_id: str | None
    problem: str


Input: TypeAlias = Document | UrlInput | FileInput | WarcRecordInput | ReparseInput | WithdrawInput | LiftInput


@dataclass(frozen=True, slots=True)
class LeasedInput:
    """An input that this process works on. ``attempts``: how often it was leased, this time included."""

    input_id: int
    job: uuid.UUID
    origin: Origin
    attempts: int
    item: Input | UnreadableInput


def host_of(url: str) -> str | None:
    """Return the site of a URL, by which hosts are leased; None for what is no URL."""
    name = host_name(url)
    return to_storable(site_of(name)) if name else None

"""What goes into the parser (a document) and what comes out of it (a parsed article)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from importlib import metadata

from quotewire_ingest.hints import NO_HINTS, Hints
from quotewire_ingest.identity import content_hash
from quotewire_schemas.article import Article, Change, Dropped, Origin, Precision, RawRef, Rights

PARSER_VERSION = metadata.version("quotewire")


class DocumentKind(StrEnum):
    """How the bytes of a document are parsed."""

    TEXT = "text"
    HTML = "html"
    RECORD = "record"
    """One line of JSON Lines: an article that another program has extracted."""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes to be parsed, and what is known about them beforehand."""

    name: str
    """For messages: a path, a URL, or `file.jsonl:12`."""
    body: bytes
    kind: DocumentKind
    source_id: str
    external_id: str | None
    fetched_at: datetime
    url: str | None = None
    """The URL as given, or the final one after redirects."""
    charset: str | None = None
    """From the Content-Type header."""
    robots_header: str | None = None
    http_headers: tuple[tuple[str, str], ...] | None = None
    """Headers of the response, for the archive; None for what was not fetched."""
    hints: Hints = NO_HINTS
    requested_urls: tuple[str, ...] = ()
    """The URL that was requested for it, and those that this one redirected to before the final one."""


@dataclass(slots=True)
class ParsedArticle:
    """A parsed article before it is assigned a revision."""

    article_id: str
    source_id: str
    text: str
    fetched_at: datetime
    url: str | None = None
    canonical_url: str | None = None
    syndicated_from: str | None = None
    outlet: str | None = None
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    published_precision: Precision | None = None
    modified_at: datetime | None = None
    language: str | None = None
    captions: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    provenance: dict[str, str] = field(default_factory=dict)
    rights: Rights = field(default_factory=Rights)

    @property
    def content_hash(self) -> str:
        """SHA-256 of title and text; another one makes another revision."""
        return content_hash(self.title, self.text)

    def article(
        self,
        revision: int = 1,
        change: Change = Change.CREATED,
        origin: Origin = Origin.LIVE,
        raw_ref: RawRef | None = None,
        ingested_at: datetime | None = None,
    ) -> Article:
        """Build the record of one revision."""
        return Article(
            article_id=self.article_id,
            revision=revision,
            change=change,
            origin=origin,
            url=self.url,
            canonical_url=self.canonical_url,
            syndicated_from=self.syndicated_from,
            source_id=self.source_id,
            outlet=self.outlet,
            title=self.title,
            authors=self.authors,
            published_at=self.published_at,
            published_precision=self.published_precision,
            modified_at=self.modified_at,
            fetched_at=self.fetched_at,
            ingested_at=ingested_at or datetime.now(UTC),
            language=self.language,
            text=self.text,
            captions=self.captions,
            dropped=self.dropped,
            provenance=self.provenance,
            rights=self.rights,
            content_hash=self.content_hash,
            raw_ref=raw_ref,
            reader_version=PARSER_VERSION,
        )

"""An article as it enters the stream: one record per revision."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from .record import SCHEMA_VERSION, Open, Record

MAX_TEXT_BYTES = 256 * 1024
"""The longest text in UTF-8 bytes: several times a long magazine article. The topics' limits follow from it."""


class Change(StrEnum):
    """Why this revision exists."""

    CREATED = "created"
    """The article was seen for the first time."""
    REVISED = "revised"
    """The outlet changed the article."""
    REREAD = "reread"
    """The page is the same; a newer parser read it."""
    WITHDRAWN = "withdrawn"
    """The article was withdrawn: consumers delete everything they hold of it."""


class Origin(StrEnum):
    """Why the record was published. Latency is measured on ``live`` records only."""

    LIVE = "live"
    BACKFILL = "backfill"
    REPLAY = "replay"
    REANNOTATION = "reannotation"
    HEARTBEAT = "heartbeat"
    """An invented article that is sent through the pipeline to check it; never stored as news."""


class Precision(StrEnum):
    """The precision of a publication time."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Dropped(Record):
    """A line of the page that the boilerplate cleaner removed from the text."""

    text: str = Field(description="The line, unchanged.")
    reason: str = Field(description="The rule that removed it, for example `cookie_notice` or `related_link`.")


class Rights(Record):
    """What the publisher says about use by machines; recorded, not interpreted."""

    robots: str | None = Field(None, description="Directives of the robots meta element or header, verbatim.")
    tdm: str | None = Field(None, description="Text and data mining reservation, verbatim.")
    licence: str | None = Field(None, description="Licence that the page names, usually a URL.")


class RawRef(Record):
    """The location of the raw bytes in the WARC archive of ingest."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(description="SHA-256 of the raw bytes, hex.")
    file: str = Field(description="Name of the WARC file in the archive folder.")
    offset: int = Field(ge=0, description="Position of the record in that file, in bytes.")


class Article(Record):
    """One revision of one news article.

    The key on the topic is ``article_id``. Text is Unicode NFC; all offsets count its code points.
    Apply records in order of ``revision``: a consumer that holds a higher revision drops the record.
    """

    schema_version: int = Field(
        SCHEMA_VERSION, ge=1, description="Version of this schema; consumers reject a higher one."
    )
    type: Literal["article"] = "article"
    article_id: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="A hash of the normalised URL, or of source and id there: the same on every machine and replay."
    )
    revision: int = Field(ge=1, description="1 for the first version, then 2, 3, … in the order of ingest.")
    change: Open[Change] = Field(description="Why this revision exists.")
    origin: Open[Origin] = Field(Origin.LIVE, description="Why the record was published.")
    url: str | None = Field(None, description="Final URL after redirects, as fetched or as given.")
    canonical_url: str | None = Field(
        None, description="URL that the page declares for itself, on the same registrable domain only."
    )
    syndicated_from: str | None = Field(None, description="Declared canonical URL on another domain.")
    source_id: Annotated[str, Field(min_length=1)] = Field(description="The source it came from, as configured.")
    outlet: str | None = Field(None, description="Name of the publication, or its host name where the page gives none.")
    title: str | None = Field(
        None, description="Headline without the outlet's suffix; null where the input gives none."
    )
    authors: list[str] = Field(default_factory=list, description="People named as authors, in order.")
    published_at: AwareDatetime | None = Field(
        None, description="Publication time in UTC; null where the input gives none."
    )
    published_precision: Open[Precision] | None = Field(None, description="Precision of `published_at`.")
    modified_at: AwareDatetime | None = Field(None, description="Last change according to the page, UTC.")
    fetched_at: AwareDatetime = Field(description="When the bytes were read, UTC.")
    ingested_at: AwareDatetime = Field(description="When the revision was committed, UTC; latency counts from here.")
    language: str | None = Field(None, description="BCP 47 tag, for example `en`; null where not recognised.")
    text: str = Field(
        description="Body text, NFC, paragraphs separated by newlines, at most 256 KiB of UTF-8; empty when withdrawn."
    )
    captions: list[str] = Field(default_factory=list, description="Captions; they are not in the text.")
    dropped: list[Dropped] = Field(
        default_factory=list, description="Every line that the cleaner removed, with the reason."
    )
    provenance: dict[str, str] = Field(
        default_factory=dict,
        description="Per field, where it came from: feed, json_ld, opengraph, meta, extractor, text, given, inferred.",
    )
    rights: Rights = Field(
        default_factory=lambda: Rights(robots=None, tdm=None, licence=None),
        description="What the publisher says about use by machines.",
    )
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="SHA-256 of title and text, hex: equal for revisions with equal content."
    )
    raw_ref: RawRef | None = Field(None, description="Where the raw bytes are archived; null where they are not.")
    reader_version: str = Field(description="Release of the parser that extracted the text.")

    @model_validator(mode="after")
    def _text_fits(self) -> Self:
        if len(self.text) > MAX_TEXT_BYTES // 4 and len(self.text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
            raise PydanticCustomError("text_too_long", "text is longer than 256 KiB of UTF-8")
        if self.change == Change.WITHDRAWN and self.text:
            raise PydanticCustomError("withdrawn_text", "a withdrawn article carries no text")
        return self

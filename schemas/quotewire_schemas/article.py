"""An article as it enters the stream: one record per revision."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from .record import SCHEMA_VERSION, Open, Record

MAX_TEXT_BYTES = 256 * 1024
"""The longest text in UTF-8 bytes: several times a long magazine piece. The topics' limits follow from this."""


class Change(StrEnum):
    """Why this revision exists."""

    CREATED = "created"
    """First sight of the article."""
    REVISED = "revised"
    """The outlet changed it."""
    REREAD = "reread"
    """The same page, read by a better reader of ours."""
    WITHDRAWN = "withdrawn"
    """Taken back: everything known of the article is to be deleted."""


class Origin(StrEnum):
    """How the record came onto the topic. Ages are measured on ``live`` alone."""

    LIVE = "live"
    BACKFILL = "backfill"
    REPLAY = "replay"
    REANNOTATION = "reannotation"
    HEARTBEAT = "heartbeat"
    """A made-up article that travels the pipeline to show that it moves; never stored as news."""


class Precision(StrEnum):
    """How exactly a publication time is known."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Dropped(Record):
    """A line of the page that the cleaner left out of the text."""

    text: str = Field(description="The line as it stood.")
    reason: str = Field(description="Which rule left it out, for example `cookie_notice` or `related_link`.")


class Rights(Record):
    """What the publisher says about machine use; recorded, not interpreted."""

    robots: str | None = Field(None, description="Directives of the robots meta element or header, verbatim.")
    tdm: str | None = Field(None, description="Text and data mining reservation, verbatim.")
    licence: str | None = Field(None, description="Licence the page states, usually an address.")


class RawRef(Record):
    """Where the raw bytes lie in the WARC archive of ingest."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(description="SHA-256 of the raw bytes, hex.")
    file: str = Field(description="Name of the WARC file inside the archive folder.")
    offset: int = Field(ge=0, description="Bytes from the start of that file to the record.")


class Article(Record):
    """One revision of one news article.

    Key on the topic: ``article_id``. Text is Unicode NFC; every offset in this project counts its code points.
    Applied in order of ``revision``: a reader that holds a higher one drops the record.
    """

    schema_version: int = Field(
        SCHEMA_VERSION, ge=1, description="Version of this schema; readers refuse a higher one."
    )
    type: Literal["article"] = "article"
    article_id: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="The same on every machine and replay: a hash of the normalised address, or of source and id there."
    )
    revision: int = Field(ge=1, description="1 for the first sight, then 2, 3, … in the order ingest saw them.")
    change: Open[Change] = Field(description="Why this revision exists.")
    origin: Open[Origin] = Field(Origin.LIVE, description="How the record came onto the topic.")
    url: str | None = Field(None, description="Final address after redirects, as fetched or as given.")
    canonical_url: str | None = Field(
        None, description="Address the page declares for itself, same registrable domain only."
    )
    syndicated_from: str | None = Field(None, description="Declared canonical address on another domain.")
    source_id: Annotated[str, Field(min_length=1)] = Field(description="The source that brought it, as configured.")
    outlet: str | None = Field(None, description="Name of the publication, or its host name where no name is stated.")
    title: str | None = Field(
        None, description="Headline without the outlet's suffix; null where the input states none."
    )
    authors: list[str] = Field(default_factory=list, description="People named as authors, in order.")
    published_at: AwareDatetime | None = Field(
        None, description="Publication time in UTC; null where the input states none."
    )
    published_precision: Open[Precision] | None = Field(None, description="How exactly `published_at` is known.")
    modified_at: AwareDatetime | None = Field(None, description="Last change the page states, UTC.")
    fetched_at: AwareDatetime = Field(description="When the bytes were read, UTC.")
    ingested_at: AwareDatetime = Field(description="When the revision was committed, UTC; ages are measured from here.")
    language: str | None = Field(None, description="BCP 47 tag, for example `en`; null where not recognised.")
    text: str = Field(
        description="Body text, NFC, paragraphs separated by newlines, at most 256 KiB of UTF-8; empty when withdrawn."
    )
    captions: list[str] = Field(default_factory=list, description="Captions, kept apart from the text.")
    dropped: list[Dropped] = Field(
        default_factory=list, description="Every line the cleaner left out, with its reason."
    )
    provenance: dict[str, str] = Field(
        default_factory=dict,
        description="Per field, where it came from: feed, json_ld, opengraph, meta, extractor, text, given, inferred.",
    )
    rights: Rights = Field(
        default_factory=lambda: Rights(robots=None, tdm=None, licence=None),
        description="What the publisher says about machine use.",
    )
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="SHA-256 over title and text, hex: two revisions with one hash say the same."
    )
    raw_ref: RawRef | None = Field(None, description="Where the raw bytes are kept; null where they are not.")
    reader_version: str = Field(description="Release of the page reader that took the text out.")

    @model_validator(mode="after")
    def _text_fits(self) -> Self:
        if len(self.text) > MAX_TEXT_BYTES // 4 and len(self.text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
            raise PydanticCustomError("text_too_long", "text is longer than 256 KiB of UTF-8")
        if self.change == Change.WITHDRAWN and self.text:
            raise PydanticCustomError("withdrawn_text", "a withdrawn article carries no text")
        return self

"""An attributed quotation, and the record that voids earlier quotations."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from .record import SCHEMA_VERSION, Open, Record


class Kind(StrEnum):
    """How the words are reported."""

    DIRECT = "direct"
    """All of the content is in quotation marks."""
    INDIRECT = "indirect"
    """Reported speech without quotation marks."""
    MIXED = "mixed"
    """Reported speech with some words in quotation marks."""


class SpeakerKind(StrEnum):
    """The kind of a speaker."""

    PERSON = "person"
    ORGANISATION = "organisation"
    GROUP = "group"
    """Several people named as one speaker: "European officials", "Ukrainians"."""
    UNNAMED = "unnamed"
    """One person or body without a name: "a diplomatic source"."""
    UNKNOWN = "unknown"
    """The article does not say who speaks."""


class NameScope(StrEnum):
    """Which part of the name the article gives."""

    FULL = "full"
    SURNAME = "surname"
    TITLE = "title"
    """Only a title or description: "the President of Ukraine"."""


class Cue(Record):
    """The words that announce the quotation: "said", "according to"."""

    text: str = Field(description="The words as they are in the text.")
    start: int = Field(ge=0, description="First code point in `article.text`.")
    end: int = Field(gt=0, description="Code point after the last one.")


class Speaker(Record):
    """One speaker of a quotation; a joint statement has several."""

    text: str = Field(
        description="The mention at the quotation: a name, `he`, `the spokesman`; empty where there is none."
    )
    start: int | None = Field(
        None, ge=0, description="First code point of the mention in `article.text`; null where there is none."
    )
    end: int | None = Field(None, gt=0, description="Code point after the last one of the mention.")
    name: str | None = Field(
        None, description="Fullest name of the speaker in the article; null where the article does not say who speaks."
    )
    name_key: str | None = Field(None, description="`name` folded across spellings and transliterations, to group by.")
    name_scope: Open[NameScope] | None = Field(None, description="Which part of the name the article gives.")
    kind: Open[SpeakerKind] = Field(description="The kind of speaker.")
    label: str | None = Field(None, description="Entity type of the name, where it is an entity.")
    confidence: float | None = Field(None, ge=0, le=1, description="Probability that this is who speaks.")


class Quote(Record):
    """One quotation with everything that is needed to use it: no join is required.

    The key on the topic is ``article_id``. The quotation is void after a ``quotes.voided`` record of the same article
    with a higher ``(revision, annotator_release)``.
    """

    schema_version: int = Field(
        SCHEMA_VERSION, ge=1, description="Version of this schema; consumers reject a higher one."
    )
    type: Literal["quote"] = "quote"
    quote_id: Annotated[str, Field(min_length=1)] = Field(
        description="A hash of article, revision and content spans: the same on every machine and replay."
    )
    article_id: Annotated[str, Field(min_length=1)] = Field(description="The article that contains it.")
    revision: int = Field(ge=1, description="Revision of that article.")
    annotator_release: int = Field(ge=0, description="Release of model and rules; it only increases.")
    url: str | None = Field(None, description="URL of the article.")
    outlet: str | None = Field(None, description="Name of the publication, or its host name.")
    title: str | None = Field(None, description="Headline of the article.")
    published_at: AwareDatetime | None = Field(None, description="Publication time of the article in UTC.")
    language: str | None = Field(None, description="BCP 47 tag of the article's language.")
    kind: Open[Kind] = Field(description="How the words are reported.")
    content: str = Field(description="What was said: the text of `content_spans`, joined by a space.")
    content_spans: Annotated[list[tuple[int, int]], Field(min_length=1)] = Field(
        description="Code points in `article.text`, end exclusive; several where the cue interrupts."
    )
    cue: Cue | None = Field(None, description="The words that announce it; null where there are none.")
    speakers: list[Speaker] = Field(default_factory=list, description="Who speaks; several for a joint statement.")
    context_span: tuple[int, int] = Field(
        description="The sentences around content, cue and mention: code points, end exclusive."
    )
    parent_quote_id: str | None = Field(None, description="The quotation that contains this one.")
    flags: list[str] = Field(
        default_factory=list,
        description="`negated`, `hypothetical`, `low_confidence`, …: consumers ignore flags that they do not know.",
    )
    confidence: float = Field(ge=0, le=1, description="Probability that this is a quotation with this content.")

    @model_validator(mode="after")
    def _spans_are_ordered(self) -> Self:
        if any(not 0 <= start < end for start, end in (*self.content_spans, self.context_span)):
            raise PydanticCustomError("span", "a span must be [start, end) with 0 <= start < end")
        return self


class QuotesVoided(Record):
    """Voids all earlier quotations of one article; precedes the new ones on the same topic and key."""

    schema_version: int = Field(
        SCHEMA_VERSION, ge=1, description="Version of this schema; consumers reject a higher one."
    )
    type: Literal["quotes.voided"] = "quotes.voided"
    article_id: Annotated[str, Field(min_length=1)] = Field(description="The article whose quotations are void.")
    revision: int = Field(ge=1, description="Quotations with a lower (revision, annotator_release) are void.")
    annotator_release: int = Field(ge=0, description="The second part of that pair.")
    reason: str = Field(description="`revised`, `reread`, `withdrawn`, `reannotation` or `replay`.")
    voided_at: AwareDatetime = Field(description="When they were voided, UTC.")

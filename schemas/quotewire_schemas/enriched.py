"""An article with its entities and quotations."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from .article import Article
from .entity import Entity
from .quote import Quote
from .record import SCHEMA_VERSION, Open, Record


class AnnotationStatus(StrEnum):
    """How complete the annotation is."""

    DONE = "done"
    PARTIAL = "partial"
    """Incomplete: the reason says what is missing, for example quotations from an entities-only model."""
    SKIPPED = "skipped"
    """Not annotated: there is no model for the language, or no text."""


class Annotation(Record):
    """What annotated the article, and how completely."""

    status: Open[AnnotationStatus] = Field(description="How complete the annotation is.")
    reason: str | None = Field(None, description="Why it is not `done`; null when it is.")
    model: str | None = Field(None, description="Name and version of the pipeline; null when skipped.")
    annotator_release: int = Field(ge=0, description="Release of model and rules; it only increases.")
    annotated_at: AwareDatetime = Field(description="When the annotator ran, UTC.")


class EnrichedArticle(Record):
    """One revision of one article with its entities and quotations.

    The key on the topic is ``article_id``. Apply records in order of ``(article.revision,
    annotation.annotator_release)``: the lists are complete and replace what a consumer holds. Offsets count code points
    of ``article.text``, end exclusive.
    """

    schema_version: int = Field(
        SCHEMA_VERSION, ge=1, description="Version of this schema; consumers reject a higher one."
    )
    type: Literal["article.enriched"] = "article.enriched"
    article: Article = Field(description="The article, without `dropped`.")
    entities: list[Entity] = Field(default_factory=list, description="In order of the text.")
    quotes: list[Quote] = Field(default_factory=list, description="In order of the text.")
    annotation: Annotation = Field(description="What found them, and how complete it is.")

    @model_validator(mode="after")
    def _offsets_hold(self) -> Self:
        text, length = self.article.text, len(self.article.text)
        for number, entity in enumerate(self.entities):
            if text[entity.start : entity.end] != entity.text:
                raise PydanticCustomError("offset", "entities.{n} does not stand at its offsets", {"n": number})
        for number, quote in enumerate(self.quotes):
            spans = [*quote.content_spans, quote.context_span]
            if any(end > length for _, end in spans):
                raise PydanticCustomError("offset", "quotes.{n} ends after the text", {"n": number})
            mentions = [(quote.cue.start, quote.cue.end, quote.cue.text)] if quote.cue else []
            mentions += [(s.start, s.end, s.text) for s in quote.speakers if s.start is not None and s.end is not None]
            if any(text[start:end] != words for start, end, words in mentions):
                raise PydanticCustomError(
                    "offset", "quotes.{n}: cue or speaker does not stand at its offsets", {"n": number}
                )
        return self

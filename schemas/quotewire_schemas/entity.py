"""A named entity in the text of an article."""

from __future__ import annotations

from pydantic import Field

from .record import Record


class Entity(Record):
    """One mention of a named entity. ``article.text[start:end] == text``."""

    text: str = Field(description="The words as they are in the text.")
    label: str = Field(description="Type in OntoNotes' names: PERSON, ORG, GPE, LOC, FAC, NORP, EVENT, DATE, …")
    start: int = Field(ge=0, description="First code point in `article.text`.")
    end: int = Field(gt=0, description="Code point after the last one.")
    entity_id: str | None = Field(
        None, description="The same for all mentions of one entity in this article; has no meaning outside it."
    )
    name: str = Field(description="Fullest name of this entity in the article.")
    name_key: str = Field(description="`name` folded across spellings and transliterations, to group by.")

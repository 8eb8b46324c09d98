"""The outcomes of an article: exactly one per article and stage, with the same names in all stages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Outcome(StrEnum):
    """A label of ``quotewire_articles_total`` and a field of the canonical log line; the list is closed."""

    PUBLISHED = "published"
    """ingest: a new revision was published."""
    UNCHANGED = "unchanged"
    """ingest: the content is the same as before; store: this record was stored before."""
    WITHDRAWN = "withdrawn"
    """The article was withdrawn."""
    REJECTED = "rejected"
    """ingest: the input is not an article; the reason is in the log and in ``ingest.inputs``."""
    ANNOTATED = "annotated"
    """extract: the article was annotated, with or without entities and quotations."""
    PARTIAL = "partial"
    """extract: a part of the text could not be annotated; the record says which."""
    SKIPPED = "skipped"
    """extract: passed on without annotation, for example a language without a model."""
    STORED = "stored"
    """store: the article's rows were replaced."""
    SUPERSEDED = "superseded"
    """store: a newer revision or annotation was stored before."""
    HEARTBEAT = "heartbeat"
    """extract and store: a synthetic article that measures the delay of the stream; never stored."""
    DEAD_LETTER = "dead_letter"
    """The record was rejected and is on the stage's dead-letter topic."""


OUTCOMES: Mapping[str, tuple[Outcome, ...]] = {
    "ingest": (Outcome.PUBLISHED, Outcome.UNCHANGED, Outcome.WITHDRAWN, Outcome.REJECTED),
    "extract": (
        Outcome.ANNOTATED, Outcome.PARTIAL, Outcome.SKIPPED, Outcome.WITHDRAWN, Outcome.HEARTBEAT, Outcome.DEAD_LETTER,
    ),
    "store": (
        Outcome.STORED, Outcome.UNCHANGED, Outcome.SUPERSEDED, Outcome.WITHDRAWN, Outcome.HEARTBEAT,
        Outcome.DEAD_LETTER,
    ),
}  # fmt: skip
"""The possible outcomes of each stage; their counters start at 0."""

"""What became of an article in a stage: exactly one outcome per article and stage, the same words everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Outcome(StrEnum):
    """A closed list: it is a label of ``quotewire_articles_total`` and a word of the canonical log line."""

    PUBLISHED = "published"
    """ingest: a new revision went out."""
    UNCHANGED = "unchanged"
    """ingest: the same content is known already; store: this very record is stored already."""
    WITHDRAWN = "withdrawn"
    """The article was taken back."""
    REJECTED = "rejected"
    """ingest: the input is no article; the reason is in the log and in ``ingest.inputs``."""
    ANNOTATED = "annotated"
    """extract: entities and quotations were found, or there are none."""
    PARTIAL = "partial"
    """extract: some of the text could not be annotated; the record says what."""
    SKIPPED = "skipped"
    """extract: passed on without annotation, for example a language without a model."""
    STORED = "stored"
    """store: the article's rows were replaced."""
    SUPERSEDED = "superseded"
    """store: a newer revision or annotation is there already."""
    HEARTBEAT = "heartbeat"
    """extract and store: a made-up article that shows that the stream moves; passed on, never stored."""
    DEAD_LETTER = "dead_letter"
    """The record was given up and lies on the stage's dead-letter topic."""


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
"""The outcomes each stage can have: its counters start at 0 for all of them."""

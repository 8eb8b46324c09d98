"""What a worker process does: bytes of an article in, the records to be produced out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from quotewire_extract.annotate import annotate_article
from quotewire_extract.pipeline import Pipelines
from quotewire_extract.service.metrics import AnnotatedRecord, QuoteCounts, tally_of
from quotewire_extract.service.records import emits
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.records import LogFields
from quotewire_schemas import AnnotationStatus, Article, Change, EnrichedArticle, Origin
from quotewire_schemas.codec import DecodeError, decode
from quotewire_schemas.dead_letter import Reason

Item: TypeAlias = tuple[bytes | None, bytes | None]
"""Key and value of a record."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is no article of ours and becomes a dead letter; an exception would not survive the pipe."""

    reason: Reason
    message: str


def annotator(
    pipelines: Mapping[str, str], threads: int, release: int
) -> Callable[[Sequence[Item]], Iterator[AnnotatedRecord | Refusal]]:
    """Load all pipelines and return the work: one result per item, each when it is there.

    Raises SettingsError where a pipeline does not load.
    """
    loaded = Pipelines(pipelines, threads, release)
    loaded.load()

    def work(items: Sequence[Item]) -> Iterator[AnnotatedRecord | Refusal]:
        for key, value in items:
            yield annotate_record(key, value, loaded)

    return work


def annotate_record(key: bytes | None, value: bytes | None, pipelines: Pipelines) -> AnnotatedRecord | Refusal:
    """Annotate one record of the article topic."""
    try:
        article = decode(Article, value)
        if key != article.article_id.encode():
            shown = "none" if key is None else repr(key[:80].decode("utf-8", "replace"))
            return Refusal(Reason.WRONG_KEY, f"key: is {shown}, must be the article_id {article.article_id!r}")
        enriched = annotate_article(article, pipelines)
        # What is found in a heartbeat is made up: it counts nowhere.
        found = QuoteCounts() if article.origin == Origin.HEARTBEAT else tally_of(enriched)
        return AnnotatedRecord(outcome_of(enriched), article.article_id, emits(enriched), _facts(enriched), found)
    except DecodeError as error:
        return Refusal(error.reason, error.message)


def outcome_of(enriched: EnrichedArticle) -> Outcome:
    """The one outcome of an article in this stage."""
    if enriched.article.origin == Origin.HEARTBEAT:
        return Outcome.HEARTBEAT
    if enriched.article.change == Change.WITHDRAWN:
        return Outcome.WITHDRAWN
    if enriched.annotation.status == AnnotationStatus.SKIPPED:
        return Outcome.SKIPPED
    if enriched.annotation.status == AnnotationStatus.PARTIAL:
        return Outcome.PARTIAL
    return Outcome.ANNOTATED


def _facts(enriched: EnrichedArticle) -> LogFields:
    article, annotation = enriched.article, enriched.annotation
    facts: dict[str, str | int | float] = {
        "revision": article.revision,
        "characters": len(article.text),
        "entities": len(enriched.entities),
        "quotes": len(enriched.quotes),
    }
    named = {"language": article.language, "model": annotation.model, "reason": annotation.reason}
    return facts | {name: value for name, value in named.items() if value}

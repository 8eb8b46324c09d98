"""The work of a worker process: bytes of an article in, the records to produce out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from quotewire_extract.annotate import annotate_article
from quotewire_extract.pipeline import Pipelines
from quotewire_extract.service.metrics import AnnotatedRecord, QuoteCounts, count_quotes
from quotewire_extract.service.records import outgoing_records
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.records import LogFields
from quotewire_schemas import AnnotationStatus, Article, Change, EnrichedArticle, Origin
from quotewire_schemas.codec import DecodeError, decode
from quotewire_schemas.dead_letter import Reason

Item: TypeAlias = tuple[bytes | None, bytes | None, bool]
"""Key and value of a record, and whether a lower release may have published quotations of it."""


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """A record that is not a valid article. No exception, because it must pass through the pipe as a result."""

    reason: Reason
    message: str


def annotator(
    pipelines: Mapping[str, str], threads: int, release: int
) -> Callable[[Sequence[Item]], Iterator[AnnotatedRecord | RejectedRecord]]:
    """Load all pipelines and return the function that annotates: it yields one result per item as soon as it has it.

    Raises SettingsError where a pipeline does not load.
    """
    loaded = Pipelines(pipelines, threads, release)
    loaded.load()

    def work(items: Sequence[Item]) -> Iterator[AnnotatedRecord | RejectedRecord]:
        for key, value, earlier_release in items:
            yield annotate_record(key, value, loaded, earlier_release=earlier_release)

    return work


def annotate_record(
    key: bytes | None, value: bytes | None, pipelines: Pipelines, *, earlier_release: bool
) -> AnnotatedRecord | RejectedRecord:
    """Annotate one record of the article topic; ``earlier_release``: see ``outgoing_records``."""
    try:
        article = decode(Article, value)
        if key != article.article_id.encode():
            shown = "none" if key is None else repr(key[:80].decode("utf-8", "replace"))
            return RejectedRecord(Reason.WRONG_KEY, f"key: is {shown}, must be the article_id {article.article_id!r}")
        enriched = annotate_article(article, pipelines)
        # The quotations of a heartbeat are invented: they are not counted.
        counts = QuoteCounts() if article.origin == Origin.HEARTBEAT else count_quotes(enriched)
        records = outgoing_records(enriched, earlier_release=earlier_release)
        return AnnotatedRecord(outcome_of(enriched), article.article_id, records, _log_fields(enriched), counts)
    except DecodeError as error:
        return RejectedRecord(error.reason, error.message)


def outcome_of(enriched: EnrichedArticle) -> Outcome:
    """Return the outcome of an article in this stage."""
    if enriched.article.origin == Origin.HEARTBEAT:
        return Outcome.HEARTBEAT
    if enriched.article.change == Change.WITHDRAWN:
        return Outcome.WITHDRAWN
    if enriched.annotation.status == AnnotationStatus.SKIPPED:
        return Outcome.SKIPPED
    if enriched.annotation.status == AnnotationStatus.PARTIAL:
        return Outcome.PARTIAL
    return Outcome.ANNOTATED


def _log_fields(enriched: EnrichedArticle) -> LogFields:
    article, annotation = enriched.article, enriched.annotation
    numbers: dict[str, str | int | float] = {
        "revision": article.revision,
        "characters": len(article.text),
        "entities": len(enriched.entities),
        "quotes": len(enriched.quotes),
    }
    texts = {"language": article.language, "model": annotation.model, "reason": annotation.reason}
    return numbers | {name: value for name, value in texts.items() if value}

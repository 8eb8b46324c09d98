"""Annotate an article: shared by the service and the command, without Kafka."""

from __future__ import annotations

from datetime import UTC, datetime

from quotewire_extract import to_records
from quotewire_extract.pipeline import Pipelines, primary_subtag
from quotewire_schemas import Annotation, AnnotationStatus, Article, Change, EnrichedArticle, Entity, Quote

SKIPPED, PARTIAL, DONE = AnnotationStatus.SKIPPED, AnnotationStatus.PARTIAL, AnnotationStatus.DONE


def annotate_article(article: Article, pipelines: Pipelines, now: datetime | None = None) -> EnrichedArticle:
    """Find the entities and quotations of an article.

    Apart from ``annotated_at`` (``now``) the result depends only on article, pipeline and release. A withdrawn article,
    one without text and one in a language without a pipeline are ``skipped``, with empty lists. Fields of the article
    that this release does not know are passed on.

    Raises SettingsError where the language's pipeline does not load.
    """
    at = now or datetime.now(UTC)
    without_dropped = article.model_copy(update={"dropped": []})
    reason = _skip_reason(article)
    pipeline = None if reason else pipelines.for_language(article.language)
    if pipeline is None:
        reason = reason or f"no pipeline for language {primary_subtag(article.language or '')!r}"
        return EnrichedArticle(article=without_dropped, annotation=_annotation(SKIPPED, at, pipelines, reason))
    entities: list[Entity] = []
    quotes: list[Quote] = []
    for start, doc in pipeline.docs(article.text):
        entities += to_records.entities(doc, start)
        if pipeline.finds_quotations:
            quotes += to_records.quotes(doc, article, pipelines.release)
    if pipeline.finds_quotations:
        annotation = _annotation(DONE, at, pipelines, None, pipeline.name)
    else:
        reason = f"entities only: {pipeline.name} finds no quotations"
        annotation = _annotation(PARTIAL, at, pipelines, reason, pipeline.name)
    return EnrichedArticle(article=without_dropped, entities=entities, quotes=quotes, annotation=annotation)


def _skip_reason(article: Article) -> str | None:
    if article.change == Change.WITHDRAWN:
        return "withdrawn"
    if not article.text.strip():
        return "no text"
    return "language not recognised" if not article.language else None


def _annotation(
    status: AnnotationStatus, at: datetime, pipelines: Pipelines, reason: str | None, model: str | None = None
) -> Annotation:
    return Annotation(status=status, reason=reason, model=model, annotator_release=pipelines.release, annotated_at=at)

"""The records that are produced for an enriched article, and their order."""

from __future__ import annotations

from pydantic import BaseModel

from quotewire_runtime.kafka.headers import cloud_event
from quotewire_runtime.records import Emit
from quotewire_schemas import Article, Change, EnrichedArticle, Origin, QuotesVoided
from quotewire_schemas.codec import encode
from quotewire_schemas.topics import (
    CE_ENRICHED,
    CE_QUOTE,
    CE_QUOTES_VOIDED,
    ENRICHED,
    QUOTE,
)

SOURCE = "quotewire/extract"


def outgoing_records(enriched: EnrichedArticle, *, earlier_release: bool) -> list[Emit]:
    """Return the enriched article, then for the topic of quotations: ``QuotesVoided`` if needed, and the quotations.

    A heartbeat becomes only an enriched article: consumers of quotations should not get invented ones.

    Args:
        enriched: the annotated article.
        earlier_release: whether a lower release may have published quotations of this revision.

    Raises:
        DecodeError: the text contains what UTF-8 cannot encode.
    """
    article, annotation = enriched.article, enriched.annotation
    release = annotation.annotator_release
    sequence = f"{article.article_id}:{article.revision}:{release}"
    records = [_emit(enriched, enriched, ENRICHED, sequence, CE_ENRICHED)]
    if article.origin == Origin.HEARTBEAT:
        return records
    if earlier_release or not _is_first(article):
        voided = QuotesVoided(
            article_id=article.article_id,
            revision=article.revision,
            annotator_release=release,
            reason=_void_reason(article),
            voided_at=annotation.annotated_at,
        )
        records.append(_emit(enriched, voided, QUOTE, f"{sequence}:voided", CE_QUOTES_VOIDED))
    records += (_emit(enriched, quote, QUOTE, f"{quote.quote_id}:{release}", CE_QUOTE) for quote in enriched.quotes)
    return records


def _is_first(article: Article) -> bool:
    """Whether this is the first record of its article: within one release, it has no quotations before it."""
    first = article.revision == 1 and article.change == Change.CREATED
    return first and article.origin in (Origin.LIVE, Origin.BACKFILL)


def _void_reason(article: Article) -> str:
    if article.change != Change.WITHDRAWN and article.origin in (Origin.REPLAY, Origin.REANNOTATION):
        return str(article.origin)
    if article.change != Change.CREATED:
        return str(article.change)
    return str(Origin.REANNOTATION if article.revision == 1 else Change.REVISED)


def _emit(enriched: EnrichedArticle, record: BaseModel, topic: str, ce_id: str, ce_type: str) -> Emit:
    headers = cloud_event(id=ce_id, type=ce_type, source=SOURCE, time=enriched.annotation.annotated_at)
    return Emit(topic=topic, key=enriched.article.article_id.encode(), value=encode(record), headers=headers)

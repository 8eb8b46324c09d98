"""Turn an enriched article into rows of schema `news`: pure functions, no database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic_core import to_json

from quotewire_schemas.article import Change
from quotewire_schemas.enriched import EnrichedArticle
from quotewire_schemas.entity import Entity
from quotewire_schemas.quote import Quote

Row: TypeAlias = tuple[object, ...]

# Columns that are emptied in a withdrawn article: the row keeps its identity and its source, nothing of the content.
_CONTENT = ("url", "canonical_url", "syndicated_from", "title", "text", "content_hash", "raw_ref", "extra")


@dataclass(frozen=True, slots=True)
class ArticleRows:
    """All rows that are written for one record."""

    article_id: str
    revision: int
    annotator_release: int
    withdrawn: bool
    digest: str
    article: dict[str, Any]
    """Columns of `news.articles` by name."""
    entities: list[Row]
    """Rows for `COPY news.entities`, columns as in `ENTITY_COLUMNS`."""
    quotations: list[Row]
    speakers: list[Row]

    @property
    def order(self) -> tuple[int, int]:
        """Decides which of two records is newer."""
        return self.revision, self.annotator_release


ENTITY_COLUMNS = ("article_id", "position", "entity_id", "label", "name", "name_key", "starts", "ends", "extra")
QUOTATION_COLUMNS = (
    "article_id", "position", "quote_id", "kind", "content", "content_spans", "cue", "cue_start", "cue_end",
    "context_start", "context_end", "parent_quote_id", "flags", "confidence", "extra",
)  # fmt: skip
SPEAKER_COLUMNS = (
    "article_id", "quote_position", "position", "name", "name_key", "name_scope", "kind", "label", "mention",
    "mention_start", "mention_end", "confidence", "news_time", "extra",
)  # fmt: skip


def rows_of(record: EnrichedArticle) -> ArticleRows:
    """Turn a record into rows; a withdrawn article has only its emptied row, whatever the record still carries."""
    article = record.article
    withdrawn = article.change == Change.WITHDRAWN
    columns = _article(record)
    if withdrawn:
        columns |= dict.fromkeys(_CONTENT) | {"authors": [], "captions": [], "provenance": {}, "rights": {}}
    columns["withdrawn_through"] = article.revision if withdrawn else 0
    columns["digest"] = digest = _digest(record)
    quotes = [] if withdrawn else record.quotes
    return ArticleRows(
        article_id=article.article_id,
        revision=article.revision,
        annotator_release=record.annotation.annotator_release,
        withdrawn=withdrawn,
        digest=digest,
        article=columns,
        entities=[] if withdrawn else _entities(article.article_id, record.entities),
        quotations=[_quotation(article.article_id, position, quote) for position, quote in enumerate(quotes)],
        speakers=[
            row
            for position, quote in enumerate(quotes)
            for row in _speakers(article.article_id, position, quote, columns["news_time"])
        ],
    )


def _article(record: EnrichedArticle) -> dict[str, Any]:
    article, annotation = record.article, record.annotation
    unknown = {"article": article.model_extra, "annotation": annotation.model_extra} | (record.model_extra or {})
    return {
        "article_id": article.article_id,
        "revision": article.revision,
        "annotator_release": annotation.annotator_release,
        "change": article.change,
        "origin": article.origin,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "syndicated_from": article.syndicated_from,
        "source_id": article.source_id,
        "outlet": article.outlet,
        "title": article.title,
        "authors": article.authors,
        "published_at": article.published_at,
        "published_precision": article.published_precision,
        "modified_at": article.modified_at,
        "fetched_at": article.fetched_at,
        "ingested_at": article.ingested_at,
        "news_time": article.published_at or article.fetched_at,
        "language": article.language,
        "text": article.text,
        "captions": article.captions,
        "provenance": article.provenance,
        "rights": article.rights.model_dump(exclude_none=True),
        "content_hash": article.content_hash,
        "raw_ref": article.raw_ref,
        "reader_version": article.reader_version,
        "annotation_status": annotation.status,
        "annotation_reason": annotation.reason,
        "model": annotation.model,
        "annotated_at": annotation.annotated_at,
        "extra": {name: fields for name, fields in unknown.items() if fields} or None,
    }


def _digest(record: EnrichedArticle) -> str:
    """Hash the content: the same for a record that extract produced twice, which differs only in its time."""
    content = record.model_dump_json(exclude={"annotation": {"annotated_at"}})
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def _entities(article_id: str, mentions: list[Entity]) -> list[Row]:
    """Group mentions into one row per entity: half the rows, and the article has the text of each mention."""
    groups: dict[tuple[object, ...], list[Entity]] = {}
    for mention in mentions:
        groups.setdefault((mention.entity_id, mention.label, mention.name, mention.name_key), []).append(mention)
    return [
        (
            article_id,
            position,
            *entity,
            [mention.start for mention in group],
            [mention.end for mention in group],
            _extra([mention.model_extra or {} for mention in group]) if any(m.model_extra for m in group) else None,
        )
        for position, (entity, group) in enumerate(groups.items())
    ]


def _quotation(article_id: str, position: int, quote: Quote) -> Row:
    cue = quote.cue
    return (
        article_id,
        position,
        quote.quote_id,
        str(quote.kind),
        quote.content,
        [list(span) for span in quote.content_spans],
        cue.text if cue else None,
        cue.start if cue else None,
        cue.end if cue else None,
        *quote.context_span,
        quote.parent_quote_id,
        quote.flags,
        quote.confidence,
        _unknown(quote),
    )


def _speakers(article_id: str, quote_position: int, quote: Quote, news_time: object) -> list[Row]:
    return [
        (
            article_id,
            quote_position,
            position,
            speaker.name,
            speaker.name_key,
            None if speaker.name_scope is None else str(speaker.name_scope),
            str(speaker.kind),
            speaker.label,
            speaker.text,
            speaker.start,
            speaker.end,
            speaker.confidence,
            news_time,
            _unknown(speaker),
        )
        for position, speaker in enumerate(quote.speakers)
    ]


def _unknown(record: BaseModel) -> str | None:
    return _extra(record.model_extra) if record.model_extra else None


def _extra(fields: object) -> str:
    return to_json(fields).decode()

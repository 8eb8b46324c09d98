"""Turn what the components found in a document into the entities and quotations of the contract."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from quotewire_names import name_key
from quotewire_schemas import Article, Cue, Entity, Kind, NameScope, Quote, Speaker, SpeakerKind

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from quotewire_extract.quotation import CharSpan, Quotation, SpeakerMention


def entities(doc: Doc, shift: int = 0) -> Iterator[Entity]:
    """Yield the entities of a document, in order; ``shift``: where the document begins in the article."""
    for span in doc.ents:
        if not span.text.strip():
            continue
        name = span._.name or span.text
        yield Entity(
            text=span.text,
            label=span.label_,
            start=span.start_char + shift,
            end=span.end_char + shift,
            entity_id=span._.entity_id,
            name=name,
            name_key=span._.name_key or name_key(name),
        )


def quotes(doc: Doc, article: Article, release: int) -> list[Quote]:
    """Return the quotations of a document that is the article's whole text, in order of the text.

    Two quotations of the same words would have the same id: only the one with the higher confidence is kept.
    """
    found: Sequence[Quotation] = doc._.quotes
    ids = [quote_id(article.article_id, article.revision, quotation.content) for quotation in found]
    order = sorted(range(len(found)), key=lambda i: (found[i].content, -found[i].confidence))
    records: dict[str, Quote] = {}
    for i in order:
        if ids[i] not in records:
            parent = found[i].parent
            parent_id = None if parent is None or ids[parent] == ids[i] else ids[parent]
            records[ids[i]] = _quote(article, release, found[i], ids[i], parent_id)
    return list(records.values())


def quote_id(article_id: str, revision: int, content: Sequence[CharSpan]) -> str:
    """Return the id of a quotation, the same on every machine and every replay (32 hexadecimal digits)."""
    spans = ",".join(f"{start}-{end}" for start, end in content)
    return hashlib.sha256(f"{article_id}\n{revision}\n{spans}".encode()).hexdigest()[:32]


def _quote(article: Article, release: int, quotation: Quotation, own_id: str, parent_id: str | None) -> Quote:
    text = article.text
    cue = quotation.cue
    return Quote(
        quote_id=own_id,
        article_id=article.article_id,
        revision=article.revision,
        annotator_release=release,
        url=article.url,
        outlet=article.outlet,
        title=article.title,
        published_at=article.published_at,
        language=article.language,
        kind=Kind(quotation.kind),
        content=" ".join(text[start:end] for start, end in quotation.content),
        content_spans=list(quotation.content),
        cue=Cue(text=text[cue[0] : cue[1]], start=cue[0], end=cue[1]) if cue else None,
        speakers=[_speaker(mention) for mention in quotation.speakers],
        context_span=_context_span(quotation),
        parent_quote_id=parent_id,
        flags=sorted(quotation.flags),
        confidence=_probability(quotation.confidence),
    )


def _speaker(mention: SpeakerMention) -> Speaker:
    return Speaker(
        text=mention.text,
        start=mention.start,
        end=mention.end,
        name=mention.name or None,
        name_key=mention.name_key or None,
        name_scope=NameScope(mention.name_scope) if mention.name_scope else None,
        kind=SpeakerKind(mention.kind),
        label=mention.label,
        confidence=_probability(mention.confidence) if mention.name else None,
    )


def _context_span(quotation: Quotation) -> CharSpan:
    """Return the span of content, cue, source and the component's context."""
    spans = [span for span in (*quotation.content, quotation.cue, quotation.source, quotation.context) if span]
    return min(start for start, _ in spans), max(end for _, end in spans)


def _probability(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 3)

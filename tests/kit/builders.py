"""Records for tests: every field has a sensible value, a test only names those that matter to it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from quotewire_schemas import (
    Annotation,
    AnnotationStatus,
    Article,
    Change,
    Cue,
    EnrichedArticle,
    Entity,
    Kind,
    Origin,
    Quote,
    Speaker,
    SpeakerKind,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEXT = '"The ferry sails at dawn," Ilvane Morrec said. She would not say where to.'


def content_hash(title: str | None, text: str) -> str:
    """Return a hash of title and text; it is not the one that ingest computes."""
    return hashlib.sha256(f"{title}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


def article(article_id: str = "a1", revision: int = 1, text: str = TEXT, **fields: Any) -> Article:
    """Make an article of the invented newspaper `harbour-post`."""
    title = fields.pop("title", "Ferry to sail at dawn")
    known: dict[str, Any] = {
        "change": Change.CREATED if revision == 1 else Change.REVISED,
        "origin": Origin.LIVE,
        "url": f"https://harbour-post.example/{article_id}",
        "source_id": "harbour-post",
        "outlet": "Harbour Post",
        "fetched_at": NOON,
        "ingested_at": NOON,
        "language": "en",
        "content_hash": content_hash(title, text),
        "reader_version": "1",
    }
    return Article(article_id=article_id, revision=revision, title=title, text=text, **{**known, **fields})


def withdrawn(article_id: str = "a1", revision: int = 2, **fields: Any) -> Article:
    """Make the record that withdraws an article."""
    return article(article_id, revision, "", title=None, change=Change.WITHDRAWN, **fields)


def quote(of: Article, content: str, *, speaker: str | None = None, release: int = 1, **fields: Any) -> Quote:
    """Make a quotation; content and speaker are searched in the article's text."""
    start = of.text.index(content)
    speakers = []
    if speaker is not None:
        at = of.text.index(speaker)
        speakers = [
            Speaker(
                text=speaker,
                start=at,
                end=at + len(speaker),
                name=speaker,
                name_key=speaker.lower(),
                kind=SpeakerKind.PERSON,
            )
        ]
    known: dict[str, Any] = {
        "quote_id": hashlib.sha256(f"{of.article_id}:{of.revision}:{start}:{len(content)}".encode()).hexdigest()[:32],
        "url": of.url,
        "outlet": of.outlet,
        "title": of.title,
        "published_at": of.published_at,
        "language": of.language,
        "kind": Kind.DIRECT,
        "cue": None,
        "context_span": (0, len(of.text)),
        "confidence": 0.9,
    }
    return Quote(
        article_id=of.article_id,
        revision=of.revision,
        annotator_release=release,
        content=content,
        content_spans=[(start, start + len(content))],
        speakers=speakers,
        **{**known, **fields},
    )


def entity(of: Article, text: str, label: str = "PERSON", **fields: Any) -> Entity:
    """Make an entity; its text is searched in the article's text."""
    start = of.text.index(text)
    known: dict[str, Any] = {"name": text, "name_key": text.lower(), "entity_id": "e1"}
    return Entity(text=text, label=label, start=start, end=start + len(text), **{**known, **fields})


def cue(of: Article, text: str) -> Cue:
    """Make a cue; its text is searched in the article's text."""
    start = of.text.index(text)
    return Cue(text=text, start=start, end=start + len(text))


def enriched(of: Article | None = None, *, release: int = 1, **fields: Any) -> EnrichedArticle:
    """Make an enriched article, by default with the quotation and the person of :data:`TEXT`."""
    of = of or article()
    known: dict[str, Any] = {"entities": [], "quotes": []}
    if of.text == TEXT:
        known["entities"] = [entity(of, "Ilvane Morrec")]
        known["quotes"] = [
            quote(of, '"The ferry sails at dawn,"', speaker="Ilvane Morrec", release=release, cue=cue(of, "said"))
        ]
    known["annotation"] = Annotation(
        status=AnnotationStatus.DONE, model="test-1", annotator_release=release, annotated_at=NOON
    )
    return EnrichedArticle(article=of, **{**known, **fields})

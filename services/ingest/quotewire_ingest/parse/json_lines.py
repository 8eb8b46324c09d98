"""Parse articles that another program has extracted: one JSON object a line, our own records among them."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from quotewire_ingest.identity import article_id_of_external, article_id_of_url, content_hash, resolve_canonical
from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse.language import detect_language
from quotewire_ingest.parse.metadata.dates import parse_date
from quotewire_ingest.parse.normalization import normalize_text
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_schemas.article import Dropped, Rights


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class SubmittedArticle(BaseModel):
    """One article as another program submits it. Only ``text`` is required; unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    id: Annotated[
        Annotated[str, Field(max_length=500)] | None,
        BeforeValidator(_as_text),
        Field(description="The other program's own id."),
    ] = None
    url: str | None = None
    canonical_url: str | None = None
    title: str | None = None
    authors: Annotated[list[str], BeforeValidator(_as_list)] = Field(default_factory=list)
    published_at: str | None = None
    outlet: str | None = None
    language: str | None = None
    captions: list[str] = Field(default_factory=list)
    source_id: Annotated[str | None, Field(max_length=200)] = None
    type: str | None = None
    article_id: Annotated[str | None, Field(max_length=200)] = None
    dropped: list[Dropped] = Field(default_factory=list)
    rights: Rights | None = None


def parse_json_line(document: Document) -> ParsedArticle:
    """Parse one line.

    Raises ``Rejected``: ``not_utf8``, ``not_json``, ``invalid``, ``bad_address`` and what :func:`normalize_text`
    raises.
    """
    article = _validate(document.body)
    text = normalize_text(article.text)
    source_id = article.source_id or document.source_id
    parsed = ParsedArticle(_identify(article, source_id), source_id, text, document.fetched_at)
    if article.url:
        parsed.url = article.url
        parsed.canonical_url, parsed.syndicated_from = _resolve_url(article.url, article.canonical_url)
    parsed.title = _single_line(article.title)
    parsed.authors = [name for author in article.authors if (name := _single_line(author))]
    parsed.outlet = _single_line(article.outlet) or document.hints.outlet
    parsed.captions = [line for caption in article.captions if (line := _single_line(caption))]
    parsed.dropped = article.dropped
    parsed.rights = article.rights or parsed.rights
    if article.published_at:
        date = parse_date(article.published_at, document.fetched_at)
        if date is None:
            raise Rejected(
                RejectionReason.INVALID,
                f"published_at: {article.published_at[:40]!r} is not a date (ISO 8601), or not a possible one",
            )
        parsed.published_at, parsed.published_precision = date.at, date.precision
    parsed.language = article.language or detect_language(text)
    given = ("url", "title", "authors", "outlet", "published_at", "captions", "text")
    parsed.provenance = {name: "given" for name in given if getattr(parsed, name)}
    if parsed.language:
        parsed.provenance["language"] = "given" if article.language else "inferred"
    return parsed


def parse_json_object(body: bytes) -> dict[str, object]:
    """Load a JSON object from UTF-8, with or without a byte order mark.

    Raises ``Rejected``: ``not_utf8``, ``not_json``.
    """
    try:
        loaded = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Rejected(RejectionReason.NOT_UTF8, f"not UTF-8 (byte {error.start} is the first bad one)") from error
    except (ValueError, RecursionError) as error:
        raise Rejected(RejectionReason.NOT_JSON, f"not JSON: {getattr(error, 'msg', 'nested too deep')}") from error
    if not isinstance(loaded, dict):
        raise Rejected(RejectionReason.NOT_JSON, "not a JSON object")
    return loaded


def _validate(body: bytes) -> SubmittedArticle:
    loaded = parse_json_object(body)
    try:
        return SubmittedArticle.model_validate(loaded)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise Rejected(RejectionReason.INVALID, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _identify(article: SubmittedArticle, source_id: str) -> str:
    """Return the article's id; our own records keep theirs."""
    if article.type == "article" and article.article_id:
        return article.article_id
    if article.url:
        return article_id_of_url(_resolve_url(article.url, article.canonical_url)[0])
    # Without URL and id an article is recognised by its content: a line number would change with every line that is
    # inserted before it.
    return article_id_of_external(source_id, article.id or f"sha256:{content_hash(article.title, article.text)}")


def _resolve_url(url: str, canonical_url: str | None) -> tuple[str, str | None]:
    try:
        return resolve_canonical(url, canonical_url)
    except ValueError as error:
        raise Rejected(RejectionReason.BAD_ADDRESS, f"url: {error}") from error


def _single_line(value: str | None) -> str | None:
    if value is None or not value.strip():
        return None
    return " ".join(normalize_text(value).split())

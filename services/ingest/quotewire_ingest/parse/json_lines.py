"""Reads articles that somebody else has taken out of their pages: one JSON object per line, and our own records."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from quotewire_ingest.identity import article_id_of_external, article_id_of_url, content_hash, resolve_canonical
from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse import dates
from quotewire_ingest.parse.language import detect_language
from quotewire_ingest.parse.plain_text import normalize_text
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_schemas.article import Dropped, Rights


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class SubmittedArticle(BaseModel):
    """One article as another program hands it over.

    Only ``text`` must be there; fields that we do not know are passed over.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    id: Annotated[
        str | None, BeforeValidator(_as_text), Field(max_length=500, description="The other program's own id.")
    ] = None
    url: str | None = None
    canonical_url: str | None = None
    title: str | None = None
    authors: Annotated[list[str], BeforeValidator(_as_list)] = Field(default_factory=list)
    published_at: str | None = None
    outlet: str | None = None
    language: str | None = None
    captions: list[str] = Field(default_factory=list)
    source_id: str | None = None
    type: str | None = None
    article_id: Annotated[str | None, Field(max_length=200)] = None
    dropped: list[Dropped] = Field(default_factory=list)
    rights: Rights | None = None


def parse_json_line(document: Document) -> ParsedArticle:
    """Read one line.

    Raises ``Rejected``: ``not_json``, ``invalid``, ``bad_address`` and what :func:`plain_text.normalize_text` raises.
    """
    given = _parse(document.body)
    text = normalize_text(given.text)
    source_id = given.source_id or document.source_id
    reading = ParsedArticle(_identity(given, document, source_id), source_id, text, document.fetched_at)
    if given.url:
        reading.url = given.url
        reading.canonical_url, reading.syndicated_from = resolve_canonical(given.url, given.canonical_url)
    reading.title = _line(given.title)
    reading.authors = [name for author in given.authors if (name := _line(author))]
    reading.outlet = _line(given.outlet) or document.hints.outlet
    reading.captions = [line for caption in given.captions if (line := _line(caption))]
    reading.dropped = given.dropped
    reading.rights = given.rights or reading.rights
    if given.published_at:
        moment = dates.parse_date(given.published_at, document.fetched_at)
        if moment is None:
            raise Rejected(
                RejectionReason.INVALID,
                f"published_at: {given.published_at[:40]!r} is not a date (ISO 8601), or not a possible one",
            )
        reading.published_at, reading.published_precision = moment.at, moment.precision
    reading.language = given.language or detect_language(text)
    stated = ("url", "title", "authors", "outlet", "published_at", "captions", "text")
    reading.provenance = {name: "given" for name in stated if getattr(reading, name)}
    if reading.language:
        reading.provenance["language"] = "given" if given.language else "inferred"
    return reading


def parse_json_object(body: bytes) -> dict[str, object]:
    """The JSON object in bytes of UTF-8, with or without a byte order mark. Raises ``Rejected``."""
    try:
        loaded = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Rejected(RejectionReason.NOT_UTF8, f"not UTF-8 (byte {error.start} is the first bad one)") from error
    except (ValueError, RecursionError) as error:
        raise Rejected(RejectionReason.NOT_JSON, f"not JSON: {getattr(error, 'msg', 'nested too deep')}") from error
    if not isinstance(loaded, dict):
        raise Rejected(RejectionReason.NOT_JSON, "not a JSON object")
    return loaded


def _parse(body: bytes) -> SubmittedArticle:
    loaded = parse_json_object(body)
    try:
        return SubmittedArticle.model_validate(loaded)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise Rejected(RejectionReason.INVALID, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _identity(given: SubmittedArticle, document: Document, source_id: str) -> str:
    if given.type == "article" and given.article_id:
        return given.article_id
    if given.url:
        try:
            return article_id_of_url(resolve_canonical(given.url, given.canonical_url)[0])
        except ValueError as error:
            raise Rejected(RejectionReason.BAD_ADDRESS, f"url: {error}") from error
    # Without address and id an article is known again by its words alone: a line's number would change with every line
    # put before it.
    return article_id_of_external(source_id, given.id or f"sha256:{content_hash(given.title, given.text)}")


def _line(value: str | None) -> str | None:
    if value is None or not value.strip():
        return None
    return " ".join(normalize_text(value).split())

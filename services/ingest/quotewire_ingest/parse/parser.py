"""Parse a document of any kind in this process; for pages there is ``ParserPool``."""

from __future__ import annotations

from quotewire_ingest.identity import article_id_of_external, article_id_of_url, resolve_canonical
from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate
from quotewire_ingest.parse.json_lines import parse_json_line
from quotewire_ingest.parse.language import detect_language
from quotewire_ingest.parse.plain_text import decode_plain_text, normalize_text
from quotewire_ingest.parse.plain_text_metadata import fill_metadata_from_lines
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import ReadSettings


def parse_document(document: Document, settings: ReadSettings | None = None) -> ParsedArticle:
    """Read a document here and now. Raises ``Rejected``."""
    if document.kind is DocumentKind.HTML:
        from quotewire_ingest.parse.html import parse_html

        return parse_html(document, (settings or ReadSettings()).max_elements)
    if document.kind is DocumentKind.RECORD:
        return parse_json_line(document)
    return parse_plain_text(document)


def parse_plain_text(document: Document) -> ParsedArticle:
    """Read a plain text file. Raises ``Rejected``."""
    cleaned = drop_boilerplate(normalize_text(decode_plain_text(document.body)))
    text = cleaned.text
    if document.url is not None:
        try:
            canonical_url, _ = resolve_canonical(document.url, None)
        except ValueError as error:
            raise Rejected(RejectionReason.BAD_ADDRESS, str(error)) from error
        reading = ParsedArticle(article_id_of_url(canonical_url), document.source_id, text, document.fetched_at)
        reading.url, reading.canonical_url = document.url, canonical_url
        reading.provenance["url"] = "given"
    else:
        reading = ParsedArticle(
            article_id_of_external(document.source_id, document.external_id or document.name),
            document.source_id,
            text,
            document.fetched_at,
        )
    reading.provenance["text"] = "given"
    reading.captions, reading.dropped = cleaned.captions, cleaned.dropped
    if cleaned.title:
        reading.title, reading.provenance["title"] = cleaned.title, "text"
    fill_metadata_from_lines(reading)
    reading.language = detect_language(text)
    if reading.language:
        reading.provenance["language"] = "inferred"
    return reading

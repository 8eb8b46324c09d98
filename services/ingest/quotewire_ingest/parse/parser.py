"""Parse a document of any kind in this process; for pages there is ``ParserPool``."""

from __future__ import annotations

from quotewire_ingest.identity import article_id_of_external, article_id_of_url, canonical
from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.boilerplate.cleaner import clean
from quotewire_ingest.parse.json_lines import read_handed_over
from quotewire_ingest.parse.language import language_of
from quotewire_ingest.parse.plain_text import decode_text, tidy
from quotewire_ingest.parse.plain_text_metadata import take_facts
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import ReadSettings


def read_now(document: Document, settings: ReadSettings | None = None) -> ParsedArticle:
    """Read a document here and now. Raises ``Rejected``."""
    if document.kind is DocumentKind.HTML:
        from quotewire_ingest.parse.html import read_page

        return read_page(document, (settings or ReadSettings()).max_elements)
    if document.kind is DocumentKind.RECORD:
        return read_handed_over(document)
    return read_text(document)


def read_text(document: Document) -> ParsedArticle:
    """Read a plain text file. Raises ``Rejected``."""
    cleaned = clean(tidy(decode_text(document.body)))
    text = cleaned.text
    if document.url is not None:
        try:
            canonical_url, _ = canonical(document.url, None)
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
    take_facts(reading)
    reading.language = language_of(text)
    if reading.language:
        reading.provenance["language"] = "inferred"
    return reading

"""Parse a document of any kind."""

from __future__ import annotations

from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.json_lines import parse_json_line
from quotewire_ingest.parse.plain_text import parse_plain_text


def parse_document(document: Document, max_elements: int) -> ParsedArticle:
    """Parse a document in this process; the service leaves that to a worker. Raises ``Rejected``."""
    if document.kind is DocumentKind.HTML:
        from quotewire_ingest.parse.html import parse_html  # loads lxml, which the other kinds do not need

        return parse_html(document, max_elements)
    if document.kind is DocumentKind.RECORD:
        return parse_json_line(document)
    return parse_plain_text(document)

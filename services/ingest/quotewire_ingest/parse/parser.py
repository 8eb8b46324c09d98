"""Parse a document of any kind."""

from __future__ import annotations

from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.json_lines import parse_json_line
from quotewire_ingest.parse.plain_text import parse_plain_text
from quotewire_ingest.settings import ParserSettings


def parse_document(document: Document, settings: ParserSettings | None = None) -> ParsedArticle:
    """Parse a document in this process. Raises ``Rejected``.

    Pages that may be malicious go to a :class:`~quotewire_ingest.parse.page_pool.ParserPool` instead.
    """
    if document.kind is DocumentKind.HTML:
        from quotewire_ingest.parse.html import parse_html  # loads lxml, which the other kinds do not need

        return parse_html(document, (settings or ParserSettings()).max_elements)
    if document.kind is DocumentKind.RECORD:
        return parse_json_line(document)
    return parse_plain_text(document)

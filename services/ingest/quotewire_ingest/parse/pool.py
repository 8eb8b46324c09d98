"""Parse pages in worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse.document_pool import DocumentPool, for_each_document
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import ReadSettings


class ParserPool(DocumentPool[Document, ParsedArticle]):
    """Parses pages in as many processes as the settings allow."""

    def __init__(self, settings: ReadSettings) -> None:
        super().__init__(
            "page",
            "quotewire_ingest.parse.pool:load_page_parser",
            settings,
            processes=settings.processes,
            config={"max_elements": settings.max_elements},
        )


def load_page_parser(max_elements: int) -> Callable[[list[Document]], Iterator[ParsedArticle | Rejected]]:
    """Initialise a worker: import the parser of pages and return the function that parses them."""
    from quotewire_ingest.parse.html import parse_html

    return for_each_document(lambda document: parse_html(document, max_elements))

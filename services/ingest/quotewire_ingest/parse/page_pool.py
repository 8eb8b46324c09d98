"""Parse pages in worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.document_pool import DocumentPool, ParserCrash, for_each_document
from quotewire_ingest.parse.parser import parse_document
from quotewire_ingest.rejection import Rejected, RejectedInput
from quotewire_ingest.settings import ParserSettings


class ParserPool(DocumentPool[Document, ParsedArticle]):
    """Parses pages in as many processes as the settings allow."""

    def __init__(self, settings: ParserSettings) -> None:
        super().__init__(
            "page",
            "quotewire_ingest.parse.page_pool:load_page_parser",
            settings,
            processes=settings.processes,
            config={"max_elements": settings.max_elements},
        )


def load_page_parser(max_elements: int) -> Callable[[list[Document]], Iterator[ParsedArticle | Rejected | ParserCrash]]:
    """Initialise a worker: import the parser of pages and return the function that parses them."""
    from quotewire_ingest.parse.html import parse_html

    return for_each_document(lambda document: parse_html(document, max_elements))


async def parse_or_reject(document: Document, pool: ParserPool) -> ParsedArticle | RejectedInput:
    """Parse a document where its kind is safe: pages in a worker of the pool, the other kinds in this process."""
    try:
        return await pool.parse(document) if document.kind is DocumentKind.HTML else parse_document(document)
    except Rejected as rejected:
        return RejectedInput(document.name, rejected.reason, rejected.message)

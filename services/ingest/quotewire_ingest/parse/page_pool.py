"""Parse documents of every kind in worker processes, and nothing in the service's own: none of their bytes is ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse.document_pool import DocumentPool, ParserCrash, for_each_document
from quotewire_ingest.parse.parser import parse_document
from quotewire_ingest.rejection import Rejected, RejectedInput, RejectionReason
from quotewire_ingest.settings import ParserSettings
from quotewire_schemas.topics import ARTICLE, spec


class ParserPool(DocumentPool[Document, ParsedArticle]):
    """Parses pages, texts and records in as many processes as the settings allow."""

    def __init__(self, settings: ParserSettings) -> None:
        super().__init__(
            "document",
            "quotewire_ingest.parse.page_pool:load_parser",
            settings,
            processes=settings.processes,
            config={"max_elements": settings.max_elements},
        )


def load_parser(max_elements: int) -> Callable[[list[Document]], Iterator[ParsedArticle | Rejected | ParserCrash]]:
    """Initialise a worker: import the parsers and return the function that parses documents."""
    import quotewire_ingest.parse.html  # noqa: F401  # before the first deadline begins; parse_document imports it, too

    def parse(document: Document) -> ParsedArticle:
        return _bounded(parse_document(document, max_elements))

    return for_each_document(parse)


async def parse_or_reject(document: Document, pool: ParserPool) -> ParsedArticle | RejectedInput:
    """Parse a document in a worker of the pool."""
    try:
        return await pool.parse(document)
    except Rejected as rejected:
        return RejectedInput.of(document.name, rejected)


def _bounded(parsed: ParsedArticle) -> ParsedArticle:
    """Return an article that fits the topic; what is larger is not even sent to the service. Raises ``Rejected``."""
    dropped = [line.text for line in parsed.dropped]
    size = sum(map(len, [parsed.text, parsed.title or "", *parsed.authors, *parsed.captions, *dropped]))
    limit = spec(ARTICLE).max_message_bytes
    if size > limit:
        message = f"the record has {size // 1024} KiB or more; the topic takes {limit // 1024} KiB"
        raise Rejected(RejectionReason.TOO_LARGE, message)
    return parsed

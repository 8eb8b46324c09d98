"""Dispatches a document to the reader of its kind; pages are read in processes that can be ended."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from quotewire_ingest.clean import clean
from quotewire_ingest.document import Document, Kind, Reading
from quotewire_ingest.handed_over import read_handed_over
from quotewire_ingest.identity import article_id_of_external, article_id_of_url, canonical
from quotewire_ingest.language import language_of
from quotewire_ingest.plain_text import decode_text, tidy
from quotewire_ingest.refusal import Reason, Refused
from quotewire_ingest.settings import ReadSettings


def read_now(document: Document, settings: ReadSettings | None = None) -> Reading:
    """Read a document here and now. Raises ``Refused``."""
    if document.kind is Kind.HTML:
        from quotewire_ingest.page import read_page

        return read_page(document, (settings or ReadSettings()).max_elements)
    if document.kind is Kind.RECORD:
        return read_handed_over(document)
    return read_text(document)


def read_text(document: Document) -> Reading:
    """Read a plain text file. Raises ``Refused``."""
    cleaned = clean(tidy(decode_text(document.body)))
    text = cleaned.text
    if document.url is not None:
        try:
            canonical_url, _ = canonical(document.url, None)
        except ValueError as error:
            raise Refused(Reason.BAD_ADDRESS, str(error)) from error
        reading = Reading(article_id_of_url(canonical_url), document.source_id, text, document.fetched_at)
        reading.url, reading.canonical_url = document.url, canonical_url
        reading.provenance["url"] = "given"
    else:
        reading = Reading(
            article_id_of_external(document.source_id, document.external_id or document.name),
            document.source_id,
            text,
            document.fetched_at,
        )
    reading.provenance["text"] = "given"
    reading.captions, reading.dropped = cleaned.captions, cleaned.dropped
    if cleaned.title:
        reading.title, reading.provenance["title"] = cleaned.title, "text"
    reading.language = language_of(text)
    if reading.language:
        reading.provenance["language"] = "inferred"
    return reading


class PageReaders:
    """Reads pages off the event loop, each within its deadline (``async with``)."""

    def __init__(self, settings: ReadSettings) -> None:
        self._settings = settings

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def read(self, document: Document) -> Reading:
        """Read one page. Raises ``Refused``, for a page that hangs or kills its reader too."""
        return read_now(document, self._settings)

"""Load the document of a leased input: from its row, a server, a WARC file or the archive."""

from __future__ import annotations

import asyncio
from pathlib import Path

from quotewire_ingest.archive.read import read_archived
from quotewire_ingest.archive.warc import read_record
from quotewire_ingest.decision import STAGE
from quotewire_ingest.fetch.fetchers import FetcherPool
from quotewire_ingest.fetch.ssrf import check_url
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.kinds import ReparseInput, UrlInput, WarcRecordInput
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import registrable_domain
from quotewire_runtime.observability import metrics


class Loader:
    """Loads documents; whatever goes wrong with one is ``Rejected``."""

    def __init__(self, fetchers: FetcherPool, archive_folder: Path | None) -> None:
        self._fetchers, self._archive_folder = fetchers, archive_folder

    async def load(self, item: Document | UrlInput | WarcRecordInput | ReparseInput) -> Document:
        """Load the document of an input. Raises ``Rejected``."""
        match item:
            case Document():
                return item
            case UrlInput():
                return await self._fetch(item)
            case WarcRecordInput() | ReparseInput():
                return await self._read(item)

    def crawl_delay(self, item: UrlInput) -> float | None:
        """Return the seconds between two requests that robots.txt of the URL's host asks for, where it is known."""
        return self._fetchers.for_source(item.source_id).cached_crawl_delay(item.name)

    async def _fetch(self, item: UrlInput) -> Document:
        try:
            response = await self._fetchers.for_source(item.source_id).fetch_page(item.name)
        except Rejected as rejected:
            metrics.FETCHES.labels(STAGE, str(rejected.reason)).inc()
            raise
        metrics.FETCHES.labels(STAGE, "ok").inc()
        final_host = check_url(response.url, allow_private=True).hostname or ""
        return Document(
            item.name,
            response.body,
            DocumentKind.HTML,
            item.source_id or registrable_domain(final_host),
            None,
            response.fetched_at,
            url=response.url,
            charset=response.charset,
            robots_header=response.headers.get("x-robots-tag"),
            http_headers=tuple(response.headers.items()),
            hints=item.hints,
            requested_urls=tuple(dict.fromkeys((item.name, *response.redirected_from))),
        )

    async def _read(self, item: WarcRecordInput | ReparseInput) -> Document:
        max_bytes = self._fetchers.max_bytes
        try:
            if isinstance(item, WarcRecordInput):
                return await asyncio.to_thread(
                    read_record, Path(item.file), item.start, item.length, item.source_id, max_bytes
                )
            if self._archive_folder is None:
                message = "no raw bytes are archived here: QUOTEWIRE_ARCHIVE__FOLDER is not set"
                raise Rejected(RejectionReason.MISSING, message)
            return await asyncio.to_thread(read_archived, item.archived, self._archive_folder, max_bytes)
        except OSError as error:
            problem = (error.strerror or type(error).__name__).lower()
            raise Rejected(
                RejectionReason.UNREADABLE_FILE, f"the file cannot be read where ingest runs: {problem}"
            ) from error

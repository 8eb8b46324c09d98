"""Reads inputs into articles without any broker: what `quotewire read` and `quotewire annotate` stand on.

>>> for item in parse_input("interview.txt"):
...     print(item if isinstance(item, RejectedInput) else item.title)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from quotewire_ingest.fetch.ssrf import check_url
from quotewire_ingest.files import iter_documents, iter_manifest_documents
from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.parser import parse_document
from quotewire_ingest.parse.pool import ParserPool
from quotewire_ingest.rejection import Rejected, RejectedInput
from quotewire_ingest.settings import FetchSettings, ReadSettings
from quotewire_ingest.urls import is_url, registrable_domain
from quotewire_runtime.config.env import DELIMITER, PREFIX
from quotewire_runtime.config.settings import load
from quotewire_runtime.observability import logs
from quotewire_schemas.article import Article

__all__ = ["OfflineSettings", "RejectedInput", "parse_input", "parse_inputs"]


class OfflineSettings(BaseSettings):
    """What reading needs of the environment: ``QUOTEWIRE_FETCH__…`` and ``QUOTEWIRE_READ__…``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=DELIMITER, frozen=True, extra="ignore")

    fetch: FetchSettings = Field(default_factory=FetchSettings)
    read: ReadSettings = Field(default_factory=ReadSettings)


def parse_input(
    target: str | Path, *, url: str | None = None, source_id: str | None = None, settings: OfflineSettings | None = None
) -> Iterator[Article | RejectedInput]:
    """Read one file, folder or address: an article for every document in it.

    Or a ``RejectedInput`` that says in one line why not.

    Blocking. ``url`` is the address of a saved page; ``source_id`` names the source in the record (default: folder or
    domain).
    """
    return parse_inputs([target], url=url, source_id=source_id, settings=settings)


def parse_inputs(
    targets: Iterable[str | Path], *, url: str | None = None, source_id: str | None = None,
    manifest: Path | None = None, settings: OfflineSettings | None = None,
) -> Iterator[Article | RejectedInput]:  # fmt: skip
    """Read many inputs as :func:`parse_input` does, in order; ``manifest`` adds the lines of one."""
    settings = settings or load(OfflineSettings)
    logs.silence()
    with asyncio.Runner() as runner:
        stream = _read_all(list(targets), url, source_id, manifest, settings)
        try:
            while True:
                try:
                    item: ParsedArticle | RejectedInput = runner.run(_next(stream))
                except StopAsyncIteration:
                    return
                yield item.article() if isinstance(item, ParsedArticle) else item
        finally:
            runner.run(stream.aclose())


async def _next(stream: AsyncGenerator[ParsedArticle | RejectedInput, None]) -> ParsedArticle | RejectedInput:
    return await anext(stream)


async def _read_all(
    targets: list[str | Path], url: str | None, source_id: str | None, manifest: Path | None, settings: OfflineSettings
) -> AsyncGenerator[ParsedArticle | RejectedInput, None]:
    most = settings.fetch.max_bytes
    async with ParserPool(settings.read) as readers:
        for target in targets:
            if is_url(target):
                yield await _read_address(str(target), source_id, readers, settings.fetch)
                continue
            async for item in _read_documents(iter_documents(Path(target), source_id, url, most), readers):
                yield item
        if manifest is not None:
            async for item in _read_documents(iter_manifest_documents(manifest, source_id, most), readers):
                yield item


async def _read_documents(
    documents: Iterator[Document | RejectedInput], readers: ParserPool
) -> AsyncIterator[ParsedArticle | RejectedInput]:
    for document in documents:
        yield document if isinstance(document, RejectedInput) else await parse_or_reject(document, readers)


async def _read_address(
    url: str, source_id: str | None, readers: ParserPool, fetch: FetchSettings
) -> ParsedArticle | RejectedInput:
    from quotewire_ingest.fetch.fetcher import Fetcher

    try:
        async with Fetcher(fetch) as fetcher:
            answer = await fetcher.fetch_page(url)
    except Rejected as refused:
        return RejectedInput(url, refused.reason, refused.message)
    host = check_url(answer.url, allow_private=True).hostname or ""
    document = Document(
        url, answer.body, DocumentKind.HTML, source_id or registrable_domain(host), None, answer.fetched_at,
        url=answer.url, charset=answer.charset, robots_header=answer.headers.get("x-robots-tag"),
    )  # fmt: skip
    return await parse_or_reject(document, readers)


async def parse_or_reject(document: Document, readers: ParserPool) -> ParsedArticle | RejectedInput:
    """Read a document in the process where its kind is safe: pages in one that can be ended, the rest here."""
    try:
        return await readers.parse(document) if document.kind is DocumentKind.HTML else parse_document(document)
    except Rejected as refused:
        return RejectedInput(document.name, refused.reason, refused.message)

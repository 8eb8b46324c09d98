"""Parse files, folders and URLs into articles without a broker: for the verbs ``read`` and ``annotate``, and scripts.

>>> for item in parse_input("interview.txt"):
...     print(item if isinstance(item, RejectedInput) else item.title)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from quotewire_ingest.fetch.ssrf import check_url
from quotewire_ingest.files import iter_documents, iter_manifest_documents
from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.page_pool import ParserPool, parse_or_reject
from quotewire_ingest.parse.parser import parse_document
from quotewire_ingest.rejection import Rejected, RejectedInput
from quotewire_ingest.settings import FetchSettings, ParserSettings
from quotewire_ingest.urls import is_url, registrable_domain
from quotewire_runtime.config.env import DELIMITER, PREFIX
from quotewire_runtime.config.settings import load
from quotewire_runtime.observability import logs
from quotewire_schemas.article import Article

__all__ = ["OfflineSettings", "RejectedInput", "parse_input", "parse_inputs"]


class OfflineSettings(BaseSettings):
    """The settings of fetching and parsing: ``QUOTEWIRE_FETCH__…`` and ``QUOTEWIRE_READ__…``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=DELIMITER, frozen=True, extra="ignore")

    fetch: FetchSettings = Field(default_factory=FetchSettings)
    read: ParserSettings = Field(default_factory=ParserSettings)


def parse_input(
    target: str | Path, *, url: str | None = None, source_id: str | None = None, settings: OfflineSettings | None = None
) -> Iterator[Article | RejectedInput]:
    """Parse one file, folder or URL; see :func:`parse_inputs`."""
    return parse_inputs([target], url=url, source_id=source_id, settings=settings)


def parse_inputs(
    targets: Iterable[str | Path], *, url: str | None = None, source_id: str | None = None,
    manifest: Path | None = None, settings: OfflineSettings | None = None,
) -> Iterator[Article | RejectedInput]:  # fmt: skip
    """Parse files, folders and URLs in order. Yields an article for each document, or why there is none.

    Blocks.

    Args:
        targets: paths and URLs.
        url: the URL of a saved page.
        source_id: source of the articles; by default the name of the folder, or the registrable domain of the URL.
        manifest: file with a line ``{"path": …, "url": …}`` for each further document.
        settings: by default from the environment.
    """
    settings = settings or load(OfflineSettings)
    logs.silence()
    with asyncio.Runner() as runner:
        stream = _parse_all(list(targets), url, source_id, manifest, settings)
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


async def _parse_all(
    targets: list[str | Path], url: str | None, source_id: str | None, manifest: Path | None, settings: OfflineSettings
) -> AsyncGenerator[ParsedArticle | RejectedInput, None]:
    max_bytes = settings.fetch.max_bytes
    async with ParserPool(settings.read) as pool:
        for target in targets:
            if is_url(target):
                yield await _fetch_and_parse(str(target), source_id, pool, settings.fetch)
                continue
            for document in iter_documents(Path(target), source_id, url, max_bytes):
                yield await _parse_unless_rejected(document, pool)
        if manifest is not None:
            for document in iter_manifest_documents(manifest, source_id, max_bytes):
                yield await _parse_unless_rejected(document, pool)


async def _parse_unless_rejected(document: Document | RejectedInput, pool: ParserPool) -> ParsedArticle | RejectedInput:
    if isinstance(document, RejectedInput):
        return document
    if document.kind is DocumentKind.HTML:
        return await parse_or_reject(document, pool)
    try:  # a file of the one who waits for it: no worker has to be started for that
        return parse_document(document, max_elements=0)
    except Rejected as rejected:
        return RejectedInput(document.name, rejected.reason, rejected.message)


async def _fetch_and_parse(
    url: str, source_id: str | None, pool: ParserPool, settings: FetchSettings
) -> ParsedArticle | RejectedInput:
    from quotewire_ingest.fetch.fetcher import Fetcher  # loads httpx, which files do not need

    try:
        async with Fetcher(settings) as fetcher:
            response = await fetcher.fetch_page(url)
    except Rejected as rejected:
        return RejectedInput.of(url, rejected)
    host = check_url(response.url, allow_private=True).hostname or ""
    document = Document(
        url, response.body, DocumentKind.HTML, source_id or registrable_domain(host), None, response.fetched_at,
        url=response.url, charset=response.charset, robots_header=response.headers.get("x-robots-tag"),
    )  # fmt: skip
    return await parse_or_reject(document, pool)

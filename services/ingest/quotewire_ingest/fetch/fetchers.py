"""One fetcher that verifies certificates, and a second one for sources whose entry switches that off.

The two share nothing: a connection to an unverified server, or the robots.txt that it sent, is never used for a source
that asks for verification, even on the same host.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from quotewire_ingest.fetch.fetcher import Fetcher
from quotewire_ingest.settings import FetchSettings
from quotewire_ingest.source import Source


class FetcherPool:
    """The fetchers of this process, chosen by source (``async with``)."""

    def __init__(self, settings: FetchSettings, sources: Sequence[Source] = ()) -> None:
        """Build the fetchers; without ``settings.verify_tls`` no certificate is verified, whatever a source says."""
        self._fetcher = Fetcher(settings)
        self._unverified_fetcher = self._fetcher
        self.unverified = frozenset(source.id for source in sources if not source.verify_tls)
        """Ids of the sources whose own entry switches verification off."""
        if self.unverified and settings.verify_tls:
            self._unverified_fetcher = Fetcher(settings.model_copy(update={"verify_tls": False}))
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for fetcher in {self._fetcher, self._unverified_fetcher}:
            await self._open.enter_async_context(fetcher)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    def for_source(self, source_id: str | None) -> Fetcher:
        """Return the fetcher for a source's feeds, the pages they name, and where those redirect to."""
        return self._unverified_fetcher if source_id in self.unverified else self._fetcher

    @property
    def max_bytes(self) -> int:
        """The largest decoded body, in bytes; the same for all fetchers."""
        return self._fetcher.max_bytes

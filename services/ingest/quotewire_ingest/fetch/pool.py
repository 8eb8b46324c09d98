"""Which fetcher asks for a source: the one that verifies certificates, or another for those whose entry says not to.

The two share nothing. A connection to a server that nobody verified, or what its robots.txt said, is never used for a
source that asks for verification, even where both are on one host.
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
    """Gives each source its fetcher (``async with``)."""

    def __init__(self, settings: FetchSettings, wish: Sequence[Source] = ()) -> None:
        """``wish`` says whose certificates are not verified; without ``settings.verify_tls`` nobody's are."""
        self._fetcher = Fetcher(settings)
        self._trusting = self._fetcher
        self.unverified = frozenset(source.id for source in wish if not source.verify_tls)
        """The sources whose servers are asked without verification by their own entry."""
        if self.unverified and settings.verify_tls:
            self._trusting = Fetcher(settings.model_copy(update={"verify_tls": False}))
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for fetcher in {self._fetcher, self._trusting}:
            await self._open.enter_async_context(fetcher)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    def of(self, source_id: str | None) -> Fetcher:
        """The fetcher for what belongs to a source: its feeds, the pages they name, and where those redirect to."""
        return self._trusting if source_id in self.unverified else self._fetcher

    @property
    def max_bytes(self) -> int:
        """The largest decoded body, in bytes; the same for all."""
        return self._fetcher.max_bytes

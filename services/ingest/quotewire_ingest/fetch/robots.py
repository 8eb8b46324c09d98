"""Fetch robots.txt, cache it for half a day, and apply it as RFC 9309 says."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from quotewire_ingest.rejection import Rejected, RejectionReason

# RFC 9309 asks to parse at least 500 KiB, and not to use a copy for longer than a day.
_MAX_CHARACTERS = 512 * 1024
_CACHE_S = 12 * 3600.0
# After a server error nothing is allowed, so the file is soon fetched again.
_CACHE_AFTER_ERROR_S = 300.0
# Bounds the memory of the cache; the entries fetched longest ago are dropped.
_MAX_HOSTS = 10_000
# 533 of 4,222 real files state a delay, of up to a day; with more than a minute a host would hardly be fetched at all.
MAX_CRAWL_DELAY_S = 60.0


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | None
    """None where there is no file to parse; then ``allowed`` applies to every URL."""
    allowed: bool
    expires_at: float


class RobotsCache:
    """The robots.txt of each origin. Methods that have to fetch it raise ``Rejected`` where that fails."""

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[tuple[int, str]]],
        user_agent: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Build an empty cache; ``fetch`` returns status and text for a URL, or raises ``Rejected``."""
        self._fetch, self._user_agent, self._clock = fetch, user_agent, clock
        self._cache: OrderedDict[str, _Rules] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def is_allowed(self, url: str) -> bool:
        """Whether robots.txt lets us fetch a URL."""
        rules = await self._rules_of(url)
        return bool(rules.parsed.can_fetch(url, self._user_agent)) if rules.parsed else rules.allowed

    async def crawl_delay(self, url: str) -> float | None:
        """Return the stated seconds between two requests, at most :data:`MAX_CRAWL_DELAY_S`."""
        return self._crawl_delay(await self._rules_of(url))

    async def sitemaps(self, url: str) -> list[str]:
        """Return the sitemaps that robots.txt names, in its order."""
        rules = await self._rules_of(url)
        return list(dict.fromkeys(rules.parsed.sitemaps)) if rules.parsed else []

    def cached_crawl_delay(self, url: str) -> float | None:
        """Return the crawl delay if robots.txt is in the cache; fetches nothing."""
        try:
            rules = self._cache.get(_origin(url))
        except ValueError:  # no URL: it was rejected, and nothing was fetched
            return None
        return self._crawl_delay(rules) if rules else None

    def _crawl_delay(self, rules: _Rules) -> float | None:
        stated = rules.parsed.crawl_delay(self._user_agent) if rules.parsed else None
        return min(float(stated), MAX_CRAWL_DELAY_S) if stated is not None and stated >= 0 else None

    async def _rules_of(self, url: str) -> _Rules:
        origin = _origin(url)
        lock = self._locks.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                rules = self._cache.get(origin)
                if rules is None or rules.expires_at < self._clock():
                    rules = self._cache[origin] = await self._fetch_rules(origin)
                    self._cache.move_to_end(origin)
                    while len(self._cache) > _MAX_HOSTS:
                        self._cache.popitem(last=False)
                return rules
        finally:
            if not lock.locked():
                self._locks.pop(origin, None)

    async def _fetch_rules(self, origin: str) -> _Rules:
        now = self._clock()
        try:
            status, text = await self._fetch(f"{origin}/robots.txt")
        except Rejected as rejected:
            if rejected.reason in (RejectionReason.TOO_LARGE, RejectionReason.ENCODING, RejectionReason.TRUNCATED):
                return _Rules(None, True, now + _CACHE_S)  # no crawler could read this robots.txt
            raise
        if status == 429 or status >= 500:
            return _Rules(None, False, now + _CACHE_AFTER_ERROR_S)
        if status >= 400 or status < 200:
            return _Rules(None, True, now + _CACHE_S)
        return _Rules(Protego.parse(text[:_MAX_CHARACTERS]), True, now + _CACHE_S)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()

"""Fetch robots.txt, cache it for half a day, and apply it as RFC 9309 says."""

from __future__ import annotations

import asyncio
import time
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from quotewire_ingest.fetch.response import describe_status
from quotewire_ingest.fetch.robots_rules import parse_robots
from quotewire_ingest.rejection import Rejected, RejectionReason, is_transient

# A longer file is judged in a thread: its rules may be many thousands.
_LONG = 32 * 1024
# RFC 9309 asks not to use a copy for longer than a day.
_CACHE_S = 12 * 3600.0
# While the server is busy or broken nothing is allowed, so the file is soon fetched again, where the server says
# nothing about when.
_CACHE_AFTER_ERROR_S = 300.0
_MIN_CACHE_S = 60.0
# Bounds the memory of the cache; the entries fetched longest ago are dropped.
_MAX_HOSTS = 10_000
# 533 of 4,222 real files state a delay, of up to a day; with more than a minute a host would hardly be fetched at all.
MAX_CRAWL_DELAY_S = 60.0


@dataclass(frozen=True, slots=True)
class RobotsTxt:
    """The answer to a request for robots.txt."""

    status: int
    text: str = ""
    retry_after_s: float | None = None


NO_ROBOTS_TXT = RobotsTxt(404)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What robots.txt says; ``parsed`` is None where there is no file: then everything is allowed.

    ``error_status``: of a server that could not give the file; then nothing is known and nothing allowed.
    """

    expires_at: float
    parsed: Protego | None = None
    error_status: int | None = None
    long: bool = False
    """Whether the file is so long that judging a URL by it takes a while."""


class RobotsCache:
    """The robots.txt of each origin.

    Methods that have to fetch it raise ``Rejected`` where that fails: ``robots``, for now, where the server has none to
    give because it is busy or broken, until it is asked again.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[RobotsTxt]],
        user_agent: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Build an empty cache; ``fetch`` gets the file at a URL, or raises ``Rejected``."""
        self._fetch, self._user_agent, self._clock = fetch, user_agent, clock
        self._cache: OrderedDict[str, _Rules] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def is_allowed(self, url: str) -> bool:
        """Whether robots.txt lets us fetch a URL."""
        rules = await self._rules_of(url)
        if rules.parsed is not None and rules.long:
            return bool(await asyncio.to_thread(rules.parsed.can_fetch, url, self._user_agent))
        return bool(rules.parsed.can_fetch(url, self._user_agent)) if rules.parsed else True

    async def sitemaps(self, url: str) -> list[str]:
        """Return the sitemaps that robots.txt names, in its order."""
        rules = await self._rules_of(url)
        return list(dict.fromkeys(rules.parsed.sitemaps)) if rules.parsed else []

    def cached_crawl_delay(self, url: str) -> float | None:
        """Return the stated seconds between two requests, at most :data:`MAX_CRAWL_DELAY_S`.

        None where robots.txt states none or is not in the cache; fetches nothing.
        """
        try:
            rules = self._cache.get(_origin(url))
        except ValueError:  # no URL: it was rejected, and nothing was fetched
            return None
        stated = rules.parsed.crawl_delay(self._user_agent) if rules and rules.parsed else None
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
                if rules.error_status is not None:
                    raise Rejected(
                        RejectionReason.ROBOTS,
                        f"robots.txt is not known: the server answers {describe_status(rules.error_status)}",
                        rules.error_status,
                        rules.expires_at - self._clock(),
                    )
                return rules
        finally:
            if not lock.locked():
                self._locks.pop(origin, None)

    async def _fetch_rules(self, origin: str) -> _Rules:
        now = self._clock()
        try:
            answer = await self._fetch(f"{origin}/robots.txt")
        except Rejected as rejected:
            if rejected.reason in (RejectionReason.TOO_LARGE, RejectionReason.ENCODING, RejectionReason.TRUNCATED):
                return _Rules(now + _CACHE_S)  # no crawler could read this robots.txt
            raise
        if is_transient(RejectionReason.ROBOTS, answer.status):
            cache_s = max(answer.retry_after_s or _CACHE_AFTER_ERROR_S, _MIN_CACHE_S)
            return _Rules(now + min(cache_s, _CACHE_S), error_status=answer.status)
        if answer.status >= 400 or answer.status < 200:
            return _Rules(now + _CACHE_S)
        if len(answer.text) <= _LONG:
            return _Rules(now + _CACHE_S, parse_robots(answer.text, self._user_agent))
        parsed = await asyncio.to_thread(parse_robots, answer.text, self._user_agent)
        return _Rules(now + _CACHE_S, parsed, long=True)


def decode_robots_txt(body: bytes) -> str:
    """Return the text of a robots.txt: UTF-8 as RFC 9309 says, or UTF-16 where it begins with its byte-order mark."""
    return body.decode("utf-16" if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8", "replace")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()

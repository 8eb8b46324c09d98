"""robots.txt: asked for once per host and day, obeyed as RFC 9309 says."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from quotewire_ingest.rejection import Rejected, RejectionReason

# RFC 9309 asks to parse at least 500 KiB and not to trust a copy for longer than a day.
_MOST_CHARACTERS = 512 * 1024
_KEPT_S = 12 * 3600.0
# After a server error nothing is allowed; asked again soon.
_KEPT_AFTER_ERROR_S = 300.0
_MOST_HOSTS = 10_000
# 533 of 4,222 real files state a delay, up to a day; beyond a minute a host would practically not be read.
MAX_CRAWL_DELAY_S = 60.0


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | None
    """None: everything is allowed or nothing is, as ``allowed`` says."""
    allowed: bool
    until: float


class RobotsCache:
    """Answers whether an address may be asked for.

    ``ask`` gives status and text of a robots.txt, or raises ``Rejected``.
    """

    def __init__(
        self,
        ask: Callable[[str], Awaitable[tuple[int, str]]],
        user_agent: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask, self._user_agent, self._clock = ask, user_agent, clock
        self._known: OrderedDict[str, _Rules] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def is_allowed(self, url: str) -> bool:
        """Whether robots.txt of the host lets us ask for the address.

        Raises ``Rejected`` where the host cannot be asked at all.
        """
        rules = await self._rules(url)
        return bool(rules.parsed.can_fetch(url, self._user_agent)) if rules.parsed else rules.allowed

    async def crawl_delay(self, url: str) -> float | None:
        """The stated seconds between two requests, at most :data:`MAX_CRAWL_DELAY_S`."""
        return self._crawl_delay(await self._rules(url))

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that robots.txt of the host names, in its order."""
        rules = await self._rules(url)
        return list(dict.fromkeys(rules.parsed.sitemaps)) if rules.parsed else []

    def cached_crawl_delay(self, url: str) -> float | None:
        """The same, as far as it is known already."""
        rules = self._known.get(_origin(url))
        return self._crawl_delay(rules) if rules else None

    def _crawl_delay(self, rules: _Rules) -> float | None:
        stated = rules.parsed.crawl_delay(self._user_agent) if rules.parsed else None
        return min(float(stated), MAX_CRAWL_DELAY_S) if stated is not None and stated >= 0 else None

    async def _rules(self, url: str) -> _Rules:
        origin = _origin(url)
        lock = self._locks.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                rules = self._known.get(origin)
                if rules is None or rules.until < self._clock():
                    rules = self._known[origin] = await self._fetch(origin)
                    self._known.move_to_end(origin)
                    while len(self._known) > _MOST_HOSTS:
                        self._known.popitem(last=False)
                return rules
        finally:
            if not lock.locked():
                self._locks.pop(origin, None)

    async def _fetch(self, origin: str) -> _Rules:
        now = self._clock()
        try:
            status, text = await self._ask(f"{origin}/robots.txt")
        except Rejected as refused:
            if refused.reason in (RejectionReason.TOO_LARGE, RejectionReason.ENCODING, RejectionReason.TRUNCATED):
                return _Rules(None, True, now + _KEPT_S)  # no robots.txt that anybody could read
            raise
        if status == 429 or status >= 500:
            return _Rules(None, False, now + _KEPT_AFTER_ERROR_S)
        if status >= 400 or status < 200:
            return _Rules(None, True, now + _KEPT_S)
        return _Rules(Protego.parse(text[:_MOST_CHARACTERS]), True, now + _KEPT_S)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()

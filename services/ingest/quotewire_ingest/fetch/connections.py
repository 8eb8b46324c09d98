"""Keep open connections in one small pool per origin.

httpcore's pool examines all its connections, with a system call for each idle one, whenever a request begins or ends.
With one pool for the whole web, that is most of the cost of a request.
"""

from __future__ import annotations

import ssl
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeAlias

import httpcore
import httpx

Origin: TypeAlias = tuple[bytes, bytes, int]
"""Scheme, host and port."""

# Origins with open connections: far more than are fetched from at the same time. The least recently used are closed.
_MAX_ORIGINS = 256
# To one origin. Host leases decide how many requests run at the same time; this only bounds a mistake.
_MAX_CONNECTIONS = 16
# Seconds until an idle connection is closed: longer than the pause between two requests to a host, shorter than the
# time after which servers close it.
_KEEPALIVE_S = 20.0


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over per-origin pools. They connect through ``backend``, which decides where to."""

    def __init__(self, verify_tls: bool, backend: httpcore.AsyncNetworkBackend) -> None:
        tls = httpx.create_ssl_context(verify=verify_tls)
        super().__init__(verify=tls)
        self._pool = OriginPools(tls, backend)


class OriginPools(httpcore.AsyncConnectionPool):
    """One connection pool per origin, with the interface of a single pool."""

    def __init__(
        self,
        tls: ssl.SSLContext,
        backend: httpcore.AsyncNetworkBackend,
        clock: Callable[[], float] = time.monotonic,
        max_origins: int = _MAX_ORIGINS,
    ) -> None:
        super().__init__()
        self._tls, self._backend, self._clock, self._max_origins = tls, backend, clock, max_origins
        self._in_flight: Counter[Origin] = Counter()
        """Running requests per origin: a connection that was given to a request is idle until it has sent it."""
        self._pools: OrderedDict[Origin, tuple[httpcore.AsyncConnectionPool, float]] = OrderedDict()
        """Pool and time of last use, least recently used first."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request through the pool of its origin."""
        url = request.url.origin
        origin, now = (url.scheme, url.host, url.port), self._clock()
        await self._close_unused(now)
        pool, _ = self._pools.get(origin) or (self._new_pool(), now)
        self._pools[origin] = pool, now
        self._pools.move_to_end(origin)
        self._in_flight[origin] += 1
        try:
            return await pool.handle_async_request(request)
        finally:
            self._in_flight[origin] -= 1
            if not self._in_flight[origin]:
                del self._in_flight[origin]

    def open_origins(self) -> list[Origin]:
        """Return the origins that have a pool, least recently used first."""
        return list(self._pools)

    async def aclose(self) -> None:
        """Close all connections."""
        while self._pools:
            _, (pool, _) = self._pools.popitem()
            await pool.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    async def _close_unused(self, now: float) -> None:
        """Close pools that were not used for long, or that are too many."""
        unused = []
        for origin, (pool, last_used) in list(self._pools.items()):
            if now - last_used < _KEEPALIVE_S and len(self._pools) < self._max_origins:
                break
            if not self._in_flight[origin] and all(
                connection.is_idle() or connection.is_closed() for connection in pool.connections
            ):
                unused.append(self._pools.pop(origin)[0])
        for pool in unused:  # after the loop: other requests change self._pools while one is closed
            await pool.aclose()

    def _new_pool(self) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=self._tls,
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_CONNECTIONS,
            keepalive_expiry=_KEEPALIVE_S,
            http1=True,
            http2=False,
            network_backend=self._backend,
        )

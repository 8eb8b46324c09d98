"""Open connections, kept per origin: a server that is asked again soon is asked over the same one.

httpcore's pool looks at all of its connections, with a system call for each idle one, whenever a request comes or
goes. With one pool for the whole web that is most of what a request costs, so every origin has a small pool of its own.
"""

from __future__ import annotations

import ssl
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpcore
import httpx

# Origins with open connections. Far more than are asked at once; the one that was asked longest ago makes room.
_MOST_ORIGINS = 256
# To one origin, in all: how many are asked for at once is the frontier's business, this only bounds a mistake.
_MOST_PER_ORIGIN = 16
# Seconds for which an idle connection is kept: longer than the pause that a host is left, shorter than servers keep it.
_KEPT_ALIVE_S = 20.0


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over pools that connect through ``backend``, which decides where they may."""

    def __init__(self, verify_tls: bool, backend: httpcore.AsyncNetworkBackend) -> None:
        """``verify_tls``: refuse servers whose certificate cannot be verified."""
        tls = httpx.create_ssl_context(verify=verify_tls)
        super().__init__(verify=tls)
        self._pool = OriginPools(tls, backend)


class OriginPools(httpcore.AsyncConnectionPool):
    """A pool per origin, behind the face of one."""

    def __init__(
        self,
        tls: ssl.SSLContext,
        backend: httpcore.AsyncNetworkBackend,
        clock: Callable[[], float] = time.monotonic,
        most: int = _MOST_ORIGINS,
    ) -> None:
        """Keep connections to ``most`` origins, while ``clock`` says that they were used not long ago."""
        super().__init__()
        self._tls, self._backend, self._clock, self._most = tls, backend, clock, most
        self._asking: Counter[tuple[bytes, bytes, int]] = Counter()
        self._pools: OrderedDict[tuple[bytes, bytes, int], tuple[httpcore.AsyncConnectionPool, float]] = OrderedDict()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Ask through the pool of the request's origin."""
        url = request.url.origin
        origin, now = (url.scheme, url.host, url.port), self._clock()
        await self._close_unused(now)
        pool, _ = self._pools.get(origin) or (self._new(), now)
        self._pools[origin] = pool, now
        self._pools.move_to_end(origin)
        self._asking[origin] += 1  # a connection that was given to a request calls itself idle until it has sent it
        try:
            return await pool.handle_async_request(request)
        finally:
            self._asking[origin] -= 1
            if not self._asking[origin]:
                del self._asking[origin]

    def kept(self) -> list[tuple[bytes, bytes, int]]:
        """The origins with open connections, scheme, host and port of each; the one asked longest ago first."""
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
        """Close what has been idle for long, or too many to keep; the oldest stand first."""
        unused = []
        for origin, (pool, used) in list(self._pools.items()):
            if now - used < _KEPT_ALIVE_S and len(self._pools) < self._most:
                break
            if not self._asking[origin] and all(
                connection.is_idle() or connection.is_closed() for connection in pool.connections
            ):
                unused.append(self._pools.pop(origin)[0])
        for pool in unused:  # only now: others come by while one is closed
            await pool.aclose()

    def _new(self) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=self._tls,
            max_connections=_MOST_PER_ORIGIN,
            max_keepalive_connections=_MOST_PER_ORIGIN,
            keepalive_expiry=_KEPT_ALIVE_S,
            http1=True,
            http2=False,
            network_backend=self._backend,
        )

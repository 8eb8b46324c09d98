"""Connections are kept per origin, for a bounded time and in bounded number."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpcore
import httpx
import pytest

from kit.site import Site, running_site
from quotewire_ingest.fetch.connections import OriginPools
from quotewire_ingest.fetch.ssrf import CheckedBackend


class Counting(CheckedBackend):
    """Counts its connections."""

    def __init__(self) -> None:
        super().__init__(allow_private=True)
        self.connections = 0

    async def connect_tcp(self, *where: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.connections += 1
        return await super().connect_tcp(*where, **more)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with running_site() as site:
        site.page("/a", "<p>late</p>")
        yield site


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def request(origins: OriginPools, url: str) -> int:
    """Request as httpx does: the connection is free again when the response is closed."""
    response = await origins.handle_async_request(
        httpcore.Request("GET", url, headers={"Host": "harbour-post.example"})
    )
    await response.aread()
    await response.aclose()
    return response.status


async def test_the_next_request_uses_the_same_connection(site: Site) -> None:
    backend = Counting()
    async with OriginPools(httpx.create_ssl_context(), backend) as origins:
        assert [await request(origins, f"{site.url}/a") for _ in range(3)] == [200, 200, 200]
    assert backend.connections == 1


async def test_idle_connections_are_closed(site: Site) -> None:
    backend, clock = Counting(), Clock()
    async with running_site() as other, OriginPools(httpx.create_ssl_context(), backend, clock) as origins:
        await request(origins, f"{site.url}/a")
        clock.now = 19
        await request(origins, f"{other.url}/a")
        await request(origins, f"{site.url}/a")
        assert backend.connections == 2
        clock.now = 40
        await request(origins, f"{other.url}/a")
        assert backend.connections == 3
        await request(origins, f"{site.url}/a")
    assert backend.connections == 4


async def test_the_least_recently_used_origins_are_closed(site: Site) -> None:
    backend = Counting()
    async with (
        running_site() as two,
        running_site() as three,
        OriginPools(httpx.create_ssl_context(), backend, max_origins=2) as origins,
    ):
        for each in (site, two, three, site):
            await request(origins, f"{each.url}/a")
            assert len(origins.open_origins()) <= 2
    assert backend.connections == 4


async def test_concurrent_requests_while_pools_are_closed(site: Site) -> None:
    """Every request closes the pool of the other origin; no response is lost."""
    clock = Clock()

    async def worker(urls: list[str]) -> list[int]:
        statuses = []
        for url in urls * 10:
            clock.now += 7
            statuses.append(await request(origins, url))
        return statuses

    async with (
        running_site() as other,
        OriginPools(httpx.create_ssl_context(), Counting(), clock, max_origins=1) as origins,
    ):
        other.page("/a", "<p>late</p>")
        urls = [f"{site.url}/a", f"{other.url}/a"]
        assert await asyncio.gather(*(worker(urls) for _ in range(8))) == [[200] * 20] * 8

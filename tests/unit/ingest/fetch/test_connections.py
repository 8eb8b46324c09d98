"""Connections are kept per origin, and not for longer than they are of use."""

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
    """Counts the connections that it makes."""

    def __init__(self) -> None:
        super().__init__(allow_private=True)
        self.made = 0

    async def connect_tcp(self, *where: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        self.made += 1
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


async def ask(origins: OriginPools, url: str) -> int:
    """Ask as httpx does: the connection is free again when the answer is closed."""
    answer = await origins.handle_async_request(httpcore.Request("GET", url, headers={"Host": "harbour-post.example"}))
    await answer.aread()
    await answer.aclose()
    return answer.status


async def test_a_server_is_asked_again_over_the_same_connection(site: Site) -> None:
    backend = Counting()
    async with OriginPools(httpx.create_ssl_context(), backend) as origins:
        assert [await ask(origins, f"{site.url}/a") for _ in range(3)] == [200, 200, 200]
    assert backend.made == 1


async def test_connections_that_were_not_used_for_long_are_closed(site: Site) -> None:
    backend, clock = Counting(), Clock()
    async with running_site() as other, OriginPools(httpx.create_ssl_context(), backend, clock) as origins:
        await ask(origins, f"{site.url}/a")
        clock.now = 19
        await ask(origins, f"{other.url}/a")
        await ask(origins, f"{site.url}/a")
        assert backend.made == 2
        clock.now = 40
        await ask(origins, f"{other.url}/a")
        assert backend.made == 3
        await ask(origins, f"{site.url}/a")
    assert backend.made == 4


async def test_too_many_origins_make_room_for_each_other(site: Site) -> None:
    backend = Counting()
    async with (
        running_site() as two,
        running_site() as three,
        OriginPools(httpx.create_ssl_context(), backend, max_origins=2) as origins,
    ):
        for each in (site, two, three, site):
            await ask(origins, f"{each.url}/a")
            assert len(origins.open_origins()) <= 2
    assert backend.made == 4


async def test_many_at_once_over_two_origins_that_make_room_for_each_other(site: Site) -> None:
    """Every request closes what another has just used; nobody's answer is lost."""
    clock = Clock()

    async def worker(urls: list[str]) -> list[int]:
        statuses = []
        for url in urls * 10:
            clock.now += 7
            statuses.append(await ask(origins, url))
        return statuses

    async with (
        running_site() as other,
        OriginPools(httpx.create_ssl_context(), Counting(), clock, max_origins=1) as origins,
    ):
        other.page("/a", "<p>late</p>")
        urls = [f"{site.url}/a", f"{other.url}/a"]
        assert await asyncio.gather(*(worker(urls) for _ in range(8))) == [[200] * 20] * 8

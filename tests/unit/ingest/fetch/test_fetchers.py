"""Certificates are verified, except for sources whose own entry switches that off; such requests are counted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.certificates import self_signed
from kit.site import Site, running_site
from quotewire_ingest.fetch.fetcher import Fetcher
from quotewire_ingest.fetch.fetchers import FetcherPool
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import FetchSettings
from quotewire_ingest.source import Source
from quotewire_runtime.observability import metrics

SETTINGS = FetchSettings(allow_private=True)
SOURCES = [
    Source(id="unverified", feeds=["https://127.0.0.1/a"], verify_tls=False),
    Source(id="strict", feeds=["https://127.0.0.1/b"]),
]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tls=self_signed(tmp_path)) as site:
        site.page("/a", "<p>late</p>")
        yield site


def counted() -> float:
    return metrics.REGISTRY.get_sample_value("quotewire_fetches_unverified_total", {"stage": "ingest"}) or 0.0


async def rejection(fetcher: Fetcher, url: str) -> Rejected:
    with pytest.raises(Rejected) as rejected:
        await fetcher.fetch_page(url)
    return rejected.value


async def test_verification_is_switched_off_for_that_source_only(site: Site) -> None:
    before = counted()
    async with FetcherPool(SETTINGS, SOURCES) as fetchers:
        assert fetchers.unverified == {"unverified"}
        for _ in range(2):  # the second time, an unverified connection to the same server is open
            for source_id in ("strict", None):
                rejected = await rejection(fetchers.for_source(source_id), f"{site.url}/a")
                assert rejected.reason is RejectionReason.CERTIFICATE
                assert rejected.message == "the server's certificate cannot be verified: self-signed certificate"
            assert (await fetchers.for_source("unverified").fetch_page(f"{site.url}/a")).body == b"<p>late</p>"
    assert site.asked == ["/robots.txt", "/a", "/a"]
    assert counted() - before == len(site.asked)


async def test_without_such_a_source_there_is_one_fetcher() -> None:
    fetchers = FetcherPool(SETTINGS, SOURCES[1:])
    assert not fetchers.unverified
    assert fetchers.for_source("strict") is fetchers.for_source("unverified") is fetchers.for_source(None)


async def test_requests_are_counted_if_the_setting_switches_it_off_for_all(site: Site) -> None:
    before = counted()
    async with FetcherPool(SETTINGS.model_copy(update={"verify_tls": False}), SOURCES) as fetchers:
        assert (await fetchers.for_source("strict").fetch_page(f"{site.url}/a")).status == 200
    assert counted() - before == 2


async def test_requests_without_tls_are_not_counted(site: Site) -> None:
    before = counted()
    async with running_site() as plain, FetcherPool(SETTINGS, SOURCES) as fetchers:
        plain.page("/a", "<p>late</p>")
        assert (await fetchers.for_source("unverified").fetch_page(f"{plain.url}/a")).status == 200
    assert counted() == before

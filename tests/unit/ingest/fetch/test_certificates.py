"""Certificates are verified, unless a source's own entry says not to: for that source alone, and counted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.certificates import self_signed
from kit.site import Site, running_site
from quotewire_ingest.fetch.fetcher import Fetcher
from quotewire_ingest.fetch.pool import FetcherPool
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import FetchSettings
from quotewire_ingest.source import Source
from quotewire_runtime.observability import metrics

SETTINGS = FetchSettings(allow_private=True)
SOURCES = [
    Source(id="trusting", feeds=["https://127.0.0.1/a"], verify_tls=False),
    Source(id="strict", feeds=["https://127.0.0.1/b"]),
]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tls=self_signed(tmp_path)) as site:
        site.page("/a", "<p>late</p>")
        yield site


def counted() -> float:
    return metrics.REGISTRY.get_sample_value("quotewire_fetches_unverified_total", {"stage": "ingest"}) or 0.0


async def refusal(fetcher: Fetcher, url: str) -> Rejected:
    with pytest.raises(Rejected) as refused:
        await fetcher.fetch_page(url)
    return refused.value


async def test_only_the_source_that_says_so_is_asked_without_verification(site: Site) -> None:
    before = counted()
    async with FetcherPool(SETTINGS, SOURCES) as fetchers:
        assert fetchers.unverified == {"trusting"}
        for _ in range(2):  # the second time, an unverified connection to the same server is open
            for source_id in ("strict", None):
                refused = await refusal(fetchers.for_source(source_id), f"{site.url}/a")
                assert refused.reason is RejectionReason.CERTIFICATE
                assert refused.message == "the server's certificate cannot be verified: self-signed certificate"
            assert (await fetchers.for_source("trusting").fetch_page(f"{site.url}/a")).body == b"<p>late</p>"
    assert site.asked == ["/robots.txt", "/a", "/a"]
    assert counted() - before == len(site.asked)


async def test_without_a_switch_all_are_asked_by_one_fetcher() -> None:
    fetchers = FetcherPool(SETTINGS, SOURCES[1:])
    assert not fetchers.unverified
    assert fetchers.for_source("strict") is fetchers.for_source("trusting") is fetchers.for_source(None)


async def test_the_setting_for_all_sources_is_counted_too(site: Site) -> None:
    before = counted()
    async with FetcherPool(SETTINGS.model_copy(update={"verify_tls": False}), SOURCES) as fetchers:
        assert (await fetchers.for_source("strict").fetch_page(f"{site.url}/a")).status == 200
    assert counted() - before == 2


async def test_what_is_asked_without_tls_is_not_counted(site: Site) -> None:
    before = counted()
    async with running_site() as plain, FetcherPool(SETTINGS, SOURCES) as fetchers:
        plain.page("/a", "<p>late</p>")
        assert (await fetchers.for_source("trusting").fetch_page(f"{plain.url}/a")).status == 200
    assert counted() == before

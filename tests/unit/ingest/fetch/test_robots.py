"""robots.txt as found on the web: whatever it contains, it is parsed, and delays are capped."""

import pytest

from quotewire_ingest.fetch.robots import MAX_CRAWL_DELAY_S, RobotsCache, RobotsTxt, decode_robots_txt
from quotewire_ingest.rejection import Rejected, RejectionReason, is_transient

URL = "https://harbour-post.example/news/ferry"


def robots(text: str, status: int = 200, retry_after_s: float | None = None) -> RobotsCache:
    async def fetch(url: str) -> RobotsTxt:
        return RobotsTxt(status, text, retry_after_s)

    return RobotsCache(fetch, user_agent="quotewire", clock=lambda: 1000.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0" * 1000,
        "<!doctype html><html><p>Not found</html>",
        "User-agent: *\nDisallow: /*" + "*a" * 20_000,
        "User-agent: *\n" * 50_000,
        "Disallow: /\nUser-agent",
        "User-agent: *\nCrawl-delay: soon\nRequest-rate: 1/0\nVisit-time: x-y",
        "User-agent: *\nDisallow: /%zz%\ufffd",
        "\ufeffUser-agent: *\r\rDisallow:",
        "Sitemap: \nSitemap: not an address\nHost: x",
        "a" * 2_000_000,
    ],
    ids=range(11),
)
async def test_any_robots_txt_is_parsed(text: str) -> None:
    cache = robots(text)
    assert await cache.is_allowed(URL) in (True, False)
    assert isinstance(await cache.sitemaps(URL), list)
    delay = cache.cached_crawl_delay(URL)
    assert delay is None or 0 <= delay <= MAX_CRAWL_DELAY_S


async def test_a_delay_of_a_day_is_capped() -> None:
    cache = robots("User-agent: *\nCrawl-delay: 86400")
    assert cache.cached_crawl_delay(URL) is None
    assert await cache.is_allowed(URL)
    assert cache.cached_crawl_delay(URL) == MAX_CRAWL_DELAY_S


@pytest.mark.parametrize("status", [200, 404, 403, 410])
async def test_a_robots_txt_without_rules_allows_everything(status: int) -> None:
    assert await robots("", status).is_allowed(URL)


@pytest.mark.parametrize(
    ("status", "stated_s", "again_s"),
    [(429, None, 300), (503, 900, 900), (500, 0, 300), (425, 1, 60), (408, 90_000, 43_200)],
)
async def test_a_busy_or_broken_server_allows_nothing_for_now(
    status: int, stated_s: float | None, again_s: float
) -> None:
    cache = robots("", status, stated_s)
    for _ in range(2):  # the second is answered from the cache
        with pytest.raises(Rejected, match=f"the server answers {status}") as rejected:
            await cache.is_allowed(URL)
        assert rejected.value.reason is RejectionReason.ROBOTS
        assert rejected.value.transient
        assert rejected.value.retry_after_s == again_s


async def test_what_robots_txt_forbids_is_final() -> None:
    assert not await robots("User-agent: *\nDisallow: /").is_allowed(URL)
    assert not is_transient(RejectionReason.ROBOTS)


async def test_the_sitemaps_in_robots_txt() -> None:
    text = "User-agent: *\nSitemap: https://h.example/a.xml\nSitemap: https://h.example/b.xml\nSitemap: https://h.example/a.xml"
    assert await robots(text).sitemaps(URL) == ["https://h.example/a.xml", "https://h.example/b.xml"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffUser-agent: *\nDisallow: /news/\nSitemap: https://h.example/a.xml",
        "\ufeff\ufeffUser-agent: *\nDisallow: /news/\nSitemap: https://h.example/a.xml",
        "\ufeffSitemap: https://h.example/a.xml\n\ufeffUser-agent: *\nDisallow: /news/",
        "\ufeff# ours\r\n\ufeffUser-agent: *\r\nDisallow: /news/\r\n\ufeffSitemap: https://h.example/a.xml",
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le", "utf-16-be"])
async def test_a_byte_order_mark_hides_nothing(text: str, charset: str) -> None:
    cache = robots(decode_robots_txt(text.encode(charset)))
    assert not await cache.is_allowed(URL)
    assert await cache.is_allowed("https://harbour-post.example/about")
    assert await cache.sitemaps(URL) == ["https://h.example/a.xml"]


async def test_a_byte_order_mark_that_was_encoded_twice_hides_nothing() -> None:
    assert not await robots("\xef\xbb\xbfUser-agent: *\nDisallow: /news/").is_allowed(URL)

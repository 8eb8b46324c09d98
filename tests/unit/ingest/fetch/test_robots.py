"""robots.txt as found on the web: whatever it contains, it is parsed, and delays are capped."""

import pytest

from quotewire_ingest.fetch.robots import MAX_CRAWL_DELAY_S, RobotsCache

URL = "https://harbour-post.example/news/ferry"


def robots(text: str, status: int = 200) -> RobotsCache:
    async def fetch(url: str) -> tuple[int, str]:
        return status, text

    return RobotsCache(fetch, user_agent="quotewire")


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
    assert await robots(text).is_allowed(URL) in (True, False)
    assert isinstance(await robots(text).sitemaps(URL), list)
    delay = await robots(text).crawl_delay(URL)
    assert delay is None or 0 <= delay <= MAX_CRAWL_DELAY_S


async def test_a_delay_of_a_day_is_capped() -> None:
    assert await robots("User-agent: *\nCrawl-delay: 86400").crawl_delay(URL) == MAX_CRAWL_DELAY_S


@pytest.mark.parametrize(("status", "allowed"), [(200, True), (404, True), (403, True), (429, False), (503, False)])
async def test_the_status_of_robots_txt(status: int, allowed: bool) -> None:
    assert await robots("", status).is_allowed(URL) is allowed


async def test_the_sitemaps_in_robots_txt() -> None:
    text = "User-agent: *\nSitemap: https://h.example/a.xml\nSitemap: https://h.example/b.xml\nSitemap: https://h.example/a.xml"
    assert await robots(text).sitemaps(URL) == ["https://h.example/a.xml", "https://h.example/b.xml"]

"""Home pages and sitemap indexes that lead to feeds; feeds that fail, are disabled and come back."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit.eventually import eventually
from kit.harbour_post import polled
from kit.ingest_without_kafka import Stream
from kit.site import Answer, Site
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.settings import Settings

pytestmark = pytest.mark.integration

TODAY = datetime.now(UTC).date()


def urlset(site: Site, *names: str) -> bytes:
    return f"<urlset>{''.join(f'<url><loc>{site.url}/{name}</loc></url>' for name in names)}</urlset>".encode()


def index(site: Site, **children: int) -> bytes:
    """A sitemap index: name of each part, and how many days ago it changed."""
    parts = [
        f"<sitemap><loc>{site.url}/{name}.xml.gz</loc><lastmod>{TODAY - timedelta(days=ago)}</lastmod></sitemap>"
        for name, ago in children.items()
    ]
    return f"<sitemapindex>{''.join(parts)}</sitemapindex>".encode()


@pytest.fixture
def settings(settings: Settings, site: Site, tmp_path: Path) -> Settings:
    return polled(settings, tmp_path, f"{site.url}/")


def published(stream: Stream) -> list[str]:
    rows = stream.query("SELECT name FROM ingest.inputs WHERE outcome = 'published' ORDER BY 1")
    return [row[0].rpartition("/")[2] for row in rows]


async def test_the_sitemaps_of_an_index_are_polled_when_they_change(
    stream: Stream, site: Site, service: Ingest
) -> None:
    site.answers["/"] = Answer(index(site, new=1, old=2000))
    site.answers["/new.xml.gz"] = Answer(gzip.compress(urlset(site, "a")))
    await eventually(lambda: published(stream) == ["a"], within=60)
    polls = site.asked.count("/")
    await eventually(lambda: site.asked.count("/") >= polls + 3, within=60)
    assert site.asked.count("/new.xml.gz") == 1
    assert "/old.xml.gz" not in site.asked
    site.answers["/new.xml.gz"] = Answer(gzip.compress(urlset(site, "a", "b")))
    site.answers["/"] = Answer(index(site, new=0, old=2000))
    await eventually(lambda: published(stream) == ["a", "b"], within=60)
    site.answers["/"] = Answer(index(site, other=0))
    await eventually(
        lambda: stream.query("SELECT wanted FROM ingest.feeds WHERE url LIKE '%%/new.xml.gz'") == [(False,)], within=60
    )


async def test_a_home_page_leads_to_its_feeds(stream: Stream, site: Site, service: Ingest) -> None:
    site.page("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><p>Home</html>')
    site.answers["/rss"] = Answer(
        f"<rss version='2.0'><channel><item><link>{site.url}/c</link></item></channel></rss>".encode()
    )
    await eventually(lambda: published(stream) == ["c"], within=60)
    assert stream.query("SELECT source_id, kind FROM ingest.feeds ORDER BY depth") == [
        ("harbour-post", "page"), ("harbour-post", "feed"),
    ]  # fmt: skip


async def test_a_home_page_without_feeds_leads_to_what_robots_txt_names(
    stream: Stream, site: Site, service: Ingest
) -> None:
    site.answers["/robots.txt"] = Answer(f"Sitemap: {site.url}/news.xml\n".encode())
    site.page("/", "<html><p>Home</html>")
    site.answers["/news.xml"] = Answer(urlset(site, "a", "c"))
    await eventually(lambda: published(stream) == ["a", "c"], within=60)


async def test_an_index_that_names_itself_ends(stream: Stream, site: Site, service: Ingest) -> None:
    site.answers["/"] = Answer(f"<sitemapindex><sitemap><loc>{site.url}/</loc></sitemap></sitemapindex>".encode())
    await eventually(lambda: site.asked.count("/") >= 3, within=60)
    assert stream.query("SELECT count(*) FROM ingest.feeds") == [(1,)]


async def test_an_index_named_on_the_command_line_is_followed(stream: Stream, site: Site, service: Ingest) -> None:
    site.answers["/map.xml"] = Answer(index(site, new=1, loop=1))
    site.answers["/new.xml.gz"] = Answer(gzip.compress(urlset(site, "a", "b")))
    site.answers["/loop.xml.gz"] = Answer(
        f"<sitemapindex><sitemap><loc>{site.url}/map.xml</loc></sitemap></sitemapindex>".encode()
    )
    counts = await stream.submit_paths(f"{site.url}/map.xml")
    assert published(stream) == ["a", "b"]
    assert counts.rejected == 0
    assert site.asked.count("/map.xml") == 1


async def test_a_disabled_feed_comes_back(stream: Stream, site: Site, service: Ingest) -> None:
    site.answers["/"] = Answer(status="404 Not Found")
    await eventually(lambda: stream.query("SELECT failures FROM ingest.feeds WHERE failures > 0"), within=60)
    stream.query(
        "UPDATE ingest.feeds SET hardship = 20, added_at = now() - interval '30 days', next_poll = now() RETURNING 1"
    )
    await eventually(lambda: stream.query("SELECT 1 FROM ingest.feeds WHERE disabled_at IS NOT NULL"), within=60)
    [(pause,)] = stream.query("SELECT extract(epoch FROM next_poll - now()) / 86400 FROM ingest.feeds")
    assert 13 < pause <= 14
    site.answers["/"] = Answer(urlset(site, "a"))
    stream.query("UPDATE ingest.feeds SET next_poll = now() RETURNING 1")
    await eventually(lambda: published(stream) == ["a"], within=60)
    assert stream.query("SELECT disabled_at, hardship, last_error FROM ingest.feeds") == [(None, 0, None)]

"""What `quotewire discover` finds."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit.hostile import SLOW_FEED
from kit.site import Answer, Site, running_site
from quotewire.cli import run
from quotewire_ingest.settings import FetchSettings, ParserSettings
from quotewire_ingest.sources.preview import preview

SETTINGS = FetchSettings(allow_private=True)
TODAY = datetime.now(UTC)


def feed(site: Site, *ages: int) -> bytes:
    entries = "".join(
        f"<entry><title>Ferry {age}</title><link href='{site.url}/{age}'/>"
        f"<published>{(TODAY - timedelta(days=age)).isoformat()}</published></entry>"
        for age in ages
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Harbour Post</title>{entries}</feed>".encode()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with running_site() as site:
        yield site


async def test_a_page_shows_what_it_and_robots_txt_lead_to(site: Site) -> None:
    links = "".join(f"<link rel=alternate type=application/atom+xml href=/{name}>" for name in ("feed", "old", "gone"))
    site.page("/", f"<html><head>{links}</head></html>")
    site.answers["/feed"] = Answer(feed(site, 1, 2, 3, 4))
    site.answers["/old"] = Answer(feed(site, 200, 201))
    site.answers["/robots.txt"] = Answer(f"Sitemap: {site.url}/map.xml".encode())
    site.answers["/map.xml"] = Answer(
        f"<sitemapindex><sitemap><loc>{site.url}/news.xml</loc></sitemap></sitemapindex>".encode()
    )
    site.answers["/news.xml"] = Answer(f"<urlset><url><loc>{site.url}/1</loc></url></urlset>".encode())
    discovery = await preview(f"{site.url}/", SETTINGS, ParserSettings())
    assert discovery.kind == "page"
    assert [(one.url.removeprefix(site.url), one.kind, one.entries) for one in discovery.found] == [
        ("/feed", "feed", 4), ("/old", "feed", 2), ("/gone", "nothing", 0), ("/map.xml", "index", 1),
        ("/news.xml", "sitemap", 1),
    ]  # fmt: skip
    good, old, gone, index, news = discovery.found
    assert (good.title, good.problem) == ("Harbour Post", None)
    assert good.per_day == pytest.approx(1, abs=0.01)
    assert old.problem == "its newest entry is 200 days old"
    assert gone.problem == "the server answers 404 Not Found"
    assert (index.named_by, news.named_by) == ("robots.txt", f"{site.url}/map.xml")
    assert not any(path.removeprefix("/").isdigit() for path in site.asked), "an article was asked for"


async def test_a_feed_gives_its_entries(site: Site) -> None:
    site.answers["/feed"] = Answer(feed(site, 1, 2))
    discovery = await preview(f"{site.url}/feed", SETTINGS, ParserSettings())
    assert discovery.kind == "feed"
    assert [entry.title for entry in discovery.entries] == ["Ferry 1", "Ferry 2"]


async def test_a_target_that_leads_nowhere_has_its_problem(site: Site) -> None:
    site.page("/", "<html><p>Home</html>")
    assert "links to no feed" in (await preview(f"{site.url}/", SETTINGS, ParserSettings())).problems[0]
    assert "404" in (await preview(f"{site.url}/none", SETTINGS, ParserSettings())).problems[0]
    assert "private address" in (await preview(f"{site.url}/", FetchSettings(), ParserSettings())).problems[0]
    assert "no such file" in (await preview("/no/such/feed.xml", SETTINGS, ParserSettings())).problems[0]


async def test_the_problem_of_a_saved_page_says_nothing_of_a_site(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><p>Home</html>")
    (tmp_path / "empty.html").touch()
    for name, problem in (("page.html", "the page links to no feed"), ("empty.html", "the file is empty")):
        problems = (await preview(str(tmp_path / name), SETTINGS, ParserSettings())).problems
        assert problems == [f"{tmp_path / name}: {problem}"]


async def test_of_hundreds_of_documents_a_few_are_fetched(site: Site) -> None:
    links = "".join(f"<sitemap><loc>{site.url}/{number}.xml</loc></sitemap>" for number in range(300))
    site.answers["/map.xml"] = Answer(f"<sitemapindex>{links}</sitemapindex>".encode())
    discovery = await preview(f"{site.url}/map.xml", SETTINGS, ParserSettings())
    assert len([path for path in site.asked if path.endswith(".xml")]) <= 22
    assert any("the others were not fetched" in problem for problem in discovery.problems)


async def test_a_feed_that_hangs_its_parser_is_rejected_in_one_line(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site.answers["/feed"] = Answer(SLOW_FEED, headers={"Content-Type": "application/rss+xml"})
    monkeypatch.setenv("QUOTEWIRE_FETCH__ALLOW_PRIVATE", "true")
    monkeypatch.setenv("QUOTEWIRE_READ__DEADLINE_S", "1")
    assert await asyncio.to_thread(run, ["discover", f"{site.url}/feed"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    [line] = printed.err.splitlines()
    assert line.startswith(f"quotewire: {site.url}/feed: the feed cannot be read: ")
    assert "1 s" in line

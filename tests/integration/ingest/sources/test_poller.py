"""Feeds: what they name is fetched once, what changes again, and they are polled only for what is new."""

import asyncio
from pathlib import Path

import pytest

from kit.eventually import eventually
from kit.harbour_post import TEXT, polled
from kit.ingest_without_kafka import Stream
from kit.site import Answer, Site
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.settings import Settings
from quotewire_runtime.errors import SettingsError
from quotewire_runtime.observability import metrics
from quotewire_schemas.article import Precision

pytestmark = pytest.mark.integration

ODD = "2 Mar 2026  10:00 (about)"
"""A date as no standard has it: servers compare what they get with what they sent, byte by byte."""


def entry(site: Site, name: str, updated: str = "2026-03-02T10:00:00Z") -> str:
    return (
        f'<entry><id>{name}</id><title>Ferry {name}</title><link href="{site.url}/{name}"/><updated>{updated}</updated>'
        "<published>2026-03-02T10:00:00Z</published><author><name>Runa Veld</name></author></entry>"
    )


def feed(*entries: str) -> bytes:
    head = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Post</title>'
    return (head + "".join(entries) + "</feed>").encode()


@pytest.fixture
def settings(settings: Settings, site: Site, tmp_path: Path) -> Settings:
    return polled(settings, tmp_path, f"{site.url}/feed")


def outcomes(stream: Stream) -> dict[str, int]:
    return dict(stream.query("SELECT outcome, count(*) FROM ingest.inputs WHERE outcome IS NOT NULL GROUP BY 1"))


def feeds() -> dict[str, float | None]:
    def value(state: str) -> float | None:
        return metrics.REGISTRY.get_sample_value("quotewire_feeds", {"stage": "ingest", "state": state})

    return {state: value(state) for state in metrics.FEED_STATES}


def states(**states: int) -> dict[str, float | None]:
    return {**dict.fromkeys(metrics.FEED_STATES, 0), **states}


@pytest.fixture
def first_feed(site: Site) -> None:
    site.answers["/feed"] = Answer(
        feed(entry(site, "a"), entry(site, "b")), headers={"ETag": '"one"', "Last-Modified": ODD}
    )


async def test_a_feed_is_polled_only_for_what_is_new(
    stream: Stream, site: Site, first_feed: None, service: Ingest
) -> None:
    await eventually(lambda: outcomes(stream) == {"published": 2}, within=60)
    await eventually(lambda: feeds() == states(well=1), within=60)
    await eventually(lambda: 'if-none-match: "one"' in site.heads[-1].lower(), within=10)
    assert f"if-modified-since: {ODD.lower()}\r\n" in site.heads[-1].lower()
    site.answers["/feed"] = Answer(status="304 Not Modified", headers={"ETag": '"one"'})
    polls = site.asked.count("/feed")
    await eventually(lambda: site.asked.count("/feed") >= polls + 2, within=10)
    assert outcomes(stream) == {"published": 2}
    site.answers["/feed"] = Answer(
        feed(entry(site, "c"), entry(site, "a"), entry(site, "b")), headers={"ETag": '"two"'}
    )
    await eventually(lambda: outcomes(stream) == {"published": 3}, within=60)
    assert site.asked.count("/a") == 1


async def test_an_entry_that_changes_is_fetched_again(
    stream: Stream, site: Site, first_feed: None, service: Ingest
) -> None:
    await eventually(lambda: outcomes(stream) == {"published": 2}, within=60)
    site.page("/a", f"<html><body><article><h1>Ferry a</h1>{TEXT}<p>Corrected.</p></article></body></html>")
    site.answers["/feed"] = Answer(feed(entry(site, "a", "2026-03-02T11:00:00Z"), entry(site, "b")))
    await eventually(lambda: outcomes(stream) == {"published": 3}, within=60)
    assert stream.query("SELECT revision FROM ingest.articles ORDER BY revision") == [(1,), (2,)]


async def test_the_record_holds_what_the_feed_says(
    stream: Stream, site: Site, first_feed: None, service: Ingest
) -> None:
    await eventually(lambda: outcomes(stream) == {"published": 2}, within=60)
    article = stream.records()[0]
    assert article.source_id == "harbour-post"
    assert article.outlet == "Harbour Post"
    assert article.authors == ["Runa Veld"]
    assert article.published_precision == Precision.SECOND
    assert article.provenance["published_at"] == "feed"


async def test_a_failing_feed_has_its_error_and_is_polled_less_often(
    stream: Stream, site: Site, service: Ingest
) -> None:
    site.answers["/feed"] = Answer(status="503 Busy", headers={"Retry-After": "120"})
    await eventually(lambda: stream.query("SELECT failures FROM ingest.feeds") == [(1,)], within=60)
    [(error, wait)] = stream.query("SELECT last_error, extract(epoch FROM next_poll - now()) FROM ingest.feeds")
    assert "503" in error
    assert wait > 100
    await eventually(lambda: feeds() == states(failing=1), within=60)


async def test_without_a_contact_no_source_is_polled(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="QUOTEWIRE_FETCH__CONTACT"):
        Ingest(settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"contact": None})}))


async def test_an_error_in_the_file_is_located(settings: Settings, tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "sources.yaml").write_text, "sources:\n  - id: a\n    feed: x\n")
    with pytest.raises(SettingsError, match=r"sources\.yaml: sources\.0\.feed:"):
        Ingest(settings)

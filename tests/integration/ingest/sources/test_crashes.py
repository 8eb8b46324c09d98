"""Errors of the program itself while a source is polled: the poll fails, and everything else goes on."""

from pathlib import Path
from typing import Any

import pytest

from kit.eventually import eventually
from kit.harbour_post import polled
from kit.ingest_without_kafka import Stream
from kit.site import Answer, Site
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.settings import Settings
from quotewire_ingest.sources import poller, seen_links

pytestmark = pytest.mark.integration

FEED = "<rss version='2.0'><channel><title>Harbour Post</title><item><link>{url}/{name}</link></item></channel></rss>"


@pytest.fixture
def settings(settings: Settings, site: Site, tmp_path: Path) -> Settings:
    for name in ("odd", "good"):
        site.answers[f"/{name}.xml"] = Answer(FEED.format(url=site.url, name=name).encode())
    return polled(settings, tmp_path, f"{site.url}/odd.xml", f"{site.url}/good.xml")


def errors(stream: Stream) -> dict[str, tuple[int, str | None]]:
    rows = stream.query("SELECT regexp_replace(url, '.*/', ''), polls, last_error FROM ingest.feeds")
    return {name: (polls, error) for name, polls, error in rows}


def is_polled_twice_with_its_error(stream: Stream, message: str) -> bool:
    found = errors(stream)
    (odd_polls, odd_error), (good_polls, good_error) = found["odd.xml"], found["good.xml"]
    return odd_polls >= 2 and odd_error == message and good_polls >= 2 and good_error is None


async def test_a_poll_that_raises_is_a_failed_poll(
    stream: Stream, site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch, service: Ingest
) -> None:
    fetch_and_parse = poller.Poller._fetch_and_parse

    async def raise_for_odd(self: poller.Poller, state: Any) -> Any:
        if state.url.endswith("odd.xml"):
            raise KeyError("title")
        return await fetch_and_parse(self, state)

    monkeypatch.setattr(poller.Poller, "_fetch_and_parse", raise_for_odd)
    message = "an error of this program: KeyError: 'title'"
    await eventually(lambda: is_polled_twice_with_its_error(stream, message), within=60)


async def test_a_result_that_cannot_be_saved_is_a_failed_poll(
    stream: Stream, site: Site, settings: Settings, monkeypatch: pytest.MonkeyPatch, service: Ingest
) -> None:
    add_new = seen_links.add_new

    async def raise_for_odd(connection: Any, feed: str, entries: Any) -> Any:
        if feed.endswith("odd.xml"):
            raise KeyError("link")
        return await add_new(connection, feed, entries)

    monkeypatch.setattr(seen_links, "add_new", raise_for_odd)
    message = "an error of this program: KeyError: 'link'"
    await eventually(lambda: is_polled_twice_with_its_error(stream, message), within=60)

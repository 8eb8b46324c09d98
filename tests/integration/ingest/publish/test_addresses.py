"""An article is withdrawn by any address that ever led to it, and afterwards all of them are refused."""

from functools import partial
from pathlib import Path

import pytest

from kit.documents import fetched_page
from kit.eventually import eventually
from kit.harbour_post import TEXT, article, polled
from kit.ingest_without_kafka import Stream
from kit.site import Answer, Site
from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.database import ingest_database
from quotewire_ingest.publish import addresses
from quotewire_ingest.queue.kinds import LiftInput, UrlInput, WithdrawInput
from quotewire_ingest.settings import Settings
from quotewire_runtime.postgres.retry import retry_until_available
from quotewire_schemas.article import Change

pytestmark = pytest.mark.integration

FEED_LINK, MOVED, FINAL, CANONICAL = "/go?to=17", "/2026/ferry", "/ferry.html?page=1", "/news/ferry-late"
ALL = [FEED_LINK, MOVED, FINAL, CANONICAL]


def page(canonical: str, name: str = "ferry") -> str:
    head = f'<html><head><title>Ferry late</title><link rel="canonical" href="{canonical}"></head><body><article>'
    return f"{head}<h1>Ferry late</h1>{TEXT}<p>This is number {name}.</p></article></body></html>"


@pytest.fixture
def redirected(site: Site) -> Site:
    """A site whose feed links to a redirect to a redirect to a page that states another canonical address."""
    site.answers[FEED_LINK] = Answer(status="302 Found", headers={"Location": MOVED})
    site.answers[MOVED] = Answer(status="301 Moved Permanently", headers={"Location": FINAL})
    site.page(FINAL, page(CANONICAL))
    site.page(CANONICAL, page(CANONICAL))
    entry = f'<id>17</id><link href="{site.url}{FEED_LINK}"/><updated>2026-03-02T10:00:00Z</updated>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Post</title><entry>{entry}</entry></feed>'
    site.answers["/feed"] = Answer(feed.encode())
    return site


@pytest.fixture
def settings(settings: Settings, redirected: Site, tmp_path: Path) -> Settings:
    return polled(settings, tmp_path, f"{redirected.url}/feed")


def changes(stream: Stream) -> list[str]:
    return [record.change for record in stream.records()]


async def backfill(stream: Stream) -> None:
    """Fill in addresses, one article at a time; the service itself may be doing the same."""
    database = ingest_database(stream.dsn)
    position: addresses.BackfillPosition | None = addresses.BackfillPosition()

    async def step(after: addresses.BackfillPosition) -> addresses.BackfillPosition | None:
        async with database.transaction() as connection:
            return await addresses.backfill(connection, after, limit=1)

    while position is not None:
        position = await retry_until_available(partial(step, position))
    await database.close()


@pytest.mark.parametrize("path", ALL)
async def test_any_address_withdraws_the_article_and_then_all_are_refused(
    stream: Stream, redirected: Site, service: Ingest, path: str
) -> None:
    await eventually(lambda: changes(stream) == [Change.CREATED], within=60)
    assert (await stream.submit(WithdrawInput(redirected.url + path, "asked for"))).outcomes == {"withdrawn": 1}
    assert changes(stream) == [Change.CREATED, Change.WITHDRAWN]

    # Even where the pages stop saying what they are the same article as.
    redirected.page(FINAL, article("ferry"))
    redirected.page(FEED_LINK, article("ferry"))
    redirected.page(MOVED, article("ferry"))
    counts = await stream.submit(*(UrlInput(redirected.url + one) for one in ALL))
    assert counts.outcomes == {"rejected": 4}
    assert stream.query("SELECT DISTINCT reason FROM ingest.inputs WHERE outcome = 'rejected'") == [("do_not_ingest",)]
    assert changes(stream) == [Change.CREATED, Change.WITHDRAWN]


@pytest.mark.parametrize("path", ALL)
async def test_any_address_lets_the_article_and_all_its_addresses_in_again(
    stream: Stream, redirected: Site, service: Ingest, path: str
) -> None:
    await eventually(lambda: changes(stream) == [Change.CREATED], within=60)
    await stream.submit(WithdrawInput(redirected.url + CANONICAL))
    await stream.submit(LiftInput(redirected.url + path))
    assert stream.query("SELECT * FROM ingest.do_not_ingest") == []
    assert (await stream.submit(UrlInput(redirected.url + FEED_LINK))).outcomes == {"published": 1}


async def test_an_address_found_after_the_withdrawal_is_refused_too(
    stream: Stream, redirected: Site, service: Ingest
) -> None:
    await eventually(lambda: changes(stream) == [Change.CREATED], within=60)
    await stream.submit(WithdrawInput(redirected.url + CANONICAL))
    other = UrlInput(redirected.page("/print", page(CANONICAL)))
    assert (await stream.submit(other)).outcomes == {"rejected": 1}
    redirected.page("/print", article("ferry"))
    assert (await stream.submit(other)).outcomes == {"rejected": 1}


async def test_a_page_that_shows_the_newest_article_is_not_refused(
    stream: Stream, redirected: Site, service: Ingest
) -> None:
    latest = UrlInput(f"{redirected.url}/latest")
    for path in ("/a", "/b"):
        redirected.answers["/latest"] = Answer(status="302 Found", headers={"Location": path})
        assert (await stream.submit(latest)).outcomes == {"published": 1}
    await stream.submit(WithdrawInput(f"{redirected.url}/b"))
    assert (await stream.submit(latest)).outcomes == {"rejected": 1}
    redirected.answers["/latest"] = Answer(status="302 Found", headers={"Location": "/c"})
    assert (await stream.submit(latest)).outcomes == {"published": 1}


async def test_an_address_that_led_to_many_articles_withdraws_none(stream: Stream, service: Ingest) -> None:
    latest = "https://www.harbour-post.example/latest"
    await stream.submit(*(fetched_page(number) for number in range(11)))
    stream.query(
        "INSERT INTO ingest.article_addresses SELECT %s, article_id FROM ingest.articles WHERE url LIKE '%%/ferry/%%'"
        " RETURNING 1",
        addresses.address_ids([latest])[0],
    )
    assert (await stream.submit(WithdrawInput(latest))).outcomes == {"rejected": 1}
    assert stream.query("SELECT reason, message FROM ingest.inputs WHERE kind = 'withdraw'") == [
        ("ambiguous", "led to 11 articles; withdraw those that you mean by their article_id")
    ]
    assert stream.query("SELECT * FROM ingest.do_not_ingest") == []


async def test_addresses_of_earlier_releases_are_filled_in(stream: Stream, redirected: Site, service: Ingest) -> None:
    await eventually(lambda: changes(stream) == [Change.CREATED], within=60)
    [(withdrawn,)] = stream.query("SELECT article_id FROM ingest.articles")
    await stream.submit(UrlInput(f"{redirected.url}/a"), WithdrawInput(withdrawn))
    known = stream.query("SELECT count(*) FROM ingest.article_addresses")
    stream.query("DELETE FROM ingest.article_addresses RETURNING 1")
    stream.query("DELETE FROM ingest.do_not_ingest WHERE of_article IS NOT NULL RETURNING 1")

    await backfill(stream)
    # All but the redirect in between, of which the earlier releases kept nothing.
    assert stream.query("SELECT count(*) + 1 FROM ingest.article_addresses") == known
    refused = {row[0] for row in stream.query("SELECT article_id FROM ingest.do_not_ingest")}
    assert refused == set(addresses.address_ids(redirected.url + path for path in (FEED_LINK, FINAL, CANONICAL)))

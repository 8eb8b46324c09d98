"""Sitemaps and their indexes: what is news in them."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.sources import sitemaps
from quotewire_ingest.sources.feeds import looks_like_feed, parse_feed

NOW = datetime(2026, 3, 4, tzinfo=UTC)
BASE = "https://www.harbour-post.example/sitemaps.xml"
XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(*entries: tuple[str, str]) -> bytes:
    rows = "".join(f"<url><loc>{link}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for link, day in entries)
    return f'<?xml version="1.0"?><urlset {XMLNS}>{rows}</urlset>'.encode()


def index(*children: tuple[str, str]) -> bytes:
    rows = "".join(
        f"<sitemap><loc>{link}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>" for link, day in children
    )
    return f"<sitemapindex {XMLNS}>{rows}</sitemapindex>".encode()


def day(ago: int) -> str:
    return (NOW - timedelta(days=ago)).date().isoformat()


def test_a_compressed_sitemap_is_recognised_and_parsed() -> None:
    body = gzip.compress(urlset(("/a", day(1))))
    assert looks_like_feed(body)
    [entry] = parse_feed(body, BASE, NOW).entries
    assert entry.url == "https://www.harbour-post.example/a"
    assert entry.stamp == day(1)


def test_a_decompression_bomb_is_rejected() -> None:
    with pytest.raises(Rejected) as rejected:
        parse_feed(gzip.compress(b"<urlset>" + bytes(20_000_000)), BASE, NOW)
    assert rejected.value.reason is RejectionReason.TOO_LARGE


def test_a_truncated_sitemap_is_rejected() -> None:
    with pytest.raises(Rejected) as rejected:
        parse_feed(gzip.compress(urlset(("/a", day(1))))[:-20], BASE, NOW)
    assert rejected.value.reason is RejectionReason.TRUNCATED


def test_an_index_names_its_newest_parts_first_and_leaves_the_archive() -> None:
    children = [(f"/sitemap-{ago}.xml", day(ago)) for ago in (400, 2, 90, 1, 30)]
    feed = parse_feed(index(*children), BASE, NOW, news_days=30)
    assert feed.kind == "index"
    assert [child.url.rpartition("/")[2] for child in feed.children] == [
        "sitemap-1.xml", "sitemap-2.xml", "sitemap-30.xml",
    ]  # fmt: skip
    assert feed.left_out == 2
    assert feed.children[0].lastmod == day(1)
    assert not feed.entries


def test_of_an_old_index_the_newest_sitemap_is_polled() -> None:
    feed = parse_feed(index(("/old.xml", day(900)), ("/older.xml", day(901))), BASE, NOW)
    assert [child.url.rpartition("/")[2] for child in feed.children] == ["old.xml"]


def test_of_an_index_without_dates_both_ends_are_polled() -> None:
    feed = parse_feed(index(*((f"/{number}.xml", "") for number in range(3000))), BASE, NOW)
    assert len(feed.children) == 50
    assert feed.left_out == 2950
    assert {child.url.rpartition("/")[2] for child in feed.children} >= {"0.xml", "2999.xml"}


def test_of_a_sitemap_of_decades_the_news_are_kept_and_a_few_in_any_case() -> None:
    entries = [(f"/{ago}", day(ago)) for ago in range(2000, 0, -1)]
    assert len(parse_feed(urlset(*entries), BASE, NOW, news_days=40).entries) == 40
    assert len(parse_feed(urlset(*entries[:1000]), BASE, NOW).entries) == 25


def test_a_sitemap_of_tens_of_thousands_gives_its_newest() -> None:
    entries = [(f"/{number}", day(20 - number // 1000)) for number in range(20_000)]
    found = parse_feed(urlset(*entries), BASE, NOW).entries
    assert len(found) <= sitemaps.MAX_ENTRIES
    assert found[-1].url.endswith("/19999")


def test_of_damaged_xml_whole_entries_are_kept() -> None:
    body = urlset(("/a", day(1)), ("/b", day(1)))[:-30]
    assert parse_feed(body, BASE, NOW).entries[0].url.endswith("/a")


def test_entities_of_a_sitemap_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 9))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY l0 "lol">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        f"<urlset {XMLNS}><url><loc>https://h.example/&l8;</loc></url><url><loc>https://h.example/&f;x</loc></url></urlset>"
    ).encode()
    assert all(len(entry.url) < 100 and "root:" not in entry.url for entry in parse_feed(body, BASE, NOW).entries)


@pytest.mark.parametrize("odd", ["http://[x/", "/" + "l" * 9000])
def test_an_address_that_is_none_or_too_long_is_left_out_alone(odd: str) -> None:
    assert [entry.url for entry in parse_feed(urlset((odd, ""), ("/a", "")), BASE, NOW).entries] == [
        "https://www.harbour-post.example/a"
    ]
    assert [child.url for child in parse_feed(index((odd, ""), ("/b.xml", "")), BASE, NOW).children] == [
        "https://www.harbour-post.example/b.xml"
    ]


def test_bare_ampersands_and_names_of_html_do_not_change_an_address_or_cut_a_title() -> None:
    news = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
    title = "<news:news><news:title>Ferry&nbsp;late &ndash; again</news:title></news:news>"
    row = f"<url><loc>/n?id=1&sec=2&x=3</loc>{title}</url>"
    body = f'<?xml version="1.0"?><urlset {XMLNS} {news}>{row}</urlset>'.encode()
    [entry] = parse_feed(body, BASE, NOW).entries
    assert entry.url == "https://www.harbour-post.example/n?id=1&sec=2&x=3"
    assert entry.hints.title == "Ferry late – again"

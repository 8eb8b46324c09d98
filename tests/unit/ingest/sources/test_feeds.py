"""Feeds of every kind, and what only pretends to be one."""

import json
from datetime import UTC, datetime

import pytest

from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.sources.feeds import looks_like_feed, parse_feed

NOW = datetime(2026, 3, 4, tzinfo=UTC)
BASE = "https://www.harbour-post.example/feeds/all.xml"

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title><ttl>90</ttl>
<item><title>Ferry &amp;amp; pier &lt;b&gt;late&lt;/b&gt;</title><link>/news/a?x=1&amp;y=2</link>
<author>Runa Veld</author><pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate></item>
<item><title>No link</title></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Post</title>
<entry><title>Ferry late</title><link href="https://www.harbour-post.example/a"/><updated>2026-03-02T09:00:00Z</updated>
<author><name>Runa Veld</name></author></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>Harbour Post</title></channel><item><title>Ferry late</title>
<link>https://www.harbour-post.example/a</link></item></rdf:RDF>"""
JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour Post", "items": [{"id": "1",
"url": "https://www.harbour-post.example/a", "title": "Ferry late", "date_published": "2026-03-02T09:00:00Z",
"authors": [{"name": "Runa Veld"}]}, {"id": "2"}]}"""

SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc> https://www.harbour-post.example/a </loc>
<news:news><news:publication_date>2026-03-02T09:00:00Z</news:publication_date><news:title>Ferry late</news:title>
</news:news></url><url><loc></loc></url></urlset>"""


def test_a_news_sitemap_is_parsed_like_a_feed() -> None:
    assert looks_like_feed(SITEMAP)
    [entry] = parse_feed(SITEMAP, BASE, NOW, outlet="Harbour Post").entries
    assert entry.url == "https://www.harbour-post.example/a"
    assert entry.hints.title == "Ferry late"
    assert entry.hints.published_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert entry.hints.outlet == "Harbour Post"


@pytest.mark.parametrize("body", [RSS, ATOM, RDF, JSON], ids=["rss", "atom", "rdf", "json"])
def test_every_kind_is_recognised_and_gives_its_entry(body: bytes) -> None:
    assert looks_like_feed(body)
    feed = parse_feed(body, BASE, NOW)
    assert feed.title == "Harbour Post"
    assert [entry.url.startswith("https://www.harbour-post.example/") for entry in feed.entries] == [True]


def test_what_an_rss_entry_says() -> None:
    feed = parse_feed(RSS, BASE, NOW, outlet="The Harbour Post")
    [entry] = feed.entries
    assert entry.url == "https://www.harbour-post.example/news/a?x=1&y=2"
    assert entry.hints.title == "Ferry & pier late"
    assert entry.hints.authors == ("Runa Veld",)
    assert entry.hints.published_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert entry.hints.outlet == "The Harbour Post"
    assert feed.ttl_s == 5400


@pytest.mark.parametrize("body", [ATOM, JSON], ids=["atom", "json"])
def test_what_other_entries_say(body: bytes) -> None:
    [entry] = parse_feed(body, BASE, NOW).entries
    assert entry.hints.title == "Ferry late"
    assert entry.hints.authors == ("Runa Veld",)
    assert entry.hints.published_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert entry.stamp.startswith("2026-03-02")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><p>Ferry late</p></body></html>",
        b"plain words",
        b'{"a": 1}',
        b"{",
        b"\x89PNG\r\n" + bytes(99),
    ],
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(Rejected) as rejected:
        parse_feed(body, BASE, NOW)
    assert rejected.value.reason is RejectionReason.INVALID


def test_entities_are_neither_expanded_without_end_nor_fetched() -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 9))
    bomb = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "lol">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = (bomb + '<rss version="2.0"><channel><title>&l8;&f;</title></channel></rss>').encode()
    feed = parse_feed(body, BASE, NOW)
    assert len(feed.title or "") < 1000
    assert "root:" not in (feed.title or "")


def test_a_page_with_a_feed_word_in_it_is_a_page() -> None:
    assert not looks_like_feed(b"<!DOCTYPE html><html><p>What <rss> is</p></html>")


@pytest.mark.parametrize("odd", ["http://[x/", "/" + "l" * 9000])
def test_an_entry_whose_address_is_none_or_too_long_is_left_out_alone(odd: str) -> None:
    rss = f"<rss version='2.0'><channel><item><link>{odd}</link></item><item><link>/a</link></item></channel></rss>"
    json_feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"url": odd}, {"url": "/a"}]})
    for body in (rss, json_feed):
        [entry] = parse_feed(body.encode(), BASE, NOW).entries
        assert entry.url == "https://www.harbour-post.example/a"


def rss(item: str, channel: str = "<link>https://www.harbour-post.example/</link>") -> bytes:
    """A feed of one entry, which has an address unless ``item`` has one."""
    link = "" if "<link>" in item else "<link>https://www.harbour-post.example/a</link>"
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}<item>{link}{item}</item></channel></rss>'.encode()
    )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Q&A with the keeper", "Q&A with the keeper"),
        ("M&amp;S &nbsp;opens &ndash; R&D;", "M&S opens – R&D;"),
        ("<![CDATA[Bed & pier: <i>late</i>]]>", "Bed & pier: late"),
        ("<![CDATA[A guide to &lt;head&gt; seas]]>", "A guide to <head> seas"),
    ],
)
def test_a_title_says_what_a_reader_sees(written: str, title: str) -> None:
    [entry] = parse_feed(rss(f"<title>{written}</title>"), BASE, NOW).entries
    assert entry.hints.title == title


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://www.harbour-post.example/?a=1&b=2&copy=3", "https://www.harbour-post.example/?a=1&b=2&copy=3"),
        ("<![CDATA[https://www.harbour-post.example/?a=1&amp;b=2]]>", "https://www.harbour-post.example/?a=1&b=2"),
        ("/news/a", "https://www.harbour-post.example/news/a"),
    ],
)
def test_addresses_are_whole_and_relative_to_the_channel(link: str, url: str) -> None:
    [entry] = parse_feed(rss(f"<link>{link}</link>"), "https://feeds.example/post.xml", NOW).entries
    assert entry.url == url


@pytest.mark.parametrize(
    "author",
    [
        "r.veld@post.london (Runa Veld)", "Runa Veld &lt;r.veld@post.online&gt;", "Runa Veld (r.veld@post.example)",
        "noreply@post.example (Runa Veld)", "Runa Veld",
    ],
)  # fmt: skip
def test_an_author_has_no_address(author: str) -> None:
    [entry] = parse_feed(rss(f"<author>{author}</author>"), BASE, NOW).entries
    assert entry.hints.authors == ("Runa Veld",)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("Mon, 02 Mar 2026 01:45:08 +02:00", datetime(2026, 3, 1, 23, 45, 8, tzinfo=UTC)),
        ("Sun, 01 Mar 2026 24:00:00 GMT", datetime(2026, 3, 2, tzinfo=UTC)),
        ("lun., 02 mars 2026 10:15:00 +0100", datetime(2026, 3, 2, tzinfo=UTC)),
        ("Пн, 02 мар 2026 10:15:00 +0300", datetime(2026, 3, 2, tzinfo=UTC)),
        ("02/02/2026 10:15", datetime(2026, 2, 2, tzinfo=UTC)),
        ("02/01/2026", None),
        ("Mon, 01 Jan 0001 00:00:00 +0000", None),
    ],
)
def test_dates_in_other_forms_and_languages(written: str, at: datetime | None) -> None:
    [entry] = parse_feed(rss(f"<pubDate>{written}</pubDate>"), BASE, NOW).entries
    assert entry.hints.published_at == at


def test_the_language_of_a_feed_says_how_it_writes_dates() -> None:
    [entry] = parse_feed(rss("<pubDate>02/01/2026</pubDate>", "<language>en-us</language>"), BASE, NOW).entries
    assert entry.hints.published_at == datetime(2026, 2, 1, tzinfo=UTC)

"""Feeds that pages name."""

import time

from quotewire_ingest.sources.autodiscovery import MAX_FOUND, find_feeds

URL = "https://www.harbour-post.example/"
HEAD = """<!doctype html><html><head><base href="/de/">
<link rel="alternate" type="application/rss+xml" title="Harbour Post &amp; Pier" href="feed.xml">
<link type='application/atom+xml' rel='ALTERNATE' href='//feeds.harbour-post.example/atom'>
<link rel=alternate type=application/feed+json href=/feed.json>
<link rel="alternate" hreflang="en" href="/en/">
<link rel="stylesheet" type="text/css" href="/style.css">
<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
<!-- <link rel="alternate" type="application/rss+xml" href="/old.xml"> -->
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
</head><body><a href="/news/rss">RSS</a> <a href="https://elsewhere.example/feed/">theirs</a>
<a href="/feedback">Feedback</a> <a href="feed.xml#top">again</a></body></html>"""


def test_the_feeds_of_a_page_in_order() -> None:
    found = find_feeds(HEAD.encode(), URL)
    assert [child.url for child in found] == [
        "https://www.harbour-post.example/de/feed.xml",
        "https://feeds.harbour-post.example/atom",
        "https://www.harbour-post.example/feed.json",
        "https://www.harbour-post.example/news/rss",
    ]
    assert found[0].title == "Harbour Post & Pier"


def test_a_page_that_names_none() -> None:
    assert find_feeds(b"<html><body><a href='/feedback'>Feedback</a></body></html>", URL) == []


def test_the_time_for_malicious_pages_is_proportional_to_their_length() -> None:
    pages = [
        b"<!--" * 500_000,
        b"<link " * 300_000,
        b"<a href='/feed/" + b"x" * 2_000_000,
        b"<link rel=alternate type=application/rss+xml href=/feed/%d>" * 30_000,
        b"<a " + b" a=b" * 500_000 + b">",
        b"<link rel=alternate type=application/rss+xml href='http://[::1/'>" * 1000,
    ]
    began = time.process_time()
    assert all(len(find_feeds(page, URL)) <= MAX_FOUND for page in pages)
    assert time.process_time() - began < 20


def test_a_base_and_links_that_are_no_addresses_are_passed_over() -> None:
    page = (
        b"<html><head><base href='http://[x'><link rel='alternate' type='application/rss+xml' href='http://[y/'>"
        b"<link rel='alternate' type='application/rss+xml' href='/feed.xml'></head>"
        b"<body><a href='http://[z/feed.xml'>Feed</a><a href='https://a..b/feed.xml'>Feed</a></body></html>"
    )
    assert [child.url for child in find_feeds(page, "https://h.example/news")] == ["https://h.example/feed.xml"]

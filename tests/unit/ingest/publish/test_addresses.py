"""Which addresses of a document are remembered, and which are refused."""

from dataclasses import replace

from kit import pages
from quotewire_ingest.identity import article_id_of_url
from quotewire_ingest.publish.addresses import address_ids, addresses_of, entry_addresses

SITE = "https://www.harbour-post.example"
DOCUMENT = replace(
    pages.document(pages.html('<link rel="canonical" href="/news/ferry">'), f"{SITE}/final"),
    requested_urls=(f"{SITE}/feed-link", f"{SITE}/set-cookie"),
)
PARSED = pages.parse(DOCUMENT.body, f"{SITE}/final")


def ids(*paths: str) -> list[str]:
    return sorted(article_id_of_url(SITE + path) for path in paths)


def test_every_address_on_the_way_is_remembered() -> None:
    assert addresses_of(DOCUMENT, PARSED) == ids("/feed-link", "/set-cookie", "/final", "/news/ferry")


def test_an_address_in_between_is_not_refused() -> None:
    assert entry_addresses(DOCUMENT, PARSED) == ids("/feed-link", "/final", "/news/ferry")


def test_what_is_no_article_address_is_left_out() -> None:
    assert address_ids([None, "", "/in/ferry.html", "https://[x/", f"{SITE}/", f"{SITE}/index.html"]) == []


def test_an_address_counts_once_in_all_its_forms() -> None:
    assert address_ids([f"{SITE}/a", f"{SITE}/a/?utm_source=x", "http://harbour-post.example/a"]) == ids("/a")

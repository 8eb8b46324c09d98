"""Normalized URLs are stored in tables of other people: the vectors are frozen."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewire_ingest.identity import article_id_of_url
from quotewire_ingest.urls import (
    MAX_URL_BYTES,
    host_name,
    is_home_page,
    normalize_url,
    registrable_domain,
    resolve_link,
)

VECTORS = json.loads(Path(__file__).with_name("url_vectors.json").read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["url"])
def test_vectors(vector: dict[str, str]) -> None:
    assert normalize_url(vector["url"]) == vector["normal"]
    assert article_id_of_url(vector["url"]) == vector["id"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["url"])
def test_normalizing_twice_changes_nothing(vector: dict[str, str]) -> None:
    assert normalize_url(normalize_url(vector["url"])) == normalize_url(vector["url"])


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_path_and_query_is_normalized_at_once(path: str, query: str) -> None:
    try:
        once = normalize_url(f"https://harbour-post.example/{path}?{query}")
    except ValueError:
        return
    assert normalize_url(once) == once
    assert once.isascii()


@pytest.mark.parametrize(
    "url", ["", "harbour-post.example/a", "ftp://harbour-post.example/a", "https:///a", "mailto:a@b.example"]
)
def test_what_is_no_url_is_an_error(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        normalize_url(url)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.harbour-post.example", "harbour-post.example"),
        ("news.harbour-post.co.uk", "harbour-post.co.uk"),
        ("tom.blogspot.com", "tom.blogspot.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_registrable_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    "url", ["https://a.example", "https://a.example/index.html", "https://a.example/de", "https://a.example/en-gb/"]
)
def test_home_pages(url: str) -> None:
    assert is_home_page(url)


@pytest.mark.parametrize("url", ["https://a.example/?p=12", "https://a.example/news", "https://a.example/en/ferry"])
def test_other_pages(url: str) -> None:
    assert not is_home_page(url)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/b?x=1", "https://h.example/b?x=1"),
        (" \n//other.example/c\t", "https://other.example/c"),
        ("http://[x/", None),
        ("/" + "a" * (MAX_URL_BYTES - len("https://h.example/")), "https://h.example/" + "a" * 2030),
        ("/" + "a" * MAX_URL_BYTES, None),
        ("/" + "\u00e9" * 1100, None),
    ],
)
def test_a_link_leads_to_a_url_of_bounded_length_or_nowhere(link: str, url: str | None) -> None:
    assert resolve_link("https://h.example/a", link) == url


def test_a_link_on_a_base_that_is_no_url_leads_nowhere() -> None:
    assert resolve_link("http://[x", "/a") is None


@pytest.mark.parametrize("url", ["https://h.example/" + "a" * 2048, "https://h.example/" + '"' * 1500])
def test_what_is_too_long_or_becomes_too_long_is_an_error(url: str) -> None:
    with pytest.raises(ValueError, match="more than 2048 bytes"):
        normalize_url(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://H.example:80/a", "h.example"),
        ("https://h.example./a", "h.example."),
        ("https://[::1]/", "::1"),
        ("https://127.0.0.1/", "127.0.0.1"),
        ("http://[x/", None),
        ("https://a..b/", None),
        ("https://.h.example/", None),
        (f"https://{'l' * 64}.example/", None),
        (f"https://{'l.' * 130}example/", None),
        ("mailto:a@b.example", None),
    ],
)
def test_a_host_is_one_that_can_exist(url: str, host: str | None) -> None:
    assert host_name(url) == host

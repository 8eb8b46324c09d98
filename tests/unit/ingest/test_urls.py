"""Normalized URLs are stored in tables of other people: the vectors are frozen."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewire_ingest.identity import article_id_of_url
from quotewire_ingest.urls import is_home_page, normalize_url, registrable_domain

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

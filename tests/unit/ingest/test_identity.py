"""Ids stand in other people's tables: the vectors are frozen, and no two articles become one."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewire_ingest.identity import article_id_of_external, article_id_of_url, content_hash, resolve_canonical
from quotewire_ingest.urls import is_home_page, normalize_url, registrable_domain

VECTORS = json.loads(Path(__file__).with_name("url_vectors.json").read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["url"])
def test_the_frozen_form_and_id(vector: dict[str, str]) -> None:
    assert normalize_url(vector["url"]) == vector["normal"]
    assert article_id_of_url(vector["url"]) == vector["id"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["url"])
def test_normalising_twice_changes_nothing(vector: dict[str, str]) -> None:
    assert normalize_url(normalize_url(vector["url"])) == normalize_url(vector["url"])


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_path_and_query_settle_at_once(path: str, query: str) -> None:
    try:
        once = normalize_url(f"https://harbour-post.example/{path}?{query}")
    except ValueError:
        return
    assert normalize_url(once) == once
    assert once.isascii()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://harbour-post.example/a", "https://www.harbour-post.example/a/"),
        ("https://harbour-post.example/a?utm_campaign=x", "https://harbour-post.example/a"),
    ],
)
def test_one_article_has_one_id(one: str, other: str) -> None:
    assert article_id_of_url(one) == article_id_of_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://harbour-post.example/a?story=1", "https://harbour-post.example/a?story=2"),
        ("https://harbour-post.example/watch?v=abc", "https://harbour-post.example/watch?v=abd"),
        ("https://harbour-post.example/A", "https://harbour-post.example/a"),
        ("https://harbour-post.example/a", "https://news.harbour-post.example/a"),
        ("https://harbour-post.example/a", "https://harbour-post.example:8443/a"),
    ],
)
def test_two_articles_never_have_one_id(one: str, other: str) -> None:
    assert article_id_of_url(one) != article_id_of_url(other)


@pytest.mark.parametrize(
    "url", ["", "harbour-post.example/a", "ftp://harbour-post.example/a", "https:///a", "mailto:a@b.example"]
)
def test_no_address_no_id(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        normalize_url(url)


def test_external_ids_keep_their_parts_apart() -> None:
    assert article_id_of_external("a", "b-c") != article_id_of_external("a-b", "c")


PAGE = "https://www.harbour-post.example/news/ferry-late"


@pytest.mark.parametrize(
    ("stated", "expected", "syndicated_from"),
    [
        (None, PAGE, None),
        ("/news/2026/ferry-late", "https://www.harbour-post.example/news/2026/ferry-late", None),
        ("https://m.harbour-post.example/ferry", "https://m.harbour-post.example/ferry", None),
        ("https://harbour-post.example/", PAGE, None),
        ("https://harbour-post.example/en/", PAGE, None),
        ("https://wire.example/ferry?utm_source=x", PAGE, "https://wire.example/ferry"),
        ("javascript:void(0)", PAGE, None),
        ("  ", PAGE, None),
    ],
)
def test_the_stated_canonical_counts_only_at_home(
    stated: str | None, expected: str, syndicated_from: str | None
) -> None:
    assert resolve_canonical(PAGE, stated) == (expected, syndicated_from)


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
def test_front_pages(url: str) -> None:
    assert is_home_page(url)


@pytest.mark.parametrize("url", ["https://a.example/?p=12", "https://a.example/news", "https://a.example/en/ferry"])
def test_other_pages(url: str) -> None:
    assert not is_home_page(url)


def test_the_hash_is_of_title_and_text() -> None:
    assert content_hash("a", "b") == content_hash("a", "b")
    assert content_hash("a", "b") != content_hash("ab", "")

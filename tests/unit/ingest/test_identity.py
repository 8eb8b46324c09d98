"""One article has one id, and no two articles have the same."""

import pytest

from quotewire_ingest.identity import article_id_of_external, article_id_of_url, content_hash, resolve_canonical


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


def test_the_parts_of_external_ids_are_kept_apart() -> None:
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
def test_a_canonical_url_counts_only_on_its_own_domain(
    stated: str | None, expected: str, syndicated_from: str | None
) -> None:
    assert resolve_canonical(PAGE, stated) == (expected, syndicated_from)


def test_the_hash_is_of_title_and_text() -> None:
    assert content_hash("a", "b") == content_hash("a", "b")
    assert content_hash("a", "b") != content_hash("ab", "")

"""One site is what one registrant runs, by the public suffix list."""

import pytest

from quotewire_ingest.fetch.public_suffixes import site_of
from quotewire_ingest.queue.kinds import host_of
from quotewire_ingest.urls import registrable_domain


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.harbour-post.com", "harbour-post.com"),
        ("edition.news.harbour-post.co.uk", "harbour-post.co.uk"),
        ("news.harbour-post.com.br", "harbour-post.com.br"),
        ("www.harbour-post.gob.ar", "harbour-post.gob.ar"),
        ("www.harbour-post.k12.ca.us", "harbour-post.k12.ca.us"),
        ("one.blogspot.com", "one.blogspot.com"),
        ("www.one.github.io", "one.github.io"),
        ("two.azurewebsites.net", "two.azurewebsites.net"),
        ("WWW.Harbour-Post.COM.", "harbour-post.com"),
        ("www.hafen-böte.de", "xn--hafen-bte-67a.de"),
        ("co.uk", "co.uk"),
        ("github.io", "github.io"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("www.harbour-post.no-such-suffix", "harbour-post.no-such-suffix"),
        ("a..b", "a..b"),
        ("", ""),
    ],
)
def test_the_site_of_a_host(host: str, site: str) -> None:
    assert site_of(host) == site


def test_a_host_in_two_spellings_is_one_site() -> None:
    assert host_of("https://www.hafen-böte.de/a") == host_of("http://xn--hafen-bte-67a.de:80/")


def test_identity_keeps_its_frozen_rule() -> None:
    """Ids of articles and sources must not change with the list."""
    assert registrable_domain("two.azurewebsites.net") == "azurewebsites.net"

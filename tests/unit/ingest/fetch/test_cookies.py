"""Cookies of one fetch: any header of a server costs little time."""

import time

import httpx
import pytest

from quotewire_ingest.fetch.cookies import FetchCookies

URL = "https://www.harbour-post.example/a"
MANY = 100_000


def response(*stated: str) -> httpx.Response:
    headers = [(b"Set-Cookie", value.encode("latin-1")) for value in stated]
    return httpx.Response(302, headers=headers, request=httpx.Request("GET", URL))


def sent(*stated: str, url: str = URL) -> str:
    return sent_after(response(*stated), url)


def sent_after(answer: httpx.Response, url: str = URL) -> str:
    cookies = FetchCookies()
    cookies.keep(answer)
    request = httpx.Request("GET", url)
    cookies.add_to(request)
    return str(request.headers.get("cookie", ""))


def test_cookies_go_back_to_where_they_are_for() -> None:
    assert sent("a=1", "b=2; Path=/other", "c=3; Domain=harbour-post.example", "d=4; Secure") == "a=1; d=4; c=3"
    assert sent("a=1; Secure", url="http://www.harbour-post.example/") == ""
    assert sent("a=1", "c=3; Domain=harbour-post.example", url="https://m.harbour-post.example/") == "c=3"
    assert sent("a=1; Domain=pier-gazette.example", url="https://pier-gazette.example/") == ""
    assert sent("a=1; Max-Age=0", "b=\xe9; Expires=soon", "", "=", ";;") == "b=\xe9"


@pytest.mark.parametrize(
    "stated",
    [
        ["a=b;" + " " * MANY], ["a=b;" + ";" * MANY], ["a=b; expires=" + "1 " * MANY], ["a=b; path=" + "/" * MANY],
        ["a=b; domain=" + "a." * MANY], ["a=b; port=" + "9," * MANY], ["a=b; max-age=" + "9" * MANY],
        [f"c=x; path=/{number}" for number in range(6000)],
    ],
    ids=range(8),
)  # fmt: skip
def test_any_header_takes_little_time(stated: list[str]) -> None:
    answer = response(*stated)
    began = time.process_time()
    sent_after(answer)
    assert time.process_time() - began < 0.5


def test_of_many_cookies_a_few_are_kept() -> None:
    assert len(sent(*(f"c{number}=x" for number in range(6000))).split("; ")) == 50

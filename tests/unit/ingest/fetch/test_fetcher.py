"""Fetching from servers that are slow, endless, broken or malicious."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpcore
import pytest

from kit.harbour_post import article
from kit.site import Answer, Misbehave, Site, running_site
from quotewire.cli import run
from quotewire_ingest.fetch.fetcher import Fetcher, user_agent
from quotewire_ingest.fetch.ssrf import CheckedBackend
from quotewire_ingest.fetch.validators import Validators
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import FetchSettings

FAST: dict[str, Any] = {
    "allow_private": True, "connect_timeout_s": 1, "first_byte_timeout_s": 0.4, "total_timeout_s": 1,
    "max_bytes": 100_000,
}  # fmt: skip


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with running_site() as site:
        yield site


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(FetchSettings(**FAST)) as fetcher:
        yield fetcher


async def rejection(fetcher: Fetcher, url: str) -> RejectionReason:
    with pytest.raises(Rejected) as rejected:
        await fetcher.fetch_page(url)
    assert "\n" not in rejected.value.message
    return rejected.value.reason


async def test_a_page_is_decoded_and_has_its_final_url_and_charset(site: Site, fetcher: Fetcher) -> None:
    site.page("/b", gzip.compress(b"<p>late</p>"), Content_Encoding="gzip")
    site.answers["/a"] = Answer(status="301 Moved Permanently", headers={"Location": "/b"})
    response = await fetcher.fetch_page(f"{site.url}/a")
    assert (response.body, response.url, response.charset) == (b"<p>late</p>", f"{site.url}/b", "utf-8")


async def test_a_proxy_of_the_environment_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would connect without the check of addresses."""
    async with running_site() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        async with Fetcher(FetchSettings(**FAST)) as fetcher:
            assert (await fetcher.fetch_page(site.page("/a", "<p>late</p>"))).body == b"<p>late</p>"
    assert proxy.asked == []


async def test_the_user_agent_names_the_contact_and_no_cookies_are_sent(site: Site) -> None:
    site.page("/a", "<p>late</p>", Set_Cookie="id=1")
    async with Fetcher(FetchSettings(contact="mailto:desk@harbour-post.example", **FAST)) as fetcher:
        await fetcher.fetch_page(f"{site.url}/a")
        await fetcher.fetch_page(f"{site.url}/a")
    assert "+mailto:desk@harbour-post.example" in site.heads[-1]
    assert "cookie" not in site.heads[-1].lower()
    assert user_agent(None).startswith("Quotewire/")


async def test_robots_txt_is_fetched_once_and_obeyed(site: Site, fetcher: Fetcher) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /private/\nCrawl-delay: 86400\n")
    site.page("/private/a", "<p>late</p>")
    site.page("/public", "<p>late</p>")
    assert await rejection(fetcher, f"{site.url}/private/a") is RejectionReason.ROBOTS
    await fetcher.fetch_page(f"{site.url}/public")
    assert site.asked == ["/robots.txt", "/public"]
    assert fetcher.cached_crawl_delay(site.url) == 60


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Too Many Requests"])
async def test_a_server_error_for_robots_txt_allows_nothing_for_now(site: Site, fetcher: Fetcher, status: str) -> None:
    site.answers["/robots.txt"] = Answer(status=status, headers={"Retry-After": "120"})
    site.page("/a", "<p>late</p>")
    with pytest.raises(Rejected, match="is not known: the server answers") as rejected:
        await fetcher.fetch_page(f"{site.url}/a")
    assert rejected.value.reason is RejectionReason.ROBOTS
    assert rejected.value.transient
    assert rejected.value.retry_after_s == pytest.approx(120, abs=5)
    assert site.asked == ["/robots.txt"]


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone"])
async def test_a_missing_robots_txt_allows_everything(site: Site, fetcher: Fetcher, status: str) -> None:
    site.answers["/robots.txt"] = Answer(status=status)
    site.page("/a", "<p>late</p>")
    assert (await fetcher.fetch_page(f"{site.url}/a")).status == 200


async def test_a_redirect_loop_ends(site: Site, fetcher: Fetcher) -> None:
    site.answers["/a"] = Answer(status="302 Found", headers={"Location": "/a"})
    assert await rejection(fetcher, f"{site.url}/a") is RejectionReason.TOO_MANY_REDIRECTS
    assert site.asked.count("/a") == 6


async def test_a_status_is_described_in_words(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(Rejected, match="404 Not Found") as rejected:
        await fetcher.fetch_page(f"{site.url}/gone")
    assert rejected.value.reason is RejectionReason.STATUS


@pytest.mark.parametrize(
    ("status", "transient"),
    [
        ("408 Request Timeout", True), ("425 Too Early", True), ("429 Too Many Requests", True), ("500 Oops", True),
        ("503 Busy", True), ("521 Web Server Is Down", True), ("400 Bad Request", False), ("401 Who", False),
        ("403 Forbidden", False), ("404 Not Found", False), ("410 Gone", False), ("451 No", False),
    ],
)  # fmt: skip
async def test_a_status_says_whether_and_when_to_come_again(
    site: Site, fetcher: Fetcher, status: str, transient: bool
) -> None:
    site.answers["/a"] = Answer(status=status, headers={"Retry-After": "75"})
    with pytest.raises(Rejected) as rejected:
        await fetcher.fetch_page(f"{site.url}/a")
    assert (rejected.value.transient, rejected.value.retry_after_s) == (transient, 75)


@pytest.mark.parametrize("status", ["200 OK", "203 Non-Authoritative Information"])
async def test_a_page_that_a_proxy_has_changed_is_a_page(site: Site, fetcher: Fetcher, status: str) -> None:
    site.answers["/a"] = Answer(b"<p>late</p>", status=status)
    assert (await fetcher.fetch_page(f"{site.url}/a")).body == b"<p>late</p>"


@pytest.mark.parametrize("status", ["201 Created", "202 Accepted", "204 No Content", "206 Partial Content"])
async def test_what_is_no_page_yet_is_none(site: Site, fetcher: Fetcher, status: str) -> None:
    site.answers["/a"] = Answer(b"<p>late</p>", status=status)
    assert await rejection(fetcher, f"{site.url}/a") is RejectionReason.STATUS


def asks_for_cookie(site: Site, path: str, target: str) -> None:
    """A page that is shown to those who bring the cookie back, and redirects all others."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        seen = "cookie: " in site.heads[-1].lower() and "visit=yes" in site.heads[-1]
        body = b"<p>late</p>" if seen else b""
        head = "200 OK" if seen else f"302 Found\r\nLocation: {target}\r\nSet-Cookie: visit=yes; Path=/"
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()

    site.answers[path] = Answer(misbehave=answer)


async def test_a_site_that_checks_for_a_cookie_gets_it_back(site: Site, fetcher: Fetcher) -> None:
    asks_for_cookie(site, "/same", "/same")
    assert (await fetcher.fetch_page(f"{site.url}/same")).body == b"<p>late</p>"
    assert site.asked.count("/same") == 2
    asks_for_cookie(site, "/two", "/check")
    site.answers["/check"] = Answer(status="302 Found", headers={"Location": "/two"})
    assert (await fetcher.fetch_page(f"{site.url}/two")).body == b"<p>late</p>"


async def test_a_cookie_ends_with_the_fetch_and_stays_on_its_host(site: Site, fetcher: Fetcher) -> None:
    async with running_site("127.0.0.2") as other:
        other.page("/a", "<p>late</p>")
        other_url = f"http://127.0.0.2:{other.port}/a"
        site.answers["/out"] = Answer(status="302 Found", headers={"Location": other_url, "Set-Cookie": "id=1"})
        assert (await fetcher.fetch_page(f"{site.url}/out")).url == other_url
        assert not [head for head in other.heads if "cookie" in head.lower()]
    asks_for_cookie(site, "/same", "/same")
    for _ in range(2):
        await fetcher.fetch_page(f"{site.url}/same")
    assert site.asked.count("/same") == 4


async def test_cookies_without_end_are_not_sent(site: Site, fetcher: Fetcher) -> None:
    site.answers["/a"] = Answer(status="302 Found", headers={"Location": "/b", "Set-Cookie": f"id={'x' * 9000}"})
    site.page("/b", "<p>late</p>")
    assert (await fetcher.fetch_page(f"{site.url}/a")).status == 200
    assert "cookie" not in site.heads[-1].lower()


async def test_a_page_that_sends_its_readers_elsewhere_is_followed(site: Site, fetcher: Fetcher) -> None:
    site.page("/a", '<html><head><meta http-equiv="refresh" content="0; url=/b"></head></html>')
    site.page("/b", "<p>late</p>")
    response = await fetcher.fetch_page(f"{site.url}/a")
    assert (response.url, response.body) == (f"{site.url}/b", b"<p>late</p>")
    site.page("/c", '<meta http-equiv="refresh" content="0; url=/d">')
    site.page("/d", '<meta http-equiv="refresh" content="0; url=/c">')
    assert await rejection(fetcher, f"{site.url}/c") is RejectionReason.TOO_MANY_REDIRECTS


async def test_the_target_of_a_page_is_checked_like_that_of_a_redirect(site: Site, fetcher: Fetcher) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /private")
    site.page("/a", '<meta http-equiv="refresh" content="0; url=/private">')
    assert await rejection(fetcher, f"{site.url}/a") is RejectionReason.ROBOTS
    page = '<meta http-equiv="refresh" content="0; url=file:///etc/passwd"><p>late</p>'
    assert (await fetcher.fetch_page(site.page("/b", page))).body == page.encode()


@pytest.mark.parametrize("target", ["/robots.txt", "http://[x/", "file:///etc/passwd"])
async def test_a_robots_txt_that_leads_nowhere_counts_as_missing(site: Site, fetcher: Fetcher, target: str) -> None:
    site.answers["/robots.txt"] = Answer(status="302 Found", headers={"Location": target})
    site.page("/a", "<p>late</p>")
    assert (await fetcher.fetch_page(f"{site.url}/a")).status == 200


def writes(*pieces: bytes, again: bool = False, pause: float = 0.0) -> Misbehave:
    async def misbehave(writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(pieces[0])
            while True:
                for piece in pieces[1:]:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause)
                if not again:
                    return
        except ConnectionError:
            return

    return misbehave


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("misbehave", "reason"),
    [
        (writes(OK + b"\r\n", b"x" * 65536, again=True), RejectionReason.TOO_LARGE),
        (writes(OK + b"\r\n", b"x", again=True, pause=0.1), RejectionReason.TIMEOUT),
        (writes(b"", b"", again=True, pause=0.2), RejectionReason.TIMEOUT),
        (writes(OK + b"Content-Length: 1000\r\n\r\n", b"too short"), RejectionReason.TRUNCATED),
        (writes(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"late" * 99)[:-9]), RejectionReason.TRUNCATED),
        (writes(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(bytes(30_000_000))), RejectionReason.TOO_LARGE),
        (writes(OK + b"Content-Encoding: gzip\r\n\r\n", b"<p>not gzip</p>" * 9), RejectionReason.ENCODING),
        (writes(OK + b"X: " + b"h" * 300_000 + b"\r\n\r\n", b"x"), RejectionReason.UNREACHABLE),
        (writes(b"220 mail.harbour-post.example ESMTP\r\n", b""), RejectionReason.UNREACHABLE),
        (writes(b"", b""), RejectionReason.UNREACHABLE),
    ],
    ids=["endless", "dripping", "silent", "short", "cut", "bomb", "lying", "huge head", "mail server", "hangs up"],
)
async def test_misbehaving_servers(site: Site, fetcher: Fetcher, misbehave: Misbehave, reason: RejectionReason) -> None:
    site.answers["/a"] = Answer(misbehave=misbehave)
    started = time.monotonic()
    assert await rejection(fetcher, f"{site.url}/a") is reason
    assert time.monotonic() - started < 5


async def test_redirects_of_slow_servers_end(site: Site, fetcher: Fetcher) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\n")
        for _ in range(3):
            await asyncio.sleep(0.25)
            writer.write(b"X-More: 1\r\n")
            await writer.drain()
        writer.write(b"Location: /a\r\nConnection: close\r\n\r\n")

    site.answers["/a"] = Answer(misbehave=slow)
    with pytest.raises(Rejected, match="with its redirects and robots") as rejected:
        await fetcher.fetch_page(f"{site.url}/a")
    assert (rejected.value.reason, rejected.value.transient) == (RejectionReason.TIMEOUT, True)


async def test_private_addresses_are_never_connected_to(site: Site) -> None:
    async with Fetcher(FetchSettings()) as fetcher:
        assert await rejection(fetcher, f"{site.url}/a") is RejectionReason.PRIVATE_ADDRESS
    assert site.asked == []


async def test_the_command_rejects_them_in_one_line_unless_they_are_allowed(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = site.page("/a", article("a"))
    assert await asyncio.to_thread(run, ["read", address]) == 2
    printed = capsys.readouterr()
    assert (printed.out, site.asked) == ("", [])
    [line] = printed.err.splitlines()
    assert line.startswith(f"quotewire: {address}: ")
    assert "QUOTEWIRE_FETCH__ALLOW_PRIVATE" in line
    monkeypatch.setenv("QUOTEWIRE_FETCH__ALLOW_PRIVATE", "true")
    assert await asyncio.to_thread(run, ["read", address]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Ferry a"


class FakeNetwork(CheckedBackend):
    """Names resolve as the test says, 127.0.0.2 counts as public, and every port is the site's."""

    def __init__(self, names: dict[str, list[str]], port: int) -> None:
        async def resolve(host: str, _: int, __: float | None) -> list[str]:
            return names[host]

        super().__init__(False, resolve, lambda address: address == "127.0.0.2")
        self._port = port

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:  # fmt: skip
        return await super().connect_tcp(host, self._port, timeout, local_address, socket_options)


async def test_hosts_are_judged_by_the_address_that_is_connected_to() -> None:
    async with running_site("127.0.0.2") as site:
        names = {
            "good.example": ["127.0.0.2"],
            "inside.example": ["127.0.0.1"],
            "both.example": ["127.0.0.2", "10.0.0.1"],
        }
        site.page("/a", "<p>late</p>")
        site.answers["/into"] = Answer(status="302 Found", headers={"Location": "http://inside.example/a"})
        site.answers["/literal"] = Answer(status="302 Found", headers={"Location": "http://127.1/a"})
        site.answers["/file"] = Answer(status="302 Found", headers={"Location": "file:///etc/passwd"})
        async with Fetcher(FetchSettings(), FakeNetwork(names, site.port)) as fetcher:
            assert (await fetcher.fetch_page("http://good.example/a")).status == 200
            assert await rejection(fetcher, "http://inside.example/a") is RejectionReason.PRIVATE_ADDRESS
            assert await rejection(fetcher, "http://both.example/a") is RejectionReason.PRIVATE_ADDRESS
            assert await rejection(fetcher, "http://good.example/into") is RejectionReason.PRIVATE_ADDRESS
            assert await rejection(fetcher, "http://good.example/literal") is RejectionReason.PRIVATE_ADDRESS
            assert await rejection(fetcher, "http://good.example/file") is RejectionReason.BAD_ADDRESS


async def test_a_name_that_becomes_private_between_two_requests() -> None:
    async with running_site("127.0.0.2") as site:
        site.page("/a", "<p>late</p>", Connection="close")
        site.page("/robots.txt", "", Connection="close")
        names = {"turning.example": ["127.0.0.2"]}
        async with Fetcher(FetchSettings(), FakeNetwork(names, site.port)) as fetcher:
            assert (await fetcher.fetch_page("http://turning.example/a")).status == 200
            names["turning.example"] = ["127.0.0.1"]
            assert await rejection(fetcher, "http://turning.example/a") is RejectionReason.PRIVATE_ADDRESS
        assert site.asked.count("/a") == 1


async def test_a_body_longer_than_its_content_length_is_cut_there(site: Site, fetcher: Fetcher) -> None:
    site.answers["/a"] = Answer(misbehave=writes(OK + b"Content-Length: 4\r\n\r\n", b"late, and more than that"))
    assert (await fetcher.fetch_page(f"{site.url}/a")).body == b"late"


async def test_a_jumping_wall_clock_changes_no_timeout(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    jumps = iter([0.0, 1e6, -1e6] * 1000)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))
    url = site.page("/a", "<p>late</p>")
    assert [(await fetcher.fetch_page(url)).status for _ in range(5)] == [200] * 5


async def test_an_unknown_name(fetcher: Fetcher) -> None:
    assert await rejection(fetcher, "http://no-such-host.invalid/") is RejectionReason.UNREACHABLE


@pytest.mark.parametrize("target", ["http://[x/", "http://127.0.0.1:99999/", "http://a..b/", "/" + "a" * 9000])
async def test_a_redirect_to_what_is_no_address_is_rejected(site: Site, fetcher: Fetcher, target: str) -> None:
    site.answers["/a"] = Answer(status="302 Found", headers={"Location": target})
    assert await rejection(fetcher, f"{site.url}/a") is RejectionReason.BAD_ADDRESS


async def test_a_robots_txt_that_is_redirected_to_no_address_counts_as_missing(site: Site, fetcher: Fetcher) -> None:
    site.answers["/robots.txt"] = Answer(status="301 Moved Permanently", headers={"Location": "http://[x/"})
    assert (await fetcher.fetch_page(site.page("/a", "<p>late</p>"))).body == b"<p>late</p>"


async def test_validators_are_sent_as_the_bytes_that_they_came_as(site: Site, fetcher: Fetcher) -> None:
    url = site.page("/a", "<p>late</p>", ETag='"f\xe4hre"', Last_Modified="gestern \xfcbrigens")
    validators = (await fetcher.fetch(url)).validators
    assert validators == Validators('"f\xe4hre"', "gestern \xfcbrigens")
    await fetcher.fetch(
        url, {"If-None-Match": validators.etag or "", "If-Modified-Since": validators.last_modified or ""}
    )
    assert 'if-none-match: "f\xe4hre"' in site.heads[-1].lower()
    assert "if-modified-since: gestern \xfcbrigens" in site.heads[-1].lower()

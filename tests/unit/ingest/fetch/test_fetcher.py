"""Asking servers that are slow, endless, broken or hostile."""

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


async def refusal(fetcher: Fetcher, url: str) -> RejectionReason:
    with pytest.raises(Rejected) as refused:
        await fetcher.fetch_page(url)
    assert "\n" not in refused.value.message
    return refused.value.reason


async def test_a_page_comes_whole_with_its_address_and_charset(site: Site, fetcher: Fetcher) -> None:
    site.page("/b", gzip.compress(b"<p>late</p>"), Content_Encoding="gzip")
    site.answers["/a"] = Answer(status="301 Moved Permanently", headers={"Location": "/b"})
    answer = await fetcher.fetch_page(f"{site.url}/a")
    assert (answer.body, answer.url, answer.charset) == (b"<p>late</p>", f"{site.url}/b", "utf-8")


async def test_a_proxy_of_the_environment_is_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would connect for us, past the check of addresses."""
    async with running_site() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        async with Fetcher(FetchSettings(**FAST)) as fetcher:
            assert (await fetcher.fetch_page(site.page("/a", "<p>late</p>"))).body == b"<p>late</p>"
    assert proxy.asked == []


async def test_we_say_who_we_are_and_send_no_cookies(site: Site) -> None:
    site.page("/a", "<p>late</p>", Set_Cookie="id=1")
    async with Fetcher(FetchSettings(contact="mailto:desk@harbour-post.example", **FAST)) as fetcher:
        await fetcher.fetch_page(f"{site.url}/a")
        await fetcher.fetch_page(f"{site.url}/a")
    assert "+mailto:desk@harbour-post.example" in site.heads[-1]
    assert "cookie" not in site.heads[-1].lower()
    assert user_agent(None).startswith("Quotewire/")


async def test_robots_txt_is_asked_once_and_obeyed(site: Site, fetcher: Fetcher) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /private/\nCrawl-delay: 86400\n")
    site.page("/private/a", "<p>late</p>")
    site.page("/public", "<p>late</p>")
    assert await refusal(fetcher, f"{site.url}/private/a") is RejectionReason.ROBOTS
    await fetcher.fetch_page(f"{site.url}/public")
    assert site.asked == ["/robots.txt", "/public"]
    assert await fetcher.crawl_delay(site.url) == 60


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Too Many Requests"])
async def test_a_failing_robots_txt_allows_nothing(site: Site, fetcher: Fetcher, status: str) -> None:
    site.answers["/robots.txt"] = Answer(status=status)
    site.page("/a", "<p>late</p>")
    assert await refusal(fetcher, f"{site.url}/a") is RejectionReason.ROBOTS


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone"])
async def test_a_missing_robots_txt_allows_everything(site: Site, fetcher: Fetcher, status: str) -> None:
    site.answers["/robots.txt"] = Answer(status=status)
    site.page("/a", "<p>late</p>")
    assert (await fetcher.fetch_page(f"{site.url}/a")).status == 200


async def test_a_redirect_loop_ends(site: Site, fetcher: Fetcher) -> None:
    site.answers["/a"] = Answer(status="302 Found", headers={"Location": "/a"})
    assert await refusal(fetcher, f"{site.url}/a") is RejectionReason.TOO_MANY_REDIRECTS
    assert site.asked.count("/a") == 6


async def test_a_status_is_told_in_words(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(Rejected, match="404 Not Found") as refused:
        await fetcher.fetch_page(f"{site.url}/gone")
    assert refused.value.reason is RejectionReason.STATUS


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
async def test_answers_that_misbehave(
    site: Site, fetcher: Fetcher, misbehave: Misbehave, reason: RejectionReason
) -> None:
    site.answers["/a"] = Answer(misbehave=misbehave)
    began = time.monotonic()
    assert await refusal(fetcher, f"{site.url}/a") is reason
    assert time.monotonic() - began < 5


async def test_private_addresses_are_never_asked(site: Site) -> None:
    async with Fetcher(FetchSettings()) as fetcher:
        assert await refusal(fetcher, f"{site.url}/a") is RejectionReason.PRIVATE_ADDRESS
    assert site.asked == []


async def test_the_command_refuses_them_in_one_line_unless_they_are_allowed(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = site.page("/a", article("a"))
    assert await asyncio.to_thread(run, ["read", address]) == 2
    told = capsys.readouterr()
    assert (told.out, site.asked) == ("", [])
    [line] = told.err.splitlines()
    assert line.startswith(f"quotewire: {address}: ")
    assert "QUOTEWIRE_FETCH__ALLOW_PRIVATE" in line
    monkeypatch.setenv("QUOTEWIRE_FETCH__ALLOW_PRIVATE", "true")
    assert await asyncio.to_thread(run, ["read", address]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Ferry a"


class Rewired(CheckedBackend):
    """Names resolve as the test says, 127.0.0.2 counts as public, and port 80 is the site's."""

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


async def test_names_are_judged_by_the_address_that_is_connected_to() -> None:
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
        async with Fetcher(FetchSettings(), Rewired(names, site.port)) as fetcher:
            assert (await fetcher.fetch_page("http://good.example/a")).status == 200
            assert await refusal(fetcher, "http://inside.example/a") is RejectionReason.PRIVATE_ADDRESS
            assert await refusal(fetcher, "http://both.example/a") is RejectionReason.PRIVATE_ADDRESS
            assert await refusal(fetcher, "http://good.example/into") is RejectionReason.PRIVATE_ADDRESS
            assert await refusal(fetcher, "http://good.example/literal") is RejectionReason.PRIVATE_ADDRESS
            assert await refusal(fetcher, "http://good.example/file") is RejectionReason.BAD_ADDRESS


async def test_a_name_that_moves_into_the_house_between_two_requests() -> None:
    async with running_site("127.0.0.2") as site:
        site.page("/a", "<p>late</p>", Connection="close")
        site.page("/robots.txt", "", Connection="close")
        names = {"turning.example": ["127.0.0.2"]}
        async with Fetcher(FetchSettings(), Rewired(names, site.port)) as fetcher:
            assert (await fetcher.fetch_page("http://turning.example/a")).status == 200
            names["turning.example"] = ["127.0.0.1"]
            assert await refusal(fetcher, "http://turning.example/a") is RejectionReason.PRIVATE_ADDRESS
        assert site.asked.count("/a") == 1


async def test_a_longer_body_than_was_announced_ends_where_it_was_announced_to(site: Site, fetcher: Fetcher) -> None:
    site.answers["/a"] = Answer(misbehave=writes(OK + b"Content-Length: 4\r\n\r\n", b"late, and more than that"))
    assert (await fetcher.fetch_page(f"{site.url}/a")).body == b"late"


async def test_a_wall_clock_that_jumps_changes_no_timeout(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    jumps = iter([0.0, 1e6, -1e6] * 1000)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))
    url = site.page("/a", "<p>late</p>")
    assert [(await fetcher.fetch_page(url)).status for _ in range(5)] == [200] * 5


async def test_a_name_that_is_not_known(fetcher: Fetcher) -> None:
    assert await refusal(fetcher, "http://no-such-host.invalid/") is RejectionReason.UNREACHABLE

"""Asks for pages: safely (see `safety.py`), within bounds, and only where robots.txt lets us."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookiejar import Cookie, CookiePolicy
from importlib import metadata
from types import TracebackType
from typing import Self
from urllib.parse import urljoin
from urllib.request import Request

import httpcore
import httpx

from quotewire_ingest.fetch.connections import CheckedTransport
from quotewire_ingest.fetch.decoding import ACCEPT_ENCODING, BoundedDecoder
from quotewire_ingest.fetch.robots import RobotsCache
from quotewire_ingest.fetch.ssrf import CheckedBackend, check_url
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import FetchSettings
from quotewire_runtime.observability import metrics

logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every request; ours are counted, and their inputs told

_REDIRECTS = (301, 302, 303, 307, 308)
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """One answer: decoded body, final address, and the headers as they came (names in lower case)."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime

    @property
    def charset(self) -> str | None:
        """The charset parameter of the Content-Type header."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'") or None
        return None

    @property
    def media_type(self) -> str:
        """The Content-Type header without its parameters, lower case; empty where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Fetcher:
    """Asks servers. One per process; close it at the end (``async with``)."""

    def __init__(self, settings: FetchSettings, backend: httpcore.AsyncNetworkBackend | None = None) -> None:
        """``backend`` connects; by default to checked addresses alone."""
        self._settings = settings
        self._robots = RobotsCache(self._fetch_robots_txt, user_agent="quotewire")
        self._client = httpx.AsyncClient(
            transport=CheckedTransport(settings.verify_tls, backend or CheckedBackend(settings.allow_private)),
            headers={"User-Agent": user_agent(settings.contact), "Accept": _ACCEPT, "Accept-Encoding": ACCEPT_ENCODING},
            timeout=httpx.Timeout(
                settings.first_byte_timeout_s, connect=settings.connect_timeout_s, pool=settings.total_timeout_s
            ),
            follow_redirects=False,
            trust_env=False,  # a proxy from the environment would connect for us, past the check of addresses
        )
        self._client.cookies.jar.set_policy(_NoCookies())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> FetchResponse:
        """Ask for an address and follow its redirects, each hop checked anew; the answer may have any status.

        Raises ``Rejected``: ``bad_address``, ``private_address``, ``robots``, ``unreachable``, ``timeout``,
        ``certificate``, ``too_large``, ``encoding``, ``truncated``, ``too_many_redirects``.
        """
        for _ in range(self._settings.max_redirects + 1):
            check_url(url, self._settings.allow_private)
            if self._settings.obey_robots and not await self._robots.is_allowed(url):
                raise Rejected(RejectionReason.ROBOTS, "robots.txt does not let us ask for it")
            answer = await self._ask(url, headers)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not target:
                return answer
            url = urljoin(url, target)
        raise Rejected(RejectionReason.TOO_MANY_REDIRECTS, f"more than {self._settings.max_redirects} redirects")

    async def fetch_page(self, url: str) -> FetchResponse:
        """Ask for a page. Raises ``Rejected`` as :meth:`fetch` does, and ``status`` for any answer but 200."""
        answer = await self.fetch(url)
        if answer.status != HTTPStatus.OK:
            raise Rejected(RejectionReason.STATUS, f"the server answers {describe_status(answer.status)}")
        return answer

    async def crawl_delay(self, url: str) -> float | None:
        """The seconds that robots.txt asks to leave between two requests, if it says so."""
        return await self._robots.crawl_delay(url)

    async def robots_sitemaps(self, url: str) -> list[str]:
        """The sitemaps that robots.txt of the host names; empty where there is no such file or nobody answers."""
        try:
            return await self._robots.sitemaps(url)
        except Rejected:
            return []

    @property
    def max_bytes(self) -> int:
        """The largest decoded body, in bytes."""
        return self._settings.max_bytes

    def cached_crawl_delay(self, url: str) -> float | None:
        """The same, where robots.txt of the host is known already; asks nobody."""
        return self._robots.cached_crawl_delay(url)

    async def _fetch_robots_txt(self, url: str) -> tuple[int, str]:
        """Status and text of a robots.txt, redirects followed."""
        for _ in range(self._settings.max_redirects + 1):
            check_url(url, self._settings.allow_private)
            answer = await self._ask(url, None)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not target:
                return answer.status, answer.body.decode("utf-8", "replace")
            url = urljoin(url, target)
        return int(HTTPStatus.NOT_FOUND), ""  # RFC 9309: after five redirects robots.txt counts as not there

    async def _ask(self, url: str, headers: Mapping[str, str] | None) -> FetchResponse:
        settings = self._settings
        if not settings.verify_tls and url.lower().startswith("https:"):
            metrics.FETCHES_UNVERIFIED.labels("ingest").inc()
        try:
            async with asyncio.timeout(settings.total_timeout_s):
                async with self._client.stream("GET", url, headers=dict(headers or {})) as response:
                    names = {name.lower(): value for name, value in response.headers.items()}
                    decoder = BoundedDecoder(names.get("content-encoding"), settings.max_bytes)
                    if response.status_code not in _REDIRECTS:  # nobody reads the body of a redirect
                        async for piece in response.aiter_raw():
                            decoder.feed(piece)
                    return FetchResponse(
                        str(response.url), response.status_code, names, decoder.body(), datetime.now(UTC)
                    )
        except TimeoutError as error:
            raise Rejected(
                RejectionReason.TIMEOUT, f"the answer was not complete after {settings.total_timeout_s:g} s"
            ) from error
        except httpx.TimeoutException as error:
            raise Rejected(RejectionReason.TIMEOUT, "the server does not answer in time") from error
        except httpx.RemoteProtocolError as error:
            short = "without sending complete message body" in str(error)
            reason, words = (
                (RejectionReason.TRUNCATED, "the answer ends too early")
                if short
                else (RejectionReason.UNREACHABLE, "the server does not speak HTTP properly")
            )
            raise Rejected(reason, words) from error
        except httpx.InvalidURL as error:
            raise Rejected(RejectionReason.BAD_ADDRESS, f"not an address: {error}") from error
        except httpx.HTTPError as error:
            if (certificate := _certificate_problem(error)) is not None:
                raise Rejected(
                    RejectionReason.CERTIFICATE, f"the server's certificate cannot be verified: {certificate}"
                ) from error
            raise Rejected(
                RejectionReason.UNREACHABLE, f"cannot be reached: {str(error) or type(error).__name__}"[:200]
            ) from error


def user_agent(contact: str | None) -> str:
    """How we name ourselves to publishers."""
    return (
        f"Quotewire/{metadata.version('quotewire')} ({'+' + contact if contact else 'a person reading single pages'})"
    )


def _certificate_problem(error: BaseException | None) -> str | None:
    """What is wrong with a certificate, where that is what an error comes from."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message[:200]
        error = error.__cause__ or error.__context__  # httpcore raises some errors anew, without their cause
    return None


def describe_status(status: int) -> str:
    """`404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


class _NoCookies(CookiePolicy):
    """Neither takes cookies nor sends any: we are nobody's returning visitor."""

    netscape = True
    rfc2965 = hide_cookie2 = False

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        return False

    def return_ok(self, cookie: Cookie, request: Request) -> bool:
        return False

    def domain_return_ok(self, domain: str, request: Request) -> bool:
        return False

    def path_return_ok(self, path: str, request: Request) -> bool:
        return False

"""Fetch URLs: from public addresses only (`ssrf.py`), within bounds of time and size, as robots.txt allows."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from types import TracebackType
from typing import Self

import httpcore
import httpx

from quotewire_ingest.fetch.connections import CheckedTransport
from quotewire_ingest.fetch.cookies import FetchCookies, NoCookies
from quotewire_ingest.fetch.decoding import ACCEPT_ENCODING, BoundedDecoder
from quotewire_ingest.fetch.headers import retry_after
from quotewire_ingest.fetch.redirects import REDIRECTS, location_of, next_url
from quotewire_ingest.fetch.response import FetchResponse
from quotewire_ingest.fetch.robots import NO_ROBOTS_TXT, RobotsCache, RobotsTxt, decode_robots_txt
from quotewire_ingest.fetch.ssrf import CheckedBackend, check_url
from quotewire_ingest.fetch.validators import to_wire, validators_of
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import FetchSettings
from quotewire_ingest.urls import resolve_link
from quotewire_runtime.observability import metrics

logging.getLogger("httpx").setLevel(
    logging.WARNING
)  # it logs every request; we count them, and log the outcome of inputs

# RFC 9309: after five redirects, as after one that leads nowhere, robots.txt counts as missing.
_LEADS_NOWHERE = (
    RejectionReason.TOO_MANY_REDIRECTS,
    RejectionReason.BAD_ADDRESS,
    RejectionReason.PRIVATE_ADDRESS,
)
# A URL may take so many times as long as one response, with its redirects and robots.txt: twelve slow responses in a
# row would keep one of a few workers from all others for twelve minutes.
_MAX_FETCH_TIMEOUTS = 3
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"


class Fetcher:
    """An HTTP client with one cache of robots.txt and one set of connections (``async with``)."""

    def __init__(self, settings: FetchSettings, backend: httpcore.AsyncNetworkBackend | None = None) -> None:
        """Build the client; ``backend`` makes its connections, by default to public addresses only."""
        self._settings = settings
        self._robots = RobotsCache(self._fetch_robots_txt, user_agent="quotewire")
        self._client = httpx.AsyncClient(
            transport=CheckedTransport(settings.verify_tls, backend or CheckedBackend(settings.allow_private)),
            headers={"User-Agent": user_agent(settings.contact), "Accept": _ACCEPT, "Accept-Encoding": ACCEPT_ENCODING},
            timeout=httpx.Timeout(
                settings.first_byte_timeout_s, connect=settings.connect_timeout_s, pool=settings.total_timeout_s
            ),
            follow_redirects=False,
            trust_env=False,  # a proxy of the environment would connect without the check of addresses
        )
        self._client.cookies.jar = NoCookies()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> FetchResponse:
        """Fetch a URL and follow its redirects, each of them checked like the first; any status is returned.

        A page that sends its readers elsewhere by itself is followed, too; cookies that are set on the way are sent.

        Raises ``Rejected``: ``bad_address``, ``private_address``, ``robots``, ``unreachable``, ``timeout``,
        ``certificate``, ``too_large``, ``encoding``, ``truncated``, ``too_many_redirects``.
        """
        return await self._follow(url, headers)

    async def fetch_page(self, url: str) -> FetchResponse:
        """Fetch a URL like :meth:`fetch`. Raises ``Rejected`` (``status``) also for any status but 200 and 203."""
        response = await self.fetch(url)
        response.check_status()
        return response

    async def robots_sitemaps(self, url: str) -> list[str]:
        """Return the sitemaps that robots.txt names; none where it cannot be fetched."""
        try:
            named = await self._robots.sitemaps(url)
        except Rejected:
            return []
        return [link for stated in named if (link := resolve_link(url, stated)) is not None]

    @property
    def max_bytes(self) -> int:
        """The largest decoded body, in bytes."""
        return self._settings.max_bytes

    def cached_crawl_delay(self, url: str) -> float | None:
        """Return the crawl delay if robots.txt is in the cache; fetches nothing."""
        return self._robots.cached_crawl_delay(url)

    async def _fetch_robots_txt(self, url: str) -> RobotsTxt:
        """Fetch a robots.txt, after redirects."""
        try:
            response = await self._follow(url, None, for_robots=True)
        except Rejected as rejected:
            if rejected.reason in _LEADS_NOWHERE:
                return NO_ROBOTS_TXT
            raise
        text = decode_robots_txt(response.body)
        return RobotsTxt(response.status, text, retry_after(response.headers, response.fetched_at))

    async def _follow(self, url: str, headers: Mapping[str, str] | None, for_robots: bool = False) -> FetchResponse:
        """Follow redirects within a bound on the whole time. Raises ``Rejected``."""
        limit_s = self._settings.total_timeout_s * _MAX_FETCH_TIMEOUTS
        try:
            async with asyncio.timeout(limit_s):
                return await self._follow_redirects(url, headers, for_robots)
        except TimeoutError as error:
            message = f"not fetched after {limit_s:g} s, with its redirects and robots.txt"
            raise Rejected(RejectionReason.TIMEOUT, message) from error

    async def _follow_redirects(self, url: str, headers: Mapping[str, str] | None, for_robots: bool) -> FetchResponse:
        cookies = FetchCookies()
        passed: list[str] = []
        for _ in range(self._settings.max_redirects + 1):
            check_url(url, self._settings.allow_private)
            if self._settings.obey_robots and not for_robots and not await self._robots.is_allowed(url):
                raise Rejected(RejectionReason.ROBOTS, "robots.txt does not allow it")
            response = await self._request(url, headers, cookies)
            target = location_of(response) if for_robots else next_url(response)
            if target is None:
                return replace(response, redirected_from=tuple(passed))
            passed.append(url)
            url = target
        raise Rejected(RejectionReason.TOO_MANY_REDIRECTS, f"more than {self._settings.max_redirects} redirects")

    async def _request(self, url: str, headers: Mapping[str, str] | None, cookies: FetchCookies) -> FetchResponse:
        settings = self._settings
        if not settings.verify_tls and url.lower().startswith("https:"):
            metrics.FETCHES_UNVERIFIED.labels("ingest").inc()
        try:
            async with asyncio.timeout(settings.total_timeout_s):
                sent = {name.encode("ascii"): to_wire(value) for name, value in (headers or {}).items()}
                request = self._client.build_request("GET", url, headers=sent)
                cookies.add_to(request)
                response = await self._client.send(request, stream=True)
                try:
                    cookies.keep(response)
                    names = {name.lower(): value for name, value in response.headers.items()}
                    decoder = BoundedDecoder(names.get("content-encoding"), settings.max_bytes)
                    if response.status_code not in REDIRECTS:  # the body of a redirect is not needed
                        async for piece in response.aiter_raw():
                            decoder.feed(piece)
                finally:
                    await response.aclose()
                return FetchResponse(
                    str(response.url), response.status_code, names, decoder.body(), datetime.now(UTC),
                    validators_of(response.headers.raw),
                )  # fmt: skip
        except TimeoutError as error:
            raise Rejected(
                RejectionReason.TIMEOUT, f"the response was not complete after {settings.total_timeout_s:g} s"
            ) from error
        except httpx.TimeoutException as error:
            raise Rejected(RejectionReason.TIMEOUT, "the server does not respond in time") from error
        except httpx.RemoteProtocolError as error:
            short = "without sending complete message body" in str(error)
            reason, message = (
                (RejectionReason.TRUNCATED, "the response ends too early")
                if short
                else (RejectionReason.UNREACHABLE, "the server does not send valid HTTP")
            )
            raise Rejected(reason, message) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Rejected(RejectionReason.BAD_ADDRESS, f"not an address: {error}") from error
        except httpx.HTTPError as error:
            if (certificate := _certificate_error(error)) is not None:
                raise Rejected(
                    RejectionReason.CERTIFICATE, f"the server's certificate cannot be verified: {certificate}"
                ) from error
            raise Rejected(
                RejectionReason.UNREACHABLE, f"cannot be reached: {str(error) or type(error).__name__}"[:200]
            ) from error


def user_agent(contact: str | None) -> str:
    """Return our User-Agent: product, version, and how to reach whoever runs it."""
    return (
        f"Quotewire/{metadata.version('quotewire')} ({'+' + contact if contact else 'a person reading single pages'})"
    )


def _certificate_error(error: BaseException | None) -> str | None:
    """Return what is wrong with a certificate, if that is the cause of an error."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message[:200]
        error = error.__cause__ or error.__context__  # httpcore raises some errors anew, without their cause
    return None

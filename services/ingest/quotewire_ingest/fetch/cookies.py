"""Cookies live for one fetch: servers cannot recognise us by them, but a site that checks for one can be read."""

from __future__ import annotations

from http.cookiejar import CookieJar

import httpx

# Servers reject requests with a longer header line; cookies that need more are not sent.
_MAX_CHARACTERS = 8000
# Of one response: more than browsers keep for a site would only take time.
_MAX_COOKIES = 50
# Cookies are sent back as the bytes that they came as; some are no ASCII.
_ONE_BYTE_EACH = "latin-1"


class FetchCookies:
    """The cookies of one URL and of what it redirects to.

    Some sites set a cookie, redirect, and redirect again until it comes back.
    """

    def __init__(self) -> None:
        self._cookies = httpx.Cookies()

    def keep(self, response: httpx.Response) -> None:
        """Keep the cookies that a response sets."""
        stated = [(name, value) for name, value in response.headers.raw if name.lower() == b"set-cookie"][:_MAX_COOKIES]
        if stated:
            answer = httpx.Response(response.status_code, headers=stated, request=response.request)
            answer.headers.encoding = _ONE_BYTE_EACH
            self._cookies.extract_cookies(answer)

    def add_to(self, request: httpx.Request) -> None:
        """Add those to a request that are for its address."""
        if not len(self._cookies.jar):
            return
        request.headers.encoding = _ONE_BYTE_EACH
        self._cookies.set_cookie_header(request)
        if len(request.headers.get("cookie", "")) > _MAX_CHARACTERS:
            del request.headers["cookie"]


class NoCookies(CookieJar):
    """The jar of the client itself, which lives on: keeps no cookies and adds none."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Keep none."""

    def add_cookie_header(self, request: object) -> None:
        """Add none."""

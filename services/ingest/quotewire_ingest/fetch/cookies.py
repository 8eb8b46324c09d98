"""Cookies live for one fetch: servers cannot recognise us by them, but a site that checks for one can be read."""

from __future__ import annotations

from http.cookiejar import Cookie, CookiePolicy
from urllib.request import Request

import httpx

# Servers reject requests with a longer header line; cookies that need more are not sent.
_MAX_CHARACTERS = 8000


class FetchCookies:
    """The cookies of one URL and of what it redirects to.

    Some sites set a cookie, redirect, and redirect again until it comes back.
    """

    def __init__(self) -> None:
        self._cookies = httpx.Cookies()

    def keep(self, response: httpx.Response) -> None:
        """Keep the cookies that a response sets."""
        if "set-cookie" in response.headers:
            self._cookies.extract_cookies(response)

    def add_to(self, request: httpx.Request) -> None:
        """Add those to a request that are for its address."""
        if not len(self._cookies.jar):
            return
        self._cookies.set_cookie_header(request)
        if len(request.headers.get("cookie", "")) > _MAX_CHARACTERS:
            del request.headers["cookie"]


class NoCookies(CookiePolicy):
    """The policy of the client itself, which lives on: accepts no cookies and sends none."""

    netscape = True
    rfc2965 = hide_cookie2 = False

    def set_ok(self, cookie: Cookie, request: Request) -> bool:
        """Accept none."""
        return False

    def return_ok(self, cookie: Cookie, request: Request) -> bool:
        """Send none."""
        return False

    def domain_return_ok(self, domain: str, request: Request) -> bool:
        """Send none."""
        return False

    def path_return_ok(self, path: str, request: Request) -> bool:
        """Send none."""
        return False

"""Where a response leads: to the Location of a redirect, or to the target of a page that refreshes itself."""

from __future__ import annotations

from quotewire_ingest.fetch.meta_refresh import refresh_target
from quotewire_ingest.fetch.response import FetchResponse
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import resolve_link

REDIRECTS = (301, 302, 303, 307, 308)
_PAGE_TYPES = ("text/html", "application/xhtml+xml", "")


def location_of(response: FetchResponse) -> str | None:
    """Return the target of a redirect; None for any other response. Raises ``Rejected`` (``bad_address``)."""
    target = response.headers.get("location")
    if response.status not in REDIRECTS or not target:
        return None
    link = resolve_link(response.url, target)
    if link is None:
        raise Rejected(RejectionReason.BAD_ADDRESS, f"redirected to what is no address: {target[:80]!r}")
    return link


def next_url(response: FetchResponse) -> str | None:
    """Return the URL that a response leads to, and None for one that is to be read. Raises ``Rejected``."""
    if (link := location_of(response)) is not None:
        return link
    if not response.is_accepted or response.media_type not in _PAGE_TYPES:
        return None
    return refresh_target(response.body, response.url, response.charset, response.headers.get("refresh"))

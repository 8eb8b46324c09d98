"""Tell sites apart by the public suffix list, for politeness: one request at a time to what one registrant runs.

The list comes with the library and is as new as its release; nothing is downloaded. Identity of articles must never
change, and has a frozen rule of its own, ``urls.registrable_domain``.
"""

from __future__ import annotations

import ipaddress
from functools import cache

from publicsuffixlist import PublicSuffixList


def site_of(host: str) -> str:
    """Return the domain that somebody registered, of a host name in any spelling; an IP address as it is.

    A name that is a public suffix itself, or has no dot, is a site of its own.
    """
    name = _ascii(host.rstrip(".").lower())
    return name if _is_address(name) else (load().privatesuffix(name) or name)


@cache
def load() -> PublicSuffixList:
    """Return the list; reading it takes a tenth of a second, so services do that before they serve."""
    return PublicSuffixList()


def _ascii(name: str) -> str:
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True

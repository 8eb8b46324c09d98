"""Keep requests away from private addresses (SSRF: server-side request forgery).

The address of a host is checked when the connection to it is made, on every redirect, and the checked address is the
one that is connected to. So a name that is public when it is checked and private when it is used (DNS rebinding) does
not get through.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore

from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import check_length, is_possible_host

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Ranges that no publisher's server can have, although some release of the standard library calls them global.
_NON_PUBLIC = [
    ipaddress.ip_network(network)
    for network in [
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "192.0.0.0/24",  # IETF protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "240.0.0.0/4",  # reserved, RFC 1112
        "64:ff9b:1::/48",  # local NAT64, RFC 8215
        "100::/64",  # discarded, RFC 6666
        "2001::/23",  # IETF protocol assignments with Teredo, RFC 2928
        "2001:db8::/32",  # documentation, RFC 3849
        "3fff::/20",  # documentation, RFC 9637
        "5f00::/16",  # segment routing, RFC 9602
        "fec0::/10",  # site-local, RFC 3879
        "fc00::/7",  # unique local, RFC 4193
        "::/96",  # IPv4-compatible, RFC 4291
    ]
]
# IPv6 ranges whose addresses hold an IPv4 address: RFC 6052 in the last 32 bits, RFC 3056 behind the prefix.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIXTOFOUR = ipaddress.ip_network("2002::/16")
# Other ports belong to services that a URL must not make us talk to.
_WEB_PORTS = (80, 443)
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa")


def is_public(address: str) -> bool:
    """Whether an IP address can be that of a publisher's server; one that holds an IPv4 address is judged by that."""
    ip: IPAddress = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = _embedded_ipv4(ip)
        if embedded is not None:
            return is_public(str(embedded))
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local:
        return False
    return not any(ip.version == network.version and ip in network for network in _NON_PUBLIC)


def check_url(url: str, allow_private: bool) -> SplitResult:
    """Split a URL, and reject it if it must not be fetched whatever its host resolves to.

    Raises ``Rejected``: ``bad_address``, ``private_address``.
    """
    try:
        parts = urlsplit(check_length(url))
        port = parts.port
    except ValueError as error:
        raise Rejected(RejectionReason.BAD_ADDRESS, f"not an address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Rejected(RejectionReason.BAD_ADDRESS, "not an http or https address")
    if not is_possible_host(parts.hostname):
        raise Rejected(RejectionReason.BAD_ADDRESS, "not a host name")
    if parts.username is not None or parts.password is not None:
        raise Rejected(RejectionReason.BAD_ADDRESS, "an address with user information is not fetched")
    if allow_private:
        return parts
    host = parts.hostname.rstrip(".").lower()
    if host == "localhost" or host.endswith(_PRIVATE_SUFFIXES) or _is_private_literal(host):
        raise Rejected(RejectionReason.PRIVATE_ADDRESS, _private_message(host))
    if port is not None and port not in _WEB_PORTS:
        raise Rejected(RejectionReason.BAD_ADDRESS, f"port {port} is not allowed, only 80 and 443 are")
    return parts


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's network backend, which connects only to addresses that it has checked."""

    def __init__(
        self,
        allow_private: bool,
        resolve: Callable[[str, int, float | None], Awaitable[list[str]]] | None = None,
        public: Callable[[str], bool] = is_public,
    ) -> None:
        """``resolve`` takes host, port and seconds, and returns addresses; by default the system's resolver."""
        self._inner = httpcore.AnyIOBackend()
        self._allow_private = allow_private
        self._resolve, self._public = resolve or _resolve, public

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve a host, check all its addresses, and connect to the first that answers.

        Raises ``Rejected`` (``private_address``) if one of them is not public, and httpcore's errors.
        """
        addresses = await self._resolve(host, port, timeout)
        if not self._allow_private and not all(self._public(address) for address in addresses):
            raise Rejected(RejectionReason.PRIVATE_ADDRESS, _private_message(host))
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  # the signature is httpcore's
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raise ``Rejected``: no URL means a socket of this machine."""
        raise Rejected(RejectionReason.BAD_ADDRESS, "unix sockets are not fetched from")

    async def sleep(self, seconds: float) -> None:
        """Wait; httpcore calls it between attempts."""
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int, timeout_s: float | None) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            found = await loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(f"the name {host} was not resolved in {timeout_s:g} s") from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"the name {host} is not known") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _embedded_ipv4(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _SIXTOFOUR:
        return ip.sixtofour
    return None


def _is_private_literal(host: str) -> bool:
    """Whether a host is a private address in any spelling that resolvers accept.

    Such as ``127.1``, ``0x7f.1``, ``2130706433``, ``[::1]``.
    """
    try:
        return not is_public(host.strip("[]"))
    except ValueError:
        pass
    try:
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, ValueError):
        return False


def _private_message(host: str) -> str:
    return f"{host} is a private address; QUOTEWIRE_FETCH__ALLOW_PRIVATE=true allows it (for test hosts)"

"""Which addresses may be asked: decided on the resolved address at the moment of connecting, on every hop.

A name that resolves to a public address when checked and to a private one when connected (rebinding) cannot slip
through, because the address that was checked is the one that is connected to.
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

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Ranges that the standard library calls global (or used to) although no publisher can live there.
_ALSO_REFUSED = [
    ipaddress.ip_network(network)
    for network in [
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
        "fc00::/7",
        "::/96",
    ]
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIXTOFOUR = ipaddress.ip_network("2002::/16")
_WEB_PORTS = (80, 443)


def is_public(address: str) -> bool:
    """Whether an IP address is one that a publisher's server can have.

    Addresses that wrap an IPv4 address are unwrapped first.
    """
    ip: IPAddress = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _wrapped(ip)
        if inner is not None:
            return is_public(str(inner))
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local:
        return False
    return not any(ip.version == network.version and ip in network for network in _ALSO_REFUSED)


def check_url(url: str, allow_private: bool) -> SplitResult:
    """Refuse addresses that must not be asked whatever they resolve to.

    Raises ``Rejected``: ``bad_address``, ``private_address``.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Rejected(RejectionReason.BAD_ADDRESS, f"not an address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Rejected(RejectionReason.BAD_ADDRESS, "not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise Rejected(RejectionReason.BAD_ADDRESS, "an address with user information is not asked")
    if allow_private:
        return parts
    host = parts.hostname.rstrip(".").lower()
    if (
        host == "localhost"
        or host.endswith((".localhost", ".local", ".internal", ".home.arpa"))
        or _literal_is_private(host)
    ):
        raise Rejected(RejectionReason.PRIVATE_ADDRESS, _private(host))
    if port is not None and port not in _WEB_PORTS:
        raise Rejected(RejectionReason.BAD_ADDRESS, f"port {port} is not asked, only 80 and 443")
    return parts


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects httpcore to addresses that were checked, and to nothing else."""

    def __init__(
        self,
        allow_private: bool,
        resolve: Callable[[str, int, float | None], Awaitable[list[str]]] | None = None,
        public: Callable[[str], bool] = is_public,
    ) -> None:
        """``resolve`` gives the addresses of a name within some seconds; the system's resolver by default."""
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
        """Resolve, check every address, connect to the first that answers.

        Raises ``Rejected`` where one of them is not public.
        """
        addresses = await self._resolve(host, port, timeout)
        if not self._allow_private and not all(self._public(address) for address in addresses):
            raise Rejected(RejectionReason.PRIVATE_ADDRESS, _private(host))
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
        """Refused: no address of the web is a socket of this machine."""
        raise Rejected(RejectionReason.BAD_ADDRESS, "unix sockets are not asked")

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks for between attempts."""
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int, within: float | None) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(within):
            found = await loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(f"the name {host} was not resolved in {within:g} s") from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"the name {host} is not known") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _SIXTOFOUR:
        return ip.sixtofour
    return None


def _literal_is_private(host: str) -> bool:
    """Literals in all the spellings that resolvers take: ``127.1``, ``0x7f.1``, ``2130706433``, ``[::1]``."""
    try:
        return not is_public(host.strip("[]"))
    except ValueError:
        pass
    try:
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, ValueError):
        return False


def _private(host: str) -> str:
    return f"{host} is a private address; QUOTEWIRE_FETCH__ALLOW_PRIVATE=true allows it (for test hosts)"

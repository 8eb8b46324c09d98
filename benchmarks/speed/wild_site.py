"""Hundreds of news hosts in one process, many of which misbehave: every address of 127.0.0.0/8 is one host.

    python benchmarks/speed/wild_site.py --hosts 500 --articles 4 --seconds 120 --log requests.jsonl [--well]

Used by `news_day.py` and `everything_in.py`. Each host has `/feed.xml`, in which its articles appear one after the
other. Prints its port. The log has for every request: host, path, status, when it was received, when the last bytes
were about to be sent, and whether the client still waited then.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from news_site import page
from sample_articles import SampleArticle, articles

_ODD = ("busy", "broken", "slow", "loop", "huge", "half", "wall", "gone")
KINDS = (*(kind for odd in _ODD for kind in ("plain", odd)), *("plain",) * 6)
"""The behaviour of a host by its number: two in three are normal; for the others see :meth:`WildSite.odd`."""
_WALL = (
    b"<html><head><title>Just a moment...</title></head><body><p>Your browser is being checked before you go on. "
    b"This takes a moment, please wait for it to end.</p></body></html>"
)
_HUGE = b"<p>" + b"x" * 65_533


def address(number: int) -> str:
    """Return the address of a host."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def kind_of(number: int) -> str:
    """Return the behaviour of a host."""
    return KINDS[number % len(KINDS)]


@dataclass(frozen=True, slots=True)
class Reply:
    """The response of a host: the remaining bytes to send, and whether the connection stays open.

    ``ended``: when the last bytes that the client accepted were sent, if they already were.
    """

    status: int
    rest: bytes | None
    keep: bool = True
    ended: float | None = None


class WildSite:
    """The server."""

    def __init__(self, hosts: int, count: int, seconds: float, log: TextIO, well: bool = False) -> None:
        """``well``: no host misbehaves."""
        self._well = well
        self._numbers = {address(number): number for number in range(hosts)}
        self._count, self._seconds, self._log = count, seconds, log
        self._samples = list(articles(200, words=250))
        self._began = time.monotonic()
        self._asked: dict[tuple[str, str], int] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        host = writer.get_extra_info("sockname")[0]
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                path, began = head.split(b" ")[1].decode(), time.monotonic()
                number = self._numbers[host]
                reply = await self.odd(writer, number, path)
                ended, waits = reply.ended or time.monotonic(), not writer.transport.is_closing()
                if reply.rest is not None:
                    writer.write(reply.rest)
                    await writer.drain()
                row = {"host": host, "path": path, "status": reply.status, "began": began, "ended": ended}
                self._log.write(json.dumps({**row, "waits": waits}) + "\n")
                if not reply.keep:
                    break
        writer.close()

    async def odd(self, writer: asyncio.StreamWriter, number: int, path: str) -> Reply:
        """Respond as a host of this kind does."""
        kind, host = "plain" if self._well else kind_of(number), address(number)
        times = self._asked[host, path] = self._asked.get((host, path), 0) + 1
        if path == "/robots.txt" or (path == "/feed.xml" and kind == "gone"):
            return Reply(404, answer(404, b""))
        if path == "/feed.xml":
            if kind == "busy" and times % 2:
                return Reply(429, answer(429, b"", "Retry-After: 5"))
            return Reply(200, answer(200, self.feed(number), "Content-Type: application/rss+xml"))
        if kind == "broken" and times < 2:
            return Reply(503, answer(503, b""))
        if kind == "slow":
            await asyncio.sleep(1.5)
        if kind == "loop":
            return Reply(302, answer(302, b"", f"Location: {path}x"))
        if kind == "huge":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
            ended = time.monotonic()
            with contextlib.suppress(ConnectionError):
                for _ in range(400):
                    writer.write(_HUGE)
                    await writer.drain()
                    ended = time.monotonic()
            return Reply(200, None, keep=False, ended=ended)
        if kind == "half":
            whole = self.article(number, path)
            return Reply(200, whole[: len(whole) // 2], keep=False)
        return Reply(200, answer(200, _WALL) if kind == "wall" else self.article(number, path))

    def feed(self, number: int) -> bytes:
        """Return the feed with the articles published so far."""
        out = min(self._count, 1 + int((time.monotonic() - self._began) / self._seconds * self._count))
        items = "".join(f"<item><title>News {n}</title><link>/news/{n}</link></item>" for n in range(out))
        return f"<rss version='2.0'><channel><title>Host {number}</title>{items}</channel></rss>".encode()

    def article(self, number: int, path: str) -> bytes:
        """Return a page with a unique text."""
        sample = self._samples[(number * 7 + int(path.strip("/newsx"))) % len(self._samples)]
        own = SampleArticle(
            number, f"{sample.title} {number}{path}", f"{sample.text}\nSo it was on host {number} at {path}."
        )
        return answer(200, page(own, self._samples[:10], number).encode(), "Content-Type: text/html; charset=utf-8")


def answer(status: int, body: bytes, *headers: str) -> bytes:
    """Return a complete response."""
    lines = [f"HTTP/1.1 {status} Thus", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--articles", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=120, help="until the last article is out")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--well", action="store_true", help="no host misbehaves")
    args = parser.parse_args()
    with args.log.open("w", buffering=1, encoding="utf-8") as log:
        site_server = WildSite(args.hosts, args.articles, args.seconds, log, args.well)
        everywhere = "0.0.0.0"  # noqa: S104  # every loopback address is a host of its own
        server = await asyncio.start_server(site_server.serve, everywhere, 0, backlog=1024)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

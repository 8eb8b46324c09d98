"""A web server on loopback whose responses, correct or broken, are set by a test."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Misbehave = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Answer:
    """The response for a path: complete (with its length), or what ``misbehave`` writes."""

    body: bytes = b""
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=dict)
    misbehave: Misbehave | None = None


@dataclass
class Site:
    """The server's responses by path, and the requests it received."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def page(self, path: str, body: str | bytes, **headers: str) -> str:
        """Add a page and return its URL."""
        data = body.encode() if isinstance(body, str) else body
        kind = {"Content-Type": "text/html; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}}
        self.answers[path] = Answer(data, headers=kind)
        return self.url + path

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ")[1].decode()
                self.asked.append(path)
                self.heads.append(head.decode("latin-1"))
                answer = self.answers.get(path, Answer(b"", "404 Not Found"))
                if answer.misbehave is not None:
                    await answer.misbehave(writer)
                    break
                lines = [f"HTTP/1.1 {answer.status}", f"Content-Length: {len(answer.body)}"]
                lines += [f"{name}: {value}" for name, value in answer.headers.items()]
                writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running_site(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    """Run a site in a context; with ``tls`` it only accepts HTTPS."""
    site = Site(scheme="https" if tls else "http")
    server = await asyncio.start_server(site.serve, host, 0, limit=2**20, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()

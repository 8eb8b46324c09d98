"""Well-formed answers of a news site: robots.txt, a feed, a sitemap, articles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

ENTRIES = 3
"""Articles that a feed names at a time; the window moves on by one with every fourth poll."""


@dataclass(slots=True)
class Answer:
    """One HTTP answer before it is written: every part of it may be mutated."""

    body: bytes
    status: bytes = b"200"
    version: bytes = b"HTTP/1.1"
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    cut_at: int | None = None
    """Bytes after which the connection is closed; None: the answer is sent whole."""
    drip: bool = False
    """Send the answer in small pieces with pauses."""

    def replace_header(self, name: bytes, value: bytes) -> None:
        """Set a header, in place of one of the same name."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        self.headers.append((name, value))

    def wire(self) -> bytes:
        """The bytes as they are sent."""
        lines = [b" ".join((self.version, self.status, b"Answer"))]
        lines += [name + b": " + value for name, value in self.headers]
        return b"\r\n".join([*lines, b"", self.body])


def answer_of(path: str, host: str, poll: int) -> Answer:
    """The well-formed answer to a request.

    Args:
        path: of the request, for example ``/news/7``.
        host: with its port; addresses in feeds are absolute.
        poll: how often this path was asked before.
    """
    if path == "/robots.txt":
        return _answer(b"User-agent: *\nDisallow: /private\n", b"text/plain")
    if path.startswith("/feed"):
        return _answer(_feed(host, poll), b"application/rss+xml", (b"ETag", b'"%d"' % poll))
    if path.startswith("/sitemap"):
        return _answer(_sitemap(host, poll), b"application/xml")
    return _answer(_article(path), b"text/html; charset=utf-8")


def _answer(body: bytes, kind: bytes, *headers: tuple[bytes, bytes]) -> Answer:
    length = (b"Content-Length", b"%d" % len(body))
    return Answer(body, headers=[(b"Content-Type", kind), length, (b"Connection", b"close"), *headers])


def _feed(host: str, poll: int) -> bytes:
    now = datetime.now(UTC)
    items = "".join(
        f"<item><title>Report {number} of {host}</title><link>http://{host}/news/{number}</link>"
        f"<pubDate>{(now - timedelta(hours=number % 40)):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for number in range(poll // 4, poll // 4 + ENTRIES)
    )
    return f"<rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>".encode()


def _sitemap(host: str, poll: int) -> bytes:
    urls = "".join(
        f"<url><loc>http://{host}/news/{number}?from=sitemap</loc><lastmod>2026-11-2{number % 9}</lastmod></url>"
        for number in range(poll // 4, poll // 4 + ENTRIES)
    )
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode()


def _article(path: str) -> bytes:
    paragraphs = "".join(
        f"<p>“We shall not wait for boat {number} of {path},” said harbour master Ilvane Morrec, who keeps the"
        f" timetable and counted {number * 7 + len(path)} passengers on Monday. The port is made up.</p>"
        for number in range(6)
    )
    return (
        f"<html lang='en'><head><title>Boats of {path}</title><meta property='og:type' content='article'>"
        f"<link rel='alternate' type='application/rss+xml' href='/feed.xml'></head>"
        f"<body><article><h1>Boats of {path}</h1>{paragraphs}</article></body></html>"
    ).encode()

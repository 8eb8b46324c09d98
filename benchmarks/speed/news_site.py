"""A news site for `fetch.py` and the simulations: a separate process on loopback with invented pages of real size.

    python benchmarks/speed/news_site.py [--pages 500] [--port 0]

Prints its port, then serves until it is stopped. Pages are served under `/page/N` for any host name.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import random

from sample_articles import SampleArticle, articles

_NAVIGATION = 60
"""Links of the navigation; with the teasers a page has about a thousand elements, as real ones have."""
_TEASERS = 40
_ASSETS = 12_000
"""Characters of styles and scripts in a page: more than half of a real page is not text."""


def page(sample: SampleArticle, others: list[SampleArticle], seed: int) -> str:
    """Make a page as publishing systems do: metadata, navigation, the article, teasers, a footer."""
    rng = random.Random(seed)
    author = f"{rng.choice(['Runa', 'Teodor', 'Ilvane'])} {rng.choice(['Veld', 'Quist', 'Morrec'])}"
    described = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": sample.title,
        "datePublished": "2026-03-02T18:30:00+01:00",
        "author": {"@type": "Person", "name": author},
        "publisher": {"@type": "Organization", "name": "Harbour Post"},
    }
    navigation = "".join(
        f'<li class="nav-item"><a href="/section/{n}">Section {n}</a></li>' for n in range(_NAVIGATION)
    )
    teasers = "".join(
        f'<div class="teaser card"><a href="/page/{n}"><span class="kicker">Harbour</span>'
        f"<h3>{html.escape(other.title)}</h3></a><time>March 2</time></div>"
        for n, other in enumerate(rng.sample(others, min(len(others), _TEASERS)))
    )
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in sample.text.split("\n") if part.strip())
    title = html.escape(sample.title)
    assets = "x" * _ASSETS
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | Harbour Post</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="Harbour Post">'
        f'<meta property="og:type" content="article"><meta name="author" content="{author}">'
        f'<script type="application/ld+json">{json.dumps(described)}</script><style>/*{assets}*/</style></head>'
        f"<body><header><nav><ul>{navigation}</ul></nav></header><main><article><h1>{title}</h1>"
        f'<p class="byline">By {author}</p><time datetime="2026-03-02T18:30:00+01:00">March 2, 2026</time>'
        f'<div class="body">{paragraphs}</div></article><aside>{teasers}</aside></main>'
        f"<footer><ul>{navigation}</ul><p>All rights reserved.</p></footer><script>/*{assets}*/</script></body></html>"
    )


def answers(count: int) -> list[bytes]:
    """Make all HTTP responses before the first request."""
    samples = list(articles(count))
    made = []
    for number, sample in enumerate(samples):
        body = page(sample, samples, number).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        made.append(head.encode() + body)
    return made


class Served(asyncio.Protocol):
    """One connection: each request gets the response for its path."""

    def __init__(self, pages: list[bytes]) -> None:
        self._pages = pages
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Respond to every complete request."""
        *heads, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for head in heads:
            path = head.split(b" ", 2)[1]
            if path.startswith(b"/page/"):
                self._transport.write(self._pages[int(path[6:].split(b"?")[0]) % len(self._pages)])
            else:
                self._transport.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


async def serve(pages: int, port: int) -> None:
    """Serve on all loopback addresses until cancelled."""
    made = answers(pages)
    everywhere = "0.0.0.0"  # noqa: S104  # every loopback address is a host of its own
    server = await asyncio.get_running_loop().create_server(lambda: Served(made), everywhere, port, backlog=512)
    size = sum(map(len, made)) / len(made) / 1024
    print(f"{server.sockets[0].getsockname()[1]} {size:.0f}", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    asyncio.run(serve(args.pages, args.port))


if __name__ == "__main__":
    main()

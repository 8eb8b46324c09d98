"""Measure the memory of fetching and parsing over tens of thousands of pages.

    python benchmarks/speed/fetched_memory.py [--pages 20000] [--read-every 10]

The service's fetcher requests pages of the site of `fetch.py` (a separate process, invented pages, sixteen hosts);
every so many pages one is parsed in the service's parser process. The resident MiB of both are printed twenty times;
the last line compares the maxima of both halves, after a tenth of the pages to warm up.
"""

from __future__ import annotations

import argparse
import asyncio
import os

import psutil
from fetch import HOSTS, SiteBackend, document, site

from quotewire_ingest.fetch.fetcher import Fetcher
from quotewire_ingest.parse.page_pool import ParserPool
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import FetchSettings, ParserSettings


def resident() -> tuple[float, float]:
    """Return the MiB of this process, and of its children without the site."""
    own = psutil.Process(os.getpid())
    readers = [child for child in own.children(True) if not any("news_site" in word for word in child.cmdline())]
    return own.memory_info().rss / 2**20, sum(child.memory_info().rss for child in readers) / 2**20


async def watch(port: int, pages: int, read_every: int) -> list[tuple[float, float]]:
    """Fetch all pages and measure the memory twenty times."""
    seen: list[tuple[float, float]] = []
    urls = enumerate(f"http://paper-{number % HOSTS}.example/page/{number}" for number in range(pages))
    async with (
        Fetcher(FetchSettings(contact="mailto:desk@harbour-post.example"), SiteBackend(port)) as fetcher,
        ParserPool(ParserSettings()) as readers,
    ):

        async def worker() -> None:
            for number, url in urls:
                answer = await fetcher.fetch_page(url)
                if number % read_every == 0:
                    try:
                        await readers.parse(document(answer))
                    except Rejected as rejected:
                        print(f"{url}: {rejected}")
                if number and number % (pages // 20) == 0:
                    seen.append(resident())
                    print(
                        f"{number:8} pages  fetcher {seen[-1][0]:6.1f} MiB  readers {seen[-1][1]:6.1f} MiB", flush=True
                    )

        await asyncio.gather(*(worker() for _ in range(HOSTS)))
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--read-every", type=int, default=10)
    args = parser.parse_args()
    with site(500) as port:
        seen = asyncio.run(watch(port, args.pages, args.read_every))
    warm = seen[2:]
    for name, values in (("fetcher", [row[0] for row in warm]), ("readers", [row[1] for row in warm])):
        first, second = max(values[: len(values) // 2]), max(values[len(values) // 2 :])
        print(
            f"{name}: {first:.1f} MiB at most in the first half, {second:.1f} in the second: {second / first - 1:+.1%}"
        )


if __name__ == "__main__":
    main()

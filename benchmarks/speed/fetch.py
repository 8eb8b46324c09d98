"""Compare fetching, and fetching and parsing, with Scrapy (and trafilatura) on the same site, in one run.

    python benchmarks/speed/fetch.py --scrapy VENV/bin/python [--pages 1000] [--concurrency 16] [--rounds 3] [--cores 0]

Scrapy is not a dependency of this project; make an environment for it with

    python -m venv VENV && VENV/bin/pip install scrapy trafilatura lxml_html_clean

The site (`news_site.py`) is a separate process with invented pages of real size. Our side is the service's fetcher,
with its checks of addresses at every connection and robots.txt, and the service's parser processes; the other side is
a spider that yields all requests, obeys robots.txt and counts or parses the response in its callback. Both have the
same number of concurrent requests, over sixteen hosts, and the same cores: all their processes are pinned to
``--cores``. Rounds alternate. On a busy machine, pages/s vary; CPU per page varies less.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from quotewire_ingest.fetch.fetcher import Fetcher
from quotewire_ingest.fetch.ssrf import CheckedBackend, is_public
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.parse.page_pool import ParserPool
from quotewire_ingest.settings import FetchSettings, ParserSettings

HERE = Path(__file__).parent
HOSTS = 16


@dataclass(frozen=True, slots=True)
class Run:
    """One run: pages, wall-clock seconds, CPU seconds of all processes of the side."""

    pages: int
    seconds: float
    cpu: float


class SiteBackend(CheckedBackend):
    """Connects every name to the site, through the checks: only here, loopback counts as public."""

    def __init__(self, port: int) -> None:
        super().__init__(False, self._loopback, lambda address: address == "127.0.0.1" or is_public(address))
        self._port = port

    async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> Any:
        """Connect to the port of the site, not to 80."""
        return await super().connect_tcp(host, self._port, *rest, **more)

    @staticmethod
    async def _loopback(host: str, port: int, within: float | None) -> list[str]:
        return ["127.0.0.1"]


@contextmanager
def site(pages: int) -> Iterator[int]:
    """Run the site and yield its port."""
    command = [sys.executable, str(HERE / "news_site.py"), "--pages", str(pages)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port, size = process.stdout.readline().split()
        print(f"{pages} pages of {size} KiB on average")
        yield int(port)
    finally:
        process.terminate()
        process.wait()


async def run_ours(port: int, args: argparse.Namespace, read: bool) -> Run:
    """Run the service's fetcher and parsers."""
    urls = iter([f"http://paper-{number % HOSTS}.example/page/{number}" for number in range(args.pages)])
    settings = FetchSettings(contact="mailto:desk@harbour-post.example")
    read_settings = ParserSettings(processes=args.readers)
    async with Fetcher(settings, SiteBackend(port)) as fetcher, ParserPool(read_settings) as readers:
        if read:  # start the processes and load their modules, which the other side imports
            warm = document(await fetcher.fetch_page("http://warm.example/page/0"))
            await asyncio.gather(*(readers.parse(warm) for _ in range(args.readers)))

        async def worker() -> int:
            done = 0
            for url in urls:
                answer = await fetcher.fetch_page(url)
                if read:
                    await readers.parse(document(answer))
                done += 1
            return done

        began, began_cpu = time.perf_counter(), cpu()
        done = sum(await asyncio.gather(*(worker() for _ in range(args.concurrency))))
        return Run(done, time.perf_counter() - began, cpu() - began_cpu)


def document(answer: Any) -> Document:
    """Make the document of a response, as the service does."""
    return Document(answer.url, answer.body, DocumentKind.HTML, "harbour-post", None, answer.fetched_at, url=answer.url,
                    charset=answer.charset)  # fmt: skip


def cpu() -> float:
    """Return the CPU seconds of this process and the parsers."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    children = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    mine = [times.user + times.system for times in children if times.user + times.system]
    return used.ru_utime + used.ru_stime + sum(mine)


def run_scrapy(port: int, args: argparse.Namespace, read: bool) -> Run:
    """Run Scrapy in a separate process."""
    command = [args.scrapy, str(HERE / "scrapy_site.py"), str(port), "--pages", str(args.pages), "--hosts", str(HOSTS),
               "--concurrency", str(args.concurrency), *["--read"] * read]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode or not done.stdout.strip():
        sys.exit(f"{args.scrapy}: {done.stderr.strip()[-500:]}")
    row = json.loads(done.stdout.strip().splitlines()[-1])
    return Run(row["pages"], row["seconds"], row["cpu"])


def show(what: str, mine: list[Run], other: list[Run]) -> None:
    """Print two rows and the ratio of their medians."""
    for name, runs in (("scrapy", other), ("ours", mine)):
        rates = [run.pages / run.seconds for run in runs]
        costs = [run.cpu / run.pages * 1000 for run in runs]
        rows = f"{statistics.median(rates):9.1f} ({min(rates):.0f} to {max(rates):.0f})"
        print(f"{what:14} {name:8} {rows:26} {statistics.median(costs):9.2f} ({min(costs):.2f} to {max(costs):.2f})")
    faster = statistics.median(run.pages / run.seconds for run in mine) / statistics.median(
        run.pages / run.seconds for run in other
    )
    cheaper = statistics.median(run.cpu / run.pages for run in other) / statistics.median(
        run.cpu / run.pages for run in mine
    )
    print(f"{what:14} ratio    {faster:9.2f} {'':26}{cheaper:7.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scrapy", required=True, help="the Python of an environment that has Scrapy and trafilatura")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--readers", type=int, default=1, help="our parser processes; one for one core")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", default="0", help="such as 0 or 0,1; the site is not pinned")
    args = parser.parse_args()
    with site(min(args.pages, 500)) as port:
        os.sched_setaffinity(0, {int(core) for core in args.cores.split(",")})
        print("what           who        pages/s (least to most)    ms of CPU a page")
        for what, read in (("fetch", False), ("fetch and read", True)):
            mine, other = [], []
            for _ in range(args.rounds):
                other.append(run_scrapy(port, args, read))
                mine.append(asyncio.run(run_ours(port, args, read)))
            show(what, mine, other)


if __name__ == "__main__":
    main()

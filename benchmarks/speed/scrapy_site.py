"""Scrapy on the site of `fetch.py`; run by the Python of an environment that has Scrapy (and trafilatura).

    VENV/bin/python benchmarks/speed/scrapy_site.py PORT --pages N --concurrency N --hosts N [--read]

Prints one line of JSON: pages, seconds, CPU seconds. Settings are Scrapy's, but what costs it time and does not help
here (cookies, telnet, statistics in the log) is off and the delays are none, as they are for us.
"""

import argparse
import json
import resource
import time
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

scrapy = import_module("scrapy")  # not a dependency of the project, so nothing is known of its types
crawler = import_module("scrapy.crawler")


class Site(scrapy.Spider):  # type: ignore[misc, name-defined]
    """Asks for every page once, the hosts in turn."""

    name = "site"
    urls: list[str]
    read: bool
    done = 0
    characters = 0
    began: float
    began_cpu: float

    async def start(self) -> AsyncIterator[Any]:
        """All requests at once: Scrapy's scheduler holds them."""
        if self.read:
            import_module("trafilatura").bare_extraction("<p>warm</p>")
        Site.began, Site.began_cpu = time.perf_counter(), cpu()
        for url in self.urls:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Any) -> None:
        """Count, or parse with trafilatura as in its documentation."""
        Site.done += 1
        if self.read:
            found = import_module("trafilatura").bare_extraction(
                response.body, url=response.url, with_metadata=True, include_comments=False
            )
            Site.characters += len(found.text or "") if found else 0


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--pages", type=int, required=True)
    parser.add_argument("--concurrency", type=int, required=True)
    parser.add_argument("--hosts", type=int, required=True)
    parser.add_argument("--read", action="store_true")
    args = parser.parse_args()
    settings = {
        "CONCURRENT_REQUESTS": args.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": args.concurrency,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": True,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
    }
    urls = [f"http://127.0.0.{2 + n % args.hosts}:{args.port}/page/{n}" for n in range(args.pages)]
    process = crawler.CrawlerProcess(settings)
    process.crawl(Site, urls=urls, read=args.read)
    process.start()
    seconds = time.perf_counter() - Site.began
    print(json.dumps({"pages": Site.done, "seconds": seconds, "cpu": cpu() - Site.began_cpu}))


if __name__ == "__main__":
    main()

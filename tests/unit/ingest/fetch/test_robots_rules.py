"""A robots.txt of any content is parsed in time, and says what it said."""

import time

import pytest
from protego import Protego

from quotewire_ingest.fetch.robots_rules import parse_robots

FILES = (
    "User-agent: *\nDisallow: /a\n",
    "User-agent: other\nDisallow: /\nUser-agent: quotewire\nDisallow: /b\n",
    "User-agent: other\nUser-agent: Quotewire # ours\nAllow: /a/x\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n",
    "useragent quote*\nDisallow: /a\nUser agent: second\nDisallow: /b\nCrawl-delay: 7\n",
    "User-agent: quotewirebot\nDisallow: /\n",
    "User-agent:\nDisallow: /a\nUser-agents: x\nDisallow: /b\n",
    "User-agent: others\nDisallow: /\nUser-agent: a\nCrawl-delay: 9\nUser-agent: *\nDisallow: /b\nCrawl-delay: 3\n",
)


@pytest.mark.parametrize("text", FILES)
def test_nothing_that_concerns_us_is_lost(text: str) -> None:
    own, whole = parse_robots(text, "quotewire"), Protego.parse(text)

    for url in ("https://h.example/", "https://h.example/a", "https://h.example/a/x", "https://h.example/b/c"):
        assert own.can_fetch(url, "quotewire") == whole.can_fetch(url, "quotewire"), url
    assert own.crawl_delay("quotewire") == whole.crawl_delay("quotewire")


@pytest.mark.parametrize("form", ["User-agent: {}", "useragent {}", "user  agent:{}", "USER-AGENT : {}"])
def test_thousands_of_names_above_thousands_of_rules_take_no_longer_than_their_lines(form: str) -> None:
    names = "".join(f"{form.format(number)}\n" for number in range(15_000))
    names += "".join(f"{form.format('q' + '*' * number)}\n" for number in range(300))
    text = names + "".join(f"Disallow: /{number}\n" for number in range(20_000))
    began = time.thread_time()

    parse_robots(text, "quotewire")

    assert time.thread_time() - began < 5

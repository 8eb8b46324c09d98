"""Read every feed and every robots.txt below a folder (or in a tar archive), and tell what became of each.

    python benchmarks/quality/feeds.py FOLDER|ARCHIVE.tar.gz …

A feed is read or refused in words; an exception is a defect, and the exit code is then 1. Files named robots.txt, or
below a folder of that name, are read as robots.txt; pages (.html) and packed files are looked at as the poller would.
"""

from __future__ import annotations

import resource
import sys
import tarfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from protego import Protego

from quotewire_ingest.rejection import Rejected
from quotewire_ingest.sources.autodiscovery import find_feeds
from quotewire_ingest.sources.feeds import looks_like_feed, parse_feed

URL = "https://www.harbour-post.example/feed.xml"
SLOW_S = 5.0


def bodies(target: Path) -> Iterator[tuple[str, bytes]]:
    if target.is_file() and tarfile.is_tarfile(target):
        with tarfile.open(target) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file is not None:
                    yield member.name, file.read()
        return
    for path in [target] if target.is_file() else sorted(target.rglob("*")):
        if path.is_file():
            yield str(path), path.read_bytes()


def read(name: str, body: bytes) -> str:
    """Read one file as what it is; what became of it, in words."""
    if "robots" in Path(name).name or "/robots" in name:
        rules = Protego.parse(body.decode("utf-8", "replace"))
        rules.can_fetch(URL, "quotewire")
        rules.crawl_delay("quotewire")
        return "robots.txt read"
    if name.endswith((".html", ".htm")) and not looks_like_feed(body):
        find_feeds(body, URL)
        return "page looked at"
    try:
        feed = parse_feed(body, URL, datetime.now(UTC))
    except Rejected as refused:
        return f"refused: {refused.reason}"
    return "read, with entries" if feed.entries or feed.children else "read, without entries"


def main() -> int:
    outcomes: Counter[str] = Counter()
    began = time.monotonic()
    for target in sys.argv[1:]:
        for name, body in bodies(Path(target)):
            start = time.monotonic()
            try:
                outcome = read(name, body)
            except Exception:  # what this command looks for
                outcome = "EXCEPTION"
                print(f"{name}: {traceback.format_exc(limit=-2)}")
            if time.monotonic() - start > SLOW_S:
                print(f"{name}: {time.monotonic() - start:.1f} s")
            outcomes[outcome] += 1
    took = time.monotonic() - began
    for outcome, count in outcomes.most_common():
        print(f"{count:6} {outcome}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{outcomes.total():6} files in {took:.1f} s, {memory} MiB at most")
    return 1 if outcomes["EXCEPTION"] or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())

"""Parse every feed and every robots.txt in a folder or a tar archive, and count the outcomes.

    python benchmarks/quality/feeds.py FOLDER|ARCHIVE.tar.gz …

A feed is parsed or rejected with a reason; any other exception is a defect, and the exit code is then 1. Files named
robots.txt, or below a folder of that name, are parsed as robots.txt, pages (.html) are searched for links to feeds.
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


def outcome_of(name: str, body: bytes) -> str:
    """Parse one file as what it is, and return the outcome in words."""
    if "robots" in Path(name).name or "/robots" in name:
        rules = Protego.parse(body.decode("utf-8", "replace"))
        rules.can_fetch(URL, "quotewire")
        rules.crawl_delay("quotewire")
        return "robots.txt parsed"
    if name.endswith((".html", ".htm")) and not looks_like_feed(body):
        find_feeds(body, URL)
        return "page searched"
    try:
        feed = parse_feed(body, URL, datetime.now(UTC))
    except Rejected as rejected:
        return f"rejected: {rejected.reason}"
    return "parsed, with entries" if feed.entries or feed.children else "parsed, without entries"


def main() -> int:
    outcomes: Counter[str] = Counter()
    began = time.monotonic()
    for target in sys.argv[1:]:
        for name, body in bodies(Path(target)):
            start = time.monotonic()
            try:
                outcome = outcome_of(name, body)
            except Exception:  # this is what the command searches for
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

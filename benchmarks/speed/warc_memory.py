"""Memory of going through a large WARC file: every record found and decoded, none read as a page.

    python benchmarks/speed/warc_memory.py [--gib 1] [--keep FILE]

Writes a packed file of invented pages until it has the size, goes through it as the service does (place by place), and
prints resident MiB at every tenth; the last line compares the second half's largest with the first half's. The pages
are filled up with characters that hardly compress, so that the file is large and not only what comes out of it. What
was packed first is written again and again: packing costs more than going through.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from io import BytesIO
from pathlib import Path

import psutil
from material import articles
from news_site import page
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from quotewire_ingest.archive.warc import places, read_place
from quotewire_ingest.settings import FetchSettings

_FILLING = 200_000
"""Characters in a comment of each page; a larger page is rare."""
_PACKED = 128 * 2**20
"""Bytes of different pages; records are packed one by one, so that a file may hold them any number of times."""


def write(path: Path, size: int) -> int:
    """Write pages into a packed WARC file until it has ``size`` bytes at least; how many."""
    pieces, rng, count = list(articles(50)), random.Random(1), 0
    with path.open("w+b") as file:
        writer = WARCWriter(file, gzip=True)
        while file.tell() < min(size, _PACKED):
            filling = f"<!--{rng.randbytes(_FILLING // 2).hex()}-->"
            body = (page(pieces[count % len(pieces)], pieces, count) + filling).encode()
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            url = f"http://harbour-post.example/page/{count}"
            writer.write_record(writer.create_warc_record(url, "response", payload=BytesIO(body), http_headers=head))
            count += 1
        file.seek(0)
        packed = file.read()
        times = -(-size // len(packed))
        for _ in range(1, times):
            file.write(packed)
    return count * times


def walk(path: Path, count: int) -> tuple[list[float], int]:
    """Go through the file; resident MiB at every tenth, and the records that held a page."""
    seen, found, most = [], 0, FetchSettings().max_bytes
    with path.open("rb") as file:
        for number, place in enumerate(places(file)):
            if place.readable:
                found += bool(read_place(path, place.start, place.length, "harbour-post", most).body)
            if number % max(1, count // 10) == 0:
                seen.append(psutil.Process(os.getpid()).memory_info().rss / 2**20)
                print(f"{number:8} records  {seen[-1]:6.1f} MiB", flush=True)
    return seen[1:], found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gib", type=float, default=1)
    parser.add_argument("--keep", type=Path, help="where to leave the file")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = args.keep or Path(folder) / "large.warc.gz"
        count = write(path, int(args.gib * 2**30))
        print(f"{count} records, {path.stat().st_size / 2**20:.0f} MiB packed")
        began = time.perf_counter()
        seen, found = walk(path, count)
        first, second = max(seen[: len(seen) // 2]), max(seen[len(seen) // 2 :])
        print(f"{found} pages in {time.perf_counter() - began:.0f} s")
    print(f"{first:.1f} MiB at most in the first half, {second:.1f} in the second: {second / first - 1:+.1%}")


if __name__ == "__main__":
    main()

"""Measure the memory of reading a large WARC file: every record is found and decoded, none is parsed.

    python benchmarks/speed/warc_memory.py [--gib 1] [--keep FILE]

Writes a compressed file of invented pages, reads it as the service does, and prints the resident MiB ten times; the
last line compares the maxima of both halves. The pages contain characters that hardly compress, so that the
compressed file is large too. The first records are compressed once and repeated: compressing costs more than reading.
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
from news_site import page
from sample_articles import articles
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from quotewire_ingest.archive.warc import read_record
from quotewire_ingest.archive.warc_index import iter_locations
from quotewire_ingest.settings import FetchSettings

_FILLING = 200_000
"""Characters in a comment of each page; larger pages are rare."""
_PACKED = 128 * 2**20
"""Bytes of different pages; records are compressed one by one, so that a file may repeat them."""


def write(path: Path, size: int) -> int:
    """Write pages into a compressed WARC file of at least ``size`` bytes; return their number."""
    samples, rng, count = list(articles(50)), random.Random(1), 0
    with path.open("w+b") as file:
        writer = WARCWriter(file, gzip=True)
        while file.tell() < min(size, _PACKED):
            filling = f"<!--{rng.randbytes(_FILLING // 2).hex()}-->"
            body = (page(samples[count % len(samples)], samples, count) + filling).encode()
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
    """Read the file; return the resident MiB at every tenth, and the number of records with a page."""
    seen, found, most = [], 0, FetchSettings().max_bytes
    with path.open("rb") as file:
        for number, place in enumerate(iter_locations(file)):
            if place.readable:
                found += bool(read_record(path, place.start, place.length, "harbour-post", most).body)
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
        print(f"{count} records, {path.stat().st_size / 2**20:.0f} MiB compressed")
        began = time.perf_counter()
        seen, found = walk(path, count)
        first, second = max(seen[: len(seen) // 2]), max(seen[len(seen) // 2 :])
        print(f"{found} pages in {time.perf_counter() - began:.0f} s")
    print(f"{first:.1f} MiB at most in the first half, {second:.1f} in the second: {second / first - 1:+.1%}")


if __name__ == "__main__":
    main()

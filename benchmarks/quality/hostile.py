"""Measure what malicious and broken input costs: for each file its outcome, CPU seconds and peak memory.

    python benchmarks/quality/hostile.py CORPORA          # its folders hostile, compressed and encodings_html, or files

Each file is treated as the response of a server: `gzip`, `deflate`, `br` and `zstd` in its name (or `.gz` at its end)
are its content encodings, from the innermost to the outermost. It is decoded, then parsed as a feed or a page, in a
process of its own that loads what our workers load. The exit code is 1 if one took more than 40 s or 600 MiB, or
crashed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from quotewire_ingest.fetch.decoding import BoundedDecoder
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.parse.html import parse_html
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import FetchSettings, ParserSettings
from quotewire_ingest.sources.feeds import looks_like_feed, parse_feed

MAX_SECONDS, MAX_MIB = 40.0, 600.0
FOLDERS = ("hostile", "compressed", "encodings_html")
_ENCODING = re.compile(r"gzip|raw-?deflate|zlib-?deflate|deflate|br(?![a-z])|zstd")
_PIECE = 64 * 1024
"""Bytes that are received at once."""


def outcome(path: Path) -> str:
    """Parse one file as the response of a server, and return the outcome in words."""
    url = f"http://hostile.example/{path.stem}"
    try:
        body = decoded(path)
        if looks_like_feed(body):
            found = parse_feed(body, url, datetime.now(UTC))
            return f"feed, {len(found.entries)} entries"
        document = Document(path.name, body, DocumentKind.HTML, "hostile", path.name, datetime.now(UTC), url=url)
        parsed = parse_html(document, ParserSettings().max_elements)
    except Rejected as rejected:
        return f"{rejected.reason}: {rejected.message}"
    damaged = parsed.text.count("\ufffd")
    return f"article, {len(parsed.text)} characters{f', {damaged} damaged' if damaged else ''}, {parsed.language}"


def decoded(path: Path) -> bytes:
    """Return the body, decoded within the bounds of the fetcher."""
    names = [name.replace("raw", "").replace("zlib", "").strip("-") for name in _ENCODING.findall(path.stem)]
    if path.suffix not in (".bin", ".gz"):
        names = []
    elif path.suffix == ".gz":
        names = ["gzip"]
    decoder = BoundedDecoder(", ".join(names), FetchSettings().max_bytes)
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            decoder.feed(piece)
    return decoder.body()


def files(targets: list[Path]) -> Iterator[Path]:
    """Yield the files of the three folders, or those that are named."""
    for target in targets:
        if target.is_file():
            yield target
        for folder in FOLDERS:
            yield from sorted(path for path in (target / folder).glob("*") if path.is_file() and path.suffix != ".json")


def measured(path: Path) -> tuple[str, float, float]:
    """Return outcome, CPU seconds and MiB of one file, parsed in a process that is killed if it takes too long."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, __file__, "--one", path], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.perf_counter() - started > 2 * MAX_SECONDS:
            process.kill()
        time.sleep(0.02)
    _, status, usage = os.wait4(process.pid, 0)
    printed = process.stdout.read().strip().rsplit("\t", 1)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or len(printed) < 2:
        return f"CRASHED ({process.returncode})", time.perf_counter() - started, usage.ru_maxrss / 1024
    return printed[0], float(printed[1]), usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", type=Path)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        started = time.process_time()
        print(f"{outcome(args.one)}\t{time.process_time() - started:.2f}")
        return
    bad = 0
    print(f"{'file':45} {'CPU s':>7} {'MiB':>6}  outcome")
    for path in files(args.targets):
        printed, seconds, mib = measured(path)
        over = printed.startswith("CRASHED") or seconds > MAX_SECONDS or mib > MAX_MIB
        bad += over
        print(f"{path.name:45} {seconds:7.2f} {mib:6.0f}  {'TOO MUCH: ' * over}{printed}", flush=True)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()

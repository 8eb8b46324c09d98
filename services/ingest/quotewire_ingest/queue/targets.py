"""Turn the paths and URLs of a command line into inputs of the queue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from quotewire_ingest.archive.warc_index import is_warc
from quotewire_ingest.files import iter_documents
from quotewire_ingest.offline import OfflineSettings
from quotewire_ingest.queue.kinds import FileInput, Input, UrlInput
from quotewire_ingest.rejection import RejectedInput, RejectionReason
from quotewire_ingest.urls import is_url
from quotewire_runtime.config.settings import load

Item: TypeAlias = Input | RejectedInput


def iter_items(
    targets: Iterable[str | Path], source_id: str | None = None, url: str | None = None, max_bytes: int | None = None
) -> Iterator[Item]:
    """Iterate over the inputs of paths and URLs; ``url`` is where a saved page comes from."""
    max_page_bytes = max_bytes or load(OfflineSettings).fetch.max_bytes
    for target in targets:
        if is_url(target):
            yield UrlInput(str(target), source_id)
        else:
            yield from _items_of_path(Path(target), source_id, url, max_page_bytes)


def _items_of_path(path: Path, source_id: str | None, url: str | None, max_page_bytes: int) -> Iterator[Item]:
    """Iterate over the inputs of a path.

    Documents go by value; WARC files, which may be huge, by their paths: ingest reads them itself. A list of URLs
    (``.urls``) gives one input per URL.
    """
    if path.suffix.lower() == ".urls" and path.is_file():
        yield from _items_of_url_list(path, source_id)
    elif path.is_file() and is_warc(path):
        yield FileInput(str(path.absolute()), source_id)
    elif path.is_dir():
        found = False
        for one in sorted(path.rglob("*")):
            if is_warc(one) and one.is_file() and not any(part.startswith(".") for part in one.parts):
                found = True
                yield FileInput(str(one.absolute()), source_id)
        for item in iter_documents(path, source_id, url, max_page_bytes, warcs=False):
            if not (found and isinstance(item, RejectedInput) and item.reason is RejectionReason.NOTHING_TO_READ):
                yield item
    else:
        yield from iter_documents(path, source_id, url, max_page_bytes)


def _items_of_url_list(path: Path, source_id: str | None) -> Iterator[Item]:
    """Iterate over a file with one URL a line; blank lines and those that begin with # are skipped."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            url = line.strip()
            if is_url(url):
                yield UrlInput(url, source_id)
            elif url and not url.startswith("#"):
                yield RejectedInput(f"{path}:{number}", RejectionReason.BAD_ADDRESS, f"no address: {url[:80]}")

"""From what a person names on the command line to documents: files, folders, JSON Lines, manifests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from quotewire_ingest.archive.warc import Damaged, is_warc, places, read_place
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.rejection import Rejected, RejectedInput, RejectionReason

KIND_BY_SUFFIX = {
    ".txt": DocumentKind.TEXT,
    ".text": DocumentKind.TEXT,
    ".html": DocumentKind.HTML,
    ".htm": DocumentKind.HTML,
    ".xhtml": DocumentKind.HTML,
    ".jsonl": DocumentKind.RECORD,
    ".ndjson": DocumentKind.RECORD,
}
# An article has at most 256 KiB of text; sixteen times that leaves room for boilerplate and wide encodings.
MAX_TEXT_FILE_BYTES = 4 * 1024 * 1024
# The same, with escapes.
MAX_LINE_BYTES = 4 * 1024 * 1024


def iter_documents(
    target: Path,
    source_id: str | None,
    url: str | None,
    most_page_bytes: int,
    external_id: str | None = None,
    warcs: bool = True,
) -> Iterator[Document | RejectedInput]:
    """Give every document that a path stands for: a file, the lines of a JSON Lines file.

    Or all of a folder in order of their names.

    A file is known again by its folder's name and its own (or ``external_id``); below a folder that was named, by the
    path from there. ``warcs``: those of a folder, too.
    """
    try:
        if target.is_dir():
            yield from _of_folder(target, source_id, most_page_bytes, warcs)
        else:
            yield from _of_file(
                target, str(target), source_id or _folder_name(target), external_id or target.name, url,
                most_page_bytes, source_id,
            )  # fmt: skip
    except Rejected as refused:
        yield RejectedInput(str(target), refused.reason, refused.message)
    except OSError as error:
        yield RejectedInput(str(target), RejectionReason.UNREADABLE_FILE, error.strerror or type(error).__name__)


def iter_manifest_documents(
    manifest: Path, source_id: str | None, most_page_bytes: int
) -> Iterator[Document | RejectedInput]:
    """Give the document of every line ``{"path": …, "url": …}`` of a manifest.

    Relative paths start at the manifest's folder.
    """
    try:
        lines = manifest.read_bytes().splitlines()
    except OSError as error:
        yield RejectedInput(str(manifest), RejectionReason.MISSING, _words(error))
        return
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name = f"{manifest}:{number}"
        try:
            entry = json.loads(line)
            path, url = entry["path"], entry.get("url")
            if not isinstance(path, str) or not isinstance(url, str | None):
                raise TypeError
        except (ValueError, KeyError, TypeError, AttributeError):
            yield RejectedInput(name, RejectionReason.INVALID, 'not a line {"path": …, "url": …}')
            continue
        yield from iter_documents(manifest.parent / path, source_id, url, most_page_bytes)


def _of_folder(
    folder: Path, source_id: str | None, most_page_bytes: int, warcs: bool
) -> Iterator[Document | RejectedInput]:
    found = False
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent) / name
            if not (path.suffix.lower() in KIND_BY_SUFFIX or (warcs and is_warc(path))) or name.startswith("."):
                continue
            found = True
            inside = path.relative_to(folder).as_posix()
            try:
                yield from _of_file(
                    path, str(path), source_id or _own_name(folder), inside, None, most_page_bytes, source_id
                )
            except Rejected as refused:
                yield RejectedInput(str(path), refused.reason, refused.message)
            except OSError as error:
                yield RejectedInput(str(path), RejectionReason.UNREADABLE_FILE, _words(error))
    if not found:
        raise Rejected(RejectionReason.NOTHING_TO_READ, "the folder holds no .txt, .html, .jsonl or .warc.gz file")


def _of_file(
    path: Path, name: str, source_id: str, external_id: str, url: str | None, most_page_bytes: int,
    stated_source_id: str | None,
) -> Iterator[Document | RejectedInput]:  # fmt: skip
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise Rejected(RejectionReason.MISSING, "no such file") from error
    if not path.is_file():
        raise Rejected(RejectionReason.UNREADABLE_FILE, "not a regular file")
    if is_warc(path):
        yield from _records(path, stated_source_id, most_page_bytes)
        return
    kind = KIND_BY_SUFFIX.get(path.suffix.lower()) or _sniff(path)
    if kind is DocumentKind.RECORD:
        yield from _lines(path, name, source_id)
        return
    most = most_page_bytes if kind is DocumentKind.HTML else MAX_TEXT_FILE_BYTES
    if size > most:
        what = "page" if kind is DocumentKind.HTML else "text file"
        message = f"{size // 1024} KiB; a {what} has at most {most // 1024} KiB"
        raise Rejected(RejectionReason.TOO_LARGE, message)
    if size == 0:
        raise Rejected(RejectionReason.EMPTY, "the file is empty")
    yield Document(name, path.read_bytes(), kind, source_id, external_id, datetime.now(UTC), url=url)


def _records(path: Path, source_id: str | None, most_page_bytes: int) -> Iterator[Document | RejectedInput]:
    found = 0
    with path.open("rb") as file:
        try:
            for place in places(file):
                if not place.readable:
                    continue
                found += 1
                try:
                    yield read_place(path, place.start, place.length, source_id, most_page_bytes)
                except Rejected as refused:
                    yield RejectedInput(f"{path}@{place.start}", refused.reason, refused.message)
        except Damaged as damaged:
            words = f"{damaged.message}; pages before it that are read: {found}"
            yield RejectedInput(f"{path}@{damaged.position}", damaged.reason, words)
            return
    if not found:
        raise Rejected(RejectionReason.NOTHING_TO_READ, "the file holds no page with status 200")


def _lines(path: Path, name: str, source_id: str) -> Iterator[Document | RejectedInput]:
    number, found = 0, False
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            here = f"{name}:{number}"
            if len(line) > MAX_LINE_BYTES:
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE_BYTES)
                found = True
                yield RejectedInput(
                    here, RejectionReason.TOO_LARGE, f"a line of more than {MAX_LINE_BYTES // 1024} KiB"
                )
            elif line.strip():
                found = True
                yield Document(here, line.strip(), DocumentKind.RECORD, source_id, None, datetime.now(UTC))
    if not found:
        raise Rejected(RejectionReason.EMPTY if number == 0 else RejectionReason.BLANK, "the file holds no line")


def _sniff(path: Path) -> DocumentKind:
    with path.open("rb") as file:
        head = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return (
        DocumentKind.HTML
        if head.startswith((b"<!doctype html", b"<html", b"<head", b"<!--", b"<?xml"))
        else DocumentKind.TEXT
    )


def _folder_name(path: Path) -> str:
    return _own_name(path.absolute().parent)


def _own_name(folder: Path) -> str:
    return folder.resolve().name or "files"


def _words(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()

"""Turn paths into documents: files, folders, JSON Lines, WARC files, manifests."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from quotewire_ingest.archive.warc import read_record
from quotewire_ingest.archive.warc_index import DamagedWarc, is_warc, iter_locations
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
# An article has at most 256 KiB of text; sixteen times that leaves room for boilerplate and wide encodings, in a line
# of JSON also for escapes.
MAX_TEXT_FILE_BYTES = 4 * 1024 * 1024
MAX_LINE_BYTES = 4 * 1024 * 1024


def iter_documents(
    target: Path,
    source_id: str | None,
    url: str | None,
    max_page_bytes: int,
    external_id: str | None = None,
    warcs: bool = True,
) -> Iterator[Document | RejectedInput]:
    """Yield every document of a path: of a file, of the lines of a JSON Lines file, of a folder ordered by name.

    Args:
        target: file or folder. source_id: source of the documents; by default the name of the folder. url: the URL of a
        saved page. max_page_bytes: larger pages are rejected. external_id: the source's own id of the document; by
        default the name of the file, in a folder its relative path. warcs: whether WARC files in a folder count.
    """
    try:
        if target.is_dir():
            yield from _iter_folder(target, source_id, max_page_bytes, warcs)
        else:
            yield from _iter_file(
                target, source_id or _folder_name(target), external_id or target.name, url, max_page_bytes, source_id
            )
    except Rejected as rejected:
        yield RejectedInput.of(str(target), rejected)
    except OSError as error:
        yield RejectedInput(str(target), RejectionReason.UNREADABLE_FILE, error.strerror or type(error).__name__)


def iter_manifest_documents(
    manifest: Path, source_id: str | None, max_page_bytes: int
) -> Iterator[Document | RejectedInput]:
    """Yield the document of each line ``{"path": …, "url": …}``; relative paths start at the manifest's folder."""
    try:
        lines = manifest.read_bytes().splitlines()
    except OSError as error:
        yield RejectedInput(str(manifest), RejectionReason.MISSING, _describe(error))
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
        yield from iter_documents(manifest.parent / path, source_id, url, max_page_bytes)


def _iter_folder(
    folder: Path, source_id: str | None, max_page_bytes: int, warcs: bool
) -> Iterator[Document | RejectedInput]:
    found = False
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent) / name
            if not (path.suffix.lower() in KIND_BY_SUFFIX or (warcs and is_warc(path))) or name.startswith("."):
                continue
            found = True
            relative = path.relative_to(folder).as_posix()
            try:
                yield from _iter_file(path, source_id or _own_name(folder), relative, None, max_page_bytes, source_id)
            except Rejected as rejected:
                yield RejectedInput.of(str(path), rejected)
            except OSError as error:
                yield RejectedInput(str(path), RejectionReason.UNREADABLE_FILE, _describe(error))
    if not found:
        raise Rejected(RejectionReason.NOTHING_TO_READ, "the folder holds no .txt, .html, .jsonl or .warc.gz file")


def _iter_file(
    path: Path, source_id: str, external_id: str, url: str | None, max_page_bytes: int, given_source_id: str | None
) -> Iterator[Document | RejectedInput]:
    """Yield the documents of a file; those of a WARC file have the source of their URL unless one is given."""
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise Rejected(RejectionReason.MISSING, "no such file") from error
    if not path.is_file():
        raise Rejected(RejectionReason.UNREADABLE_FILE, "not a regular file")
    if is_warc(path):
        yield from _iter_warc(path, given_source_id, max_page_bytes)
        return
    kind = KIND_BY_SUFFIX.get(path.suffix.lower()) or _sniff_kind(path)
    if kind is DocumentKind.RECORD:
        yield from _iter_json_lines(path, source_id)
        return
    max_bytes = max_page_bytes if kind is DocumentKind.HTML else MAX_TEXT_FILE_BYTES
    if size > max_bytes:
        what = "page" if kind is DocumentKind.HTML else "text file"
        message = f"{size // 1024} KiB; a {what} has at most {max_bytes // 1024} KiB"
        raise Rejected(RejectionReason.TOO_LARGE, message)
    if size == 0:
        raise Rejected(RejectionReason.EMPTY, "the file is empty")
    yield Document(str(path), path.read_bytes(), kind, source_id, external_id, datetime.now(UTC), url=url)


def _iter_warc(path: Path, source_id: str | None, max_page_bytes: int) -> Iterator[Document | RejectedInput]:
    found = 0
    with path.open("rb") as file:
        try:
            for location in iter_locations(file):
                if not location.readable:
                    continue
                found += 1
                try:
                    yield read_record(path, location.start, location.length, source_id, max_page_bytes)
                except Rejected as rejected:
                    yield RejectedInput.of(f"{path}@{location.start}", rejected)
        except DamagedWarc as damaged:
            message = f"{damaged.message}; pages before it that are read: {found}"
            yield RejectedInput(f"{path}@{damaged.position}", damaged.reason, message)
            return
    if not found:
        raise Rejected(RejectionReason.NOTHING_TO_READ, "the file holds no page with status 200")


def _iter_json_lines(path: Path, source_id: str) -> Iterator[Document | RejectedInput]:
    number, found = 0, False
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            name = f"{path}:{number}"
            if len(line) > MAX_LINE_BYTES:
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE_BYTES)
                found = True
                message = f"a line of more than {MAX_LINE_BYTES // 1024} KiB"
                yield RejectedInput(name, RejectionReason.TOO_LARGE, message)
            elif line.strip():
                found = True
                yield Document(name, line.strip(), DocumentKind.RECORD, source_id, None, datetime.now(UTC))
    if not found:
        raise Rejected(RejectionReason.EMPTY if number == 0 else RejectionReason.BLANK, "the file holds no line")


def _sniff_kind(path: Path) -> DocumentKind:
    """Tell a page from plain text by the beginning of a file without a known suffix."""
    with path.open("rb") as file:
        head = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_page = head.startswith((b"<!doctype html", b"<html", b"<head", b"<!--", b"<?xml"))
    return DocumentKind.HTML if is_page else DocumentKind.TEXT


def _folder_name(path: Path) -> str:
    return _own_name(path.absolute().parent)


def _own_name(folder: Path) -> str:
    return folder.resolve().name or "files"


def _describe(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()

"""Split a file into inputs, slice by slice: records of a WARC file by their locations, lines of JSON Lines by value.

Blocking, in flat memory, and without the database: the splitter queues the slices.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from quotewire_ingest.archive.warc_index import DamagedWarc, is_warc, iter_locations
from quotewire_ingest.files import KIND_BY_SUFFIX, MAX_LINE_BYTES, iter_documents
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.queue.kinds import FileInput, Input, SplitProgress, WarcRecordInput
from quotewire_ingest.rejection import RejectedInput, RejectionReason

# One slice: so many inputs, bytes scanned of a WARC file, bytes of lines, or seconds; well below the lease.
_MAX_INPUTS = 200
_MAX_SCANNED_BYTES = 64 * 2**20
_MAX_LINES_BYTES = 8 * 2**20
_MAX_S = 5.0


@dataclass(slots=True)
class Slice:
    """The inputs of the next part of a file, and the progress with them. ``last``: nothing comes after it."""

    progress: SplitProgress
    items: list[Input | RejectedInput] = field(default_factory=list)
    last: bool = False


def next_slice(file: FileInput, max_page_bytes: int) -> Slice:
    """Return the slice after the progress made so far. Raises ``OSError``."""
    path = Path(file.name)
    if is_warc(path):
        return _slice_warc(path, file)
    if KIND_BY_SUFFIX.get(path.suffix.lower()) is DocumentKind.RECORD:
        return _slice_lines(path, file)
    found = list(iter_documents(path, file.source_id, None, max_page_bytes, file.external_id))
    return Slice(SplitProgress(path.stat().st_size, len(found)), [*found], last=True)


def _slice_warc(path: Path, file: FileInput) -> Slice:
    began = time.monotonic()
    before = file.progress
    position, passed = before.position, before.passed
    records: list[Input | RejectedInput] = []
    damage: list[RejectedInput] = []
    last = True
    with path.open("rb") as stream:
        try:
            for location in iter_locations(stream, position):
                position = location.start + location.length
                if location.readable:
                    records.append(WarcRecordInput(str(path), location.start, location.length, file.source_id))
                else:
                    passed += 1
                scanned = position - before.position
                if len(records) == _MAX_INPUTS or scanned > _MAX_SCANNED_BYTES or time.monotonic() - began > _MAX_S:
                    last = False
                    break
        except DamagedWarc as damaged:
            message = f"{damaged.message}; pages before it that are read: {before.queued + len(records)}"
            damage = [RejectedInput(f"{path}@{damaged.position}", damaged.reason, message)]
    return Slice(SplitProgress(position, before.queued + len(records), passed), [*records, *damage], last)


def _slice_lines(path: Path, file: FileInput) -> Slice:
    before = file.progress
    items: list[Input | RejectedInput] = []
    size, number = 0, before.line
    source_id = file.source_id or path.parent.name or "files"
    with path.open("rb") as stream:
        stream.seek(before.position)
        last = False
        while not last and len(items) < _MAX_INPUTS and size < _MAX_LINES_BYTES:
            line = stream.readline(MAX_LINE_BYTES + 1)
            if not line:
                last = True
                continue
            number += 1
            name = f"{path}:{number}"
            if len(line) > MAX_LINE_BYTES:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MAX_LINE_BYTES)
                message = f"a line of more than {MAX_LINE_BYTES // 1024} KiB"
                items.append(RejectedInput(name, RejectionReason.TOO_LARGE, message))
            elif line.strip():
                size += len(line)
                items.append(Document(name, line.strip(), DocumentKind.RECORD, source_id, None, datetime.now(UTC)))
        return Slice(SplitProgress(stream.tell(), before.queued + len(items), 0, number), items, last)

"""Find the records in a part of an archive file, whole, destroyed or torn."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from quotewire_ingest.archive.warc_index import READ_BYTES

_MAX_INFLATED_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Member:
    """A gzip member, or bytes that are none; ``empty``: it holds nothing (any more)."""

    start: int
    length: int
    empty: bool

    @property
    def end(self) -> int:
        """The position after it."""
        return self.start + self.length


def iter_members(file: BinaryIO, start: int, stop: int) -> Iterator[Member]:
    """Iterate over the gzip members from ``start`` to ``stop``, in flat memory.

    What is no whole member is one with everything up to ``stop``.
    """
    while start < stop:
        member = _member_at(file, start, stop)
        yield member
        start = member.end


def _member_at(file: BinaryIO, start: int, stop: int) -> Member:
    file.seek(start)
    member = zlib.decompressobj(31)
    length, empty, ended, data = 0, True, False, b""
    while not ended:
        if not data and not (data := file.read(min(READ_BYTES, stop - start - length))):
            return Member(start, stop - start, empty=False)
        try:
            empty = not member.decompress(data, _MAX_INFLATED_BYTES) and empty
        except zlib.error:
            return Member(start, stop - start, empty=False)
        ended = member.eof
        left = member.unused_data if ended else member.unconsumed_tail
        length += len(data) - len(left)
        data = left
    return Member(start, length, empty)

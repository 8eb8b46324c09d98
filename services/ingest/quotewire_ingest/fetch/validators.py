"""Keep the validators of a response, and send them as the bytes that they came as.

A server compares them byte by byte, and some are no ASCII. As texts, each of their characters stands for one byte
(Latin-1), so that a column of the database can hold them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# A longer one is forgotten: servers reject requests with long header lines, and the feed would never be got again.
_MAX_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Validators:
    """What a later request is made conditional with."""

    etag: str | None = None
    last_modified: str | None = None


NO_VALIDATORS = Validators()


def validators_of(headers: Iterable[tuple[bytes, bytes]]) -> Validators:
    """Return the validators among the headers of a response; the first of each name."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        if len(value) <= _MAX_BYTES:
            found.setdefault(name.lower(), value.decode("latin-1"))
    return Validators(found.get(b"etag") or None, found.get(b"last-modified") or None)


def to_wire(value: str) -> bytes:
    """Return the bytes of a header's value. What an earlier release has kept as UTF-8 is sent as UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace")

"""Errors of the parts on this machine.

LocalError
├── PartMissing     Java, the jars or the PostgreSQL programs cannot be found or downloaded
├── PartFailed      a part was started and did not become ready, or ended
└── HomeInUse       another `quotewire up` runs on this home
"""

from typing import ClassVar

from quotewire_runtime.errors import QuotewireError


class LocalError(QuotewireError):
    """Base of all errors of local mode; the message is one line and says what to do."""

    exit_code: ClassVar[int] = 1


class PartMissing(LocalError):
    """Something that local mode needs cannot be found or downloaded."""

    exit_code: ClassVar[int] = 3


class PartFailed(LocalError):
    """A part was started and did not become ready, or ended."""


class HomeInUse(LocalError):
    """Another supervisor runs on this home."""

"""What can go wrong with the parts on this machine.

LocalError
├── PartMissing     Java, the jars or the PostgreSQL programs cannot be had
├── PartFailed      a part was started and did not become ready, or died
└── HomeTaken       another `quotewire up` holds this home folder
"""

from typing import ClassVar

from quotewire_runtime.errors import QuotewireError


class LocalError(QuotewireError):
    """Root of everything that local mode raises; its text is one line and says what to do."""

    exit_code: ClassVar[int] = 1


class PartMissing(LocalError):
    """Something that local mode needs cannot be found or downloaded."""

    exit_code: ClassVar[int] = 3


class PartFailed(LocalError):
    """A part was started, and did not become ready or died."""


class HomeTaken(LocalError):
    """Another supervisor runs on this home folder."""

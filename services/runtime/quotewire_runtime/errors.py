"""Errors that end a command or a service, each with a message of one line.

::

    QuotewireError                exit code 1: something failed
    ├── UsageError                exit code 2: the input, the arguments or the settings are wrong
    │   └── SettingsError             … a setting; the message names it
    └── UnavailableError          exit code 3: a dependency (Kafka, PostgreSQL, the network) does not answer

What becomes of one record is not an error but a result: see ``results.py``.
"""

from __future__ import annotations

from typing import ClassVar


class QuotewireError(Exception):
    """Something failed; ``str(error)`` is one line that says what is wrong and what to do."""

    exit_code: ClassVar[int] = 1


class UsageError(QuotewireError):
    """The input, the arguments or the settings are wrong: a retry will not help."""

    exit_code: ClassVar[int] = 2


class SettingsError(UsageError):
    """A setting is missing, unknown or out of range; the message names its environment variable."""


class UnavailableError(QuotewireError):
    """A dependency does not answer: a later retry may help."""

    exit_code: ClassVar[int] = 3

"""Errors that end a command or a service, each as one line.

::

    QuotewireError                exit code 1: it failed
    ├── UsageError                exit code 2: what was given is wrong
    │   └── SettingsError             … a setting, named
    └── AwayError                 exit code 3: an outside part (Kafka, PostgreSQL, the network) does not answer

What one record meets is no error but a verdict: see ``verdicts.py``.
"""

from __future__ import annotations

from typing import ClassVar


class QuotewireError(Exception):
    """Something failed; ``str(error)`` is one line that says what is wrong and what to do."""

    exit_code: ClassVar[int] = 1


class UsageError(QuotewireError):
    """The input, the arguments or the settings are wrong: trying again will not help."""

    exit_code: ClassVar[int] = 2


class SettingsError(UsageError):
    """A setting is missing, unknown or out of range; the message names its environment variable."""


class UnavailableError(QuotewireError):
    """An outside part does not answer: trying again later may help."""

    exit_code: ClassVar[int] = 3
